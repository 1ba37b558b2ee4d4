"""Deposits and the reserve: left with a circle, used when somebody does not pay, and given back."""

from typing import Any

import pytest

from circles import services
from circles.dividing import shares_of
from circles.errors import SecurityMissingError
from circles.models import Debt, Payout, TakenAt
from circles.tests.world import (
    DAY,
    DUE,
    FOUNDED,
    HOUR,
    WEEK,
    beat,
    contribution,
    cycles_of,
    forming,
    fund,
    live_until,
    membership_id,
    people,
    person,
    spend,
    started,
    state_of,
    tills_of,
    wallet_of,
    wallets_of,
)

pytestmark = pytest.mark.django_db
GRACE_ENDS = DUE + 2 * DAY
BOTH: dict[str, Any] = {"deposit_kobo": 50_000, "reserve_kobo": 10_000}


def test_locking_takes_what_the_charter_asks_of_every_turn(signed_in):
    friends = people(3, "2000.00")

    circle = started(friends, **BOTH)

    assert (tills_of(circle), wallets_of(friends)) == (("0.00", "1500.00", "300.00"), ["1400.00"] * 3)
    shown = signed_in(friends[0]).get(f"/api/v1/circles/{circle.pk}/security").json()
    assert shown[1] == {
        "id": str(membership_id(circle, friends[1])),
        "user": {"id": str(friends[1].pk), "display_name": friends[1].display_name, "avatar_url": None},
        "deposit": "500.00",
        "reserve": "100.00",
        "late_fees": "0.00",
        "late_fees_open": "0.00",
    }


def test_a_circle_does_not_start_while_somebody_lacks_their_deposit():
    friends = [*people(2, "2000.00"), person("599.99")]
    circle = forming(friends, **BOTH)

    with pytest.raises(SecurityMissingError, match=friends[2].display_name):
        services.start_circle(actor=friends[0], circle_id=circle.pk, at=FOUNDED + HOUR)
    assert (tills_of(circle), state_of(circle)) == (("0.00", "0.00", "0.00"), "forming")
    fund(friends[2], "0.01")
    services.start_circle(actor=friends[0], circle_id=circle.pk, at=FOUNDED + HOUR)

    assert tills_of(circle) == ("0.00", "1500.00", "300.00")


def test_where_the_charter_says_so_it_is_taken_on_joining_and_back_on_leaving():
    host, friend, poor = person("600.00"), person("700.00"), person("599.00")
    circle = forming([host, friend], size=3, security_taken_at=TakenAt.JOINING, **BOTH)
    assert (tills_of(circle), wallets_of([host, friend])) == (("0.00", "1000.00", "200.00"), ["0.00", "100.00"])

    with pytest.raises(SecurityMissingError):
        services.join_circle(actor=poor, invite_code=circle.invite_code, at=FOUNDED + HOUR)
    services.leave_circle(actor=friend, circle_id=circle.pk, at=FOUNDED + HOUR)

    assert (tills_of(circle), wallet_of(friend)) == (("0.00", "500.00", "100.00"), "700.00")


def test_accepting_other_rules_brings_a_deposit_to_what_they_ask():
    host, friend = people(2, "1000.00")
    circle = forming([host, friend], security_taken_at=TakenAt.JOINING, **BOTH)

    services.change_circle(
        actor=host, circle_id=circle.pk, changes={"deposit_kobo": 30_000, "reserve_kobo": 0}, at=FOUNDED + HOUR
    )
    assert wallets_of([host, friend]) == ["700.00", "400.00"]
    services.accept_charter(actor=friend, circle_id=circle.pk, version=2, at=FOUNDED + HOUR)

    assert (tills_of(circle), wallets_of([host, friend])) == (("0.00", "600.00", "0.00"), ["700.00", "700.00"])


