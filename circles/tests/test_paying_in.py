"""Members pay: early, in parts, late, and never too much."""

import pytest

from circles import services
from circles.errors import AlreadyPaidError, CircleNotFoundError, CycleUnknownError, InvalidStateError
from circles.tests.world import (
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
    people,
    person,
    pot_of,
    started,
    wallet_of,
    wallets_of,
)
from contri.core.errors import ValidationFaultsError
from wallets.errors import InsufficientFundsError

pytestmark = pytest.mark.django_db
EARLY = FOUNDED + 2 * HOUR


def pay(user, circle, at=EARLY, **rest):
    return services.contribute(actor=user, circle_id=circle.pk, at=at, **rest)


def test_a_payment_goes_to_the_oldest_unpaid_cycle():
    friends = people(2, "3000.00")
    circle = started(friends)

    receipts = [pay(friends[0], circle), pay(friends[0], circle)]

    assert [(one.contribution.cycle.number, one.payment.amount_kobo) for one in receipts] == [
        (1, 100_000),
        (2, 100_000),
    ]
    assert (wallet_of(friends[0]), pot_of(circle)) == ("1000.00", "2000.00")
    with pytest.raises(AlreadyPaidError):
        pay(friends[0], circle)


def test_a_contribution_may_be_paid_in_parts():
    friends = people(2, "3000.00")
    circle = started(friends)

    first = pay(friends[0], circle, amount_kobo=30_001)
    assert (first.contribution.status, first.contribution.owed_kobo) == ("pending", 69_999)

    second = pay(friends[0], circle)
    assert (second.contribution.status, second.payment.amount_kobo) == ("paid", 69_999)
    assert second.contribution.paid_at == EARLY


def test_more_than_is_owed_is_refused():
    friends = people(2, "3000.00")
    circle = started(friends)
    pay(friends[0], circle, amount_kobo=30_000)

    with pytest.raises(ValidationFaultsError, match=r"₦700\.00 is owed, not more"):
        pay(friends[0], circle, amount_kobo=70_001)
    assert wallet_of(friends[0]) == "2700.00"


def test_a_cycle_that_is_paid_is_not_paid_again():
    friends = people(2, "3000.00")
    circle = started(friends)
    pay(friends[0], circle, cycle_number=2)

    with pytest.raises(AlreadyPaidError):
        pay(friends[0], circle, cycle_number=2)
    with pytest.raises(CycleUnknownError):
        pay(friends[0], circle, cycle_number=3)


def test_an_empty_wallet_pays_nothing_and_says_so():
    friends = people(2)
    circle = started(friends)

    with pytest.raises(InsufficientFundsError):
        pay(friends[0], circle)
    assert contribution(circle, 1, friends[0]).status == "pending"


def test_nothing_is_paid_into_a_circle_that_forms():
    friends = people(2, "3000.00")
    circle = forming(friends)

    with pytest.raises(InvalidStateError):
        pay(friends[0], circle)


def test_a_stranger_sees_no_circle_to_pay():
    circle = started(people(2))

    with pytest.raises(CircleNotFoundError):
        pay(person("3000.00"), circle)


def test_the_last_to_pay_sets_the_payout_off():
    friends = people(3, "3000.00")
    late = person()
    circle = started([*friends[:2], late])
    live_until(DUE)
    assert (cycles_of(circle)[0], pot_of(circle)) == ("collecting", "2000.00")

    fund(late, "1500.00")
    pay(late, circle, at=DUE + HOUR)

    assert (cycles_of(circle)[0], pot_of(circle)) == ("closed", "0.00")
    assert wallets_of([*friends[:2], late]) == ["5000.00", "2000.00", "500.00"]


def test_a_pot_that_is_full_early_waits_for_its_day():
    friends = people(2, "3000.00")
    circle = started(friends)
    for friend in friends:
        pay(friend, circle)

    live_until(DUE - HOUR)
    assert (cycles_of(circle)[0], pot_of(circle)) == ("collecting", "2000.00")
    live_until(DUE)
    assert (cycles_of(circle)[0], pot_of(circle)) == ("closed", "0.00")


def test_what_was_part_paid_is_collected_for_the_rest_only():
    friends = people(2, "3000.00")
    circle = started(friends)
    pay(friends[1], circle, amount_kobo=33_333)

    live_until(DUE)

    assert wallets_of(friends) == ["4000.00", "2000.00"]
    payments = contribution(circle, 1, friends[1]).payments.order_by("paid_at").values_list("amount_kobo", flat=True)
    assert list(payments) == [33_333, 66_667]


def test_money_that_comes_in_pays_what_is_owed():
    friends = people(2, "1000.00")
    late = person()
    circle = started([*friends, late])
    live_until(DUE)
    fund(late, "1000.00")

    services.collect_from_member(circle_id=circle.pk, user_id=late.pk, at=DUE + HOUR)

    assert (cycles_of(circle)[0], wallet_of(late)) == ("closed", "0.00")


def test_two_hands_owe_two_contributions():
    host = person("5000.00")
    circle = forming([host], size=4)
    two_hands, other = people(2, "5000.00")
    services.join_circle(actor=two_hands, invite_code=circle.invite_code, at=FOUNDED, hands=2)
    services.join_circle(actor=other, invite_code=circle.invite_code, at=FOUNDED)
    services.start_circle(actor=host, circle_id=circle.pk, at=FOUNDED + HOUR)

    live_until(DUE)
    assert wallets_of([host, two_hands, other]) == ["8000.00", "3000.00", "4000.00"]
    live_until(DUE + 3 * WEEK)
    assert wallets_of([host, two_hands, other]) == ["5000.00", "5000.00", "5000.00"]
    assert beat(DUE + 9 * WEEK).done == 0