def test_several_turns_leave_several_deposits():
    host, friend = people(2, "3000.00")
    circle = forming([host], size=4, **BOTH)
    services.join_circle(actor=friend, invite_code=circle.invite_code, at=FOUNDED + HOUR, hands=2)
    services.join_circle(actor=person("600.00"), invite_code=circle.invite_code, at=FOUNDED + HOUR)

    services.start_circle(actor=host, circle_id=circle.pk, at=FOUNDED + HOUR)

    assert (wallet_of(friend), tills_of(circle)) == ("1800.00", ("0.00", "2000.00", "400.00"))


def test_a_circle_that_is_called_off_gives_everything_back():
    friends = people(3, "2000.00")
    circle = started(friends, **BOTH)
    services.contribute(actor=friends[1], circle_id=circle.pk, at=FOUNDED + 2 * HOUR)

    services.cancel_circle(actor=friends[0], circle_id=circle.pk, at=FOUNDED + DAY)

    assert (tills_of(circle), wallets_of(friends)) == (("0.00", "0.00", "0.00"), ["2000.00"] * 3)


def test_a_circle_that_expires_gives_everything_back():
    friends = people(2, "2000.00")
    circle = forming(friends, size=3, security_taken_at=TakenAt.JOINING, **BOTH)

    beat(DUE)

    assert (state_of(circle), wallets_of(friends)) == ("expired", ["2000.00"] * 2)


def test_a_short_pot_takes_deposits_then_the_reserve_then_what_there_is():
    # Two pay; the third has left a deposit of 300 and pays nothing; the reserve holds 200; so 500 are missing.
    friends = [*people(3, "5000.00"), person("350.00")]
    circle = started(friends, deposit_kobo=30_000, reserve_kobo=5_000)

    live_until(GRACE_ENDS)

    payout = Payout.objects.get()
    assert (payout.amount_kobo, payout.paid_kobo, payout.lent_kobo) == (400_000, 350_000, 20_000)
    assert tills_of(circle) == ("0.00", "900.00", "0.00")
    late = contribution(circle, 1, friends[3])
    assert (late.status, late.paid_kobo, late.source) == ("late", 30_000, "deposit")
    debt = Debt.objects.get()
    assert (debt.amount_kobo, debt.lent_kobo) == (70_000, 20_000)


def test_what_comes_in_late_goes_to_the_recipient_first_and_then_to_the_reserve():
    friends = [*people(3, "5000.00"), person("350.00")]
    circle = started(friends, deposit_kobo=30_000, reserve_kobo=5_000)
    live_until(GRACE_ENDS)
    before = wallet_of(friends[0])
    fund(friends[3], "700.00")

    services.contribute(actor=friends[3], circle_id=circle.pk, amount_kobo=50_000, at=GRACE_ENDS + HOUR)
    assert (before, wallet_of(friends[0]), tills_of(circle)[2]) == ("7150.00", "7650.00", "0.00")
    services.contribute(actor=friends[3], circle_id=circle.pk, at=GRACE_ENDS + HOUR)

    assert (wallet_of(friends[0]), tills_of(circle)[2], cycles_of(circle)[0]) == ("7650.00", "200.00", "closed")
    assert Debt.objects.get().settled_at == GRACE_ENDS + HOUR


def test_deposits_that_cover_everything_leave_no_debt():
    friends = [*people(2, "5000.00"), person("1000.00")]
    circle = started(friends, deposit_kobo=100_000)

    live_until(GRACE_ENDS)

    assert (cycles_of(circle)[0], Debt.objects.count(), wallet_of(friends[0])) == ("closed", 0, "6000.00")
    assert tills_of(circle) == ("0.00", "2000.00", "0.00")


def test_a_pot_that_waits_touches_neither_deposits_nor_reserve():
    friends = [*people(2, "5000.00"), person("1100.00")]
    circle = started(friends, deposit_kobo=100_000, reserve_kobo=10_000, shortfall_policy="wait_full")

    live_until(GRACE_ENDS)

    assert (cycles_of(circle)[0], tills_of(circle)) == ("short", ("2000.00", "3000.00", "300.00"))


def test_at_the_end_deposits_go_back_and_the_reserve_is_shared():
    friends = people(3, "5000.00")
    circle = started(friends, **BOTH)

    live_until(DUE + 2 * WEEK)

    assert (state_of(circle), tills_of(circle)) == ("completed", ("0.00", "0.00", "0.00"))
    assert wallets_of(friends) == ["5000.00"] * 3


def test_the_last_cycles_surplus_goes_to_members_in_good_standing_and_the_remainder_with_the_last_share():
    # Whoever runs away with the first pot has lost their share of the reserve: 100.00 each, 500.02 with three fees.
    runaway, *others = [person("1100.00"), *people(3, "9000.00")]
    circle = started([runaway, *others], reserve_kobo=10_000, late_fee_kobo=3_334)
    live_until(DUE)
    spend(runaway, wallet_of(runaway))
    live_until(DUE + 3 * WEEK + 3 * DAY)
    assert tills_of(circle)[2] == "0.00"
    fund(runaway, "3100.02")

    live_until(DUE + 3 * WEEK + 4 * DAY)

    assert (state_of(circle), tills_of(circle), wallet_of(runaway)) == ("completed", ("0.00", "0.00", "0.00"), "0.00")
    # In three that is 166.67 each, and what does not divide is with the last.
    assert wallets_of(others) == ["9066.67", "9066.67", "9066.68"]


def test_shares_divide_to_the_kobo():
    assert shares_of(50_002, [1, 1, 1]) == [16_667, 16_667, 16_668]
    assert shares_of(100, [2, 1]) == [66, 34]
    assert shares_of(0, [1, 1]) == [0, 0]
    assert shares_of(5, []) == []


def test_who_had_the_pot_and_stops_paying_loses_their_deposit_to_what_they_owe():
    runaway, *others = [person("1500.00"), *people(3, "9000.00")]
    circle = started([runaway, *others], deposit_kobo=150_000, security_taken_at=TakenAt.LOCKING)
    fund(runaway, "1000.00")
    live_until(DUE)
    spend(runaway, "4000.00")

    live_until(DUE + WEEK + 2 * DAY)

    # 1,500 of deposit: cycle 2 in full, and half of cycle 3, which waits in the pot for its day.
    paid = [contribution(circle, number, runaway).paid_kobo for number in (2, 3, 4)]
    assert (paid, tills_of(circle)) == ([100_000, 50_000, 0], ("500.00", "4500.00", "0.00"))
    assert cycles_of(circle)[:2] == ["closed", "closed"]


def test_a_dissolved_circle_counts_deposits_and_reserve_as_paid_in():
    boss = person(is_staff=True, is_superuser=True)
    friends = people(3, "5000.00")
    circle = started(friends, **BOTH)
    live_until(DUE)

    services.dissolve_circle(actor=boss, circle_id=circle.pk, reason="they fell out", at=DUE + DAY)
    beat(DUE + DAY)

    assert (state_of(circle), tills_of(circle)) == ("dissolved", ("0.00", "0.00", "0.00"))
    assert wallets_of(friends) == ["5000.00"] * 3


def test_a_dissolved_circle_settles_what_its_reserve_had_lent():
    boss = person(is_staff=True, is_superuser=True)
    friends = [*people(3, "5000.00"), person("350.00")]
    circle = started(friends, deposit_kobo=30_000, reserve_kobo=5_000)
    live_until(GRACE_ENDS)

    services.dissolve_circle(actor=boss, circle_id=circle.pk, reason="they fell out", at=GRACE_ENDS + DAY)
    beat(GRACE_ENDS + DAY)

    # What the fourth had left with the circle, all 350.00 of it, comes back to them: they never received anything.
    assert (state_of(circle), wallets_of(friends)) == ("dissolved", ["5000.00", "5000.00", "5000.00", "350.00"])
