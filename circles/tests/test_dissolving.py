"""A circle that cannot go on comes out even."""

from collections import Counter

import pytest
from django.contrib.admin.models import LogEntry
from hypothesis import given
from hypothesis import strategies as st

from circles import services
from circles.dividing import portions
from circles.errors import InvalidStateError
from circles.models import ChatMessage, Contribution, LateFee
from circles.tests.world import (
    DAY,
    DUE,
    FOUNDED,
    HOUR,
    WEEK,
    beat,
    forming,
    fund,
    live_until,
    people,
    person,
    pot_of,
    spend,
    started,
    state_of,
    wallet_of,
    wallets_of,
)
from contri.core import audit
from notifications.models import Notification

pytestmark = pytest.mark.django_db


@pytest.fixture
def boss():
    return person(is_staff=True, is_superuser=True)


def dissolve(circle, boss, at=DUE + DAY):
    return services.dissolve_circle(actor=boss, circle_id=circle.pk, reason="the host is gone", at=at)


def test_everybody_gets_back_what_they_paid_beyond_what_they_received(boss, signed_in):
    friends = people(3, "1000.00")
    circle = started(friends)
    live_until(DUE)
    assert wallets_of(friends) == ["3000.00", "0.00", "0.00"]

    dissolve(circle, boss)
    beat(DUE + DAY)

    assert (state_of(circle), pot_of(circle)) == ("dissolved", "0.00")
    assert wallets_of(friends) == ["1000.00", "1000.00", "1000.00"]
    shown = signed_in(friends[1]).get(f"/api/v1/circles/{circle.pk}/dissolution").json()
    assert [(one["net"], one["settled"]) for one in shown] == [
        ("-2000.00", "2000.00"),
        ("1000.00", "1000.00"),
        ("1000.00", "1000.00"),
    ]


def test_everybody_can_read_how_it_came_out_even(boss):
    friends = people(3, "1000.00")
    circle = started(friends)
    live_until(DUE)

    dissolve(circle, boss)
    beat(DUE + DAY)

    events = ChatMessage.objects.filter(circle=circle).order_by("number").values_list("event", flat=True)
    assert list(events)[-5:] == [
        "circle_dissolving",
        "settlement_paid",
        "settlement_received",
        "settlement_received",
        "circle_dissolved",
    ]
    told = Counter(Notification.objects.filter(kind__startswith="circle_diss").values_list("kind", flat=True))
    assert told == {"circle_dissolving": 3, "circle_dissolved": 3}
    record = LogEntry.objects.filter(object_id=str(circle.pk)).order_by("pk")
    done = [audit.details_of(entry)["what"] for entry in record]
    assert done[-2:] == ["dissolved the circle", "settled the dissolved circle"]


def test_what_comes_in_later_is_shared_as_it_comes(boss):
    friends = people(3, "1000.00")
    circle = started(friends)
    live_until(DUE)
    spend(friends[0], "3000.00")
    dissolve(circle, boss)
    beat(DUE + DAY)
    assert (state_of(circle), wallets_of(friends)) == ("dissolving", ["0.00", "0.00", "0.00"])

    fund(friends[0], "500.01")
    live_until(DUE + 2 * DAY)
    assert wallets_of(friends) == ["0.00", "250.00", "250.01"]
    fund(friends[0], "5000.00")
    live_until(DUE + 3 * DAY)

    assert (state_of(circle), wallets_of(friends)) == ("dissolved", ["3500.01", "1000.00", "1000.00"])
    assert services.next_moment(up_to=DUE + 99 * WEEK) is None


def test_it_is_not_over_before_all_who_owe_have_paid(boss):
    friends = people(4, "2000.00")
    circle = started(friends)
    live_until(DUE + WEEK)
    spend(friends[1], "4000.00")
    dissolve(circle, boss, at=DUE + WEEK + DAY)
    beat(DUE + WEEK + DAY)
    assert (state_of(circle), wallets_of(friends)) == ("dissolving", ["2000.00", "0.00", "1000.00", "1000.00"])

    fund(friends[1], "2000.00")
    live_until(DUE + WEEK + 2 * DAY)

    assert (state_of(circle), wallets_of(friends)) == ("dissolved", ["2000.00", "0.00", "2000.00", "2000.00"])


@pytest.mark.parametrize(("who_died", "inherited"), [(2, "6000.00"), (0, "5000.00")])
def test_what_is_due_to_who_died_goes_to_their_nominee_and_what_they_owe_is_theirs(boss, who_died, inherited):
    friends, daughter = people(3, "3000.00"), person("5000.00", email_verified_at=FOUNDED)
    circle = started(friends)
    services.name_nominee(
        actor=friends[who_died], full_name="Amaka Okafor", relationship="daughter", email=daughter.email, at=FOUNDED
    )
    live_until(DUE)
    services.record_death(actor=boss, user_id=friends[who_died].pk, evidence="certificate 12", at=DUE + HOUR)

    dissolve(circle, boss)
    beat(DUE + DAY)

    assert (state_of(circle), wallet_of(daughter)) == ("dissolved", inherited)
    left = ["3000.00", "3000.00", "2000.00" if who_died == 2 else "3000.00"]
    assert wallets_of(friends) == left


def test_deposits_and_the_reserve_count_as_paid_and_late_fees_are_waived(boss):
    friends = [*people(2, "3000.00"), person("700.00")]
    circle = started(friends, deposit_kobo=50_000, reserve_kobo=20_000, late_fee_kobo=5_000)
    live_until(DUE + 3 * DAY)
    assert wallet_of(friends[2]) == "0.00"

    dissolve(circle, boss, at=DUE + 3 * DAY)
    live_until(DUE + 5 * DAY)

    assert (state_of(circle), wallets_of(friends)) == ("dissolved", ["3000.00", "3000.00", "700.00"])
    assert LateFee.objects.get().waived_at == DUE + 3 * DAY
    assert set(Contribution.objects.values_list("status", flat=True)) == {"paid", "waived"}


def test_what_is_in_the_pot_goes_to_those_who_are_owed(boss):
    friends = people(3, "3000.00")
    circle = started(friends)
    live_until(DUE)
    services.contribute(actor=friends[2], circle_id=circle.pk, at=DUE + HOUR)

    dissolve(circle, boss)
    beat(DUE + DAY)

    assert (state_of(circle), wallets_of(friends)) == ("dissolved", ["3000.00"] * 3)


def test_a_paused_circle_can_be_dissolved_and_nothing_else_happens_after(boss):
    friends = people(2, "2000.00")
    circle = started(friends)
    live_until(DUE)
    services.pause_circle(actor=friends[0], circle_id=circle.pk, reason="a quarrel", at=DUE + HOUR)

    assert dissolve(circle, boss).status == "dissolving"
    assert circle.pauses.get().ended_at == DUE + DAY
    live_until(DUE + 9 * WEEK)

    assert (state_of(circle), wallets_of(friends)) == ("dissolved", ["2000.00", "2000.00"])
    with pytest.raises(InvalidStateError):
        services.contribute(actor=friends[0], circle_id=circle.pk, at=DUE + WEEK)


def test_what_has_not_begun_or_is_over_is_not_dissolved(boss):
    for circle in (forming(people(2)), started(people(2))):
        with pytest.raises(InvalidStateError):
            dissolve(circle, boss, at=FOUNDED)


def test_staff_dissolve_in_the_admin(client, boss):
    friends = people(2, "1000.00")
    circle = started(friends)
    live_until(DUE)
    client.force_login(boss)

    sent = {"action": "dissolve", "_selected_action": str(circle.pk), "reason": "the host is gone"}
    client.post("/admin/circles/circle/", sent)

    assert (state_of(circle), wallet_of(friends[1])) == ("dissolving", "0.00")


@given(st.integers(0, 10**9), st.lists(st.integers(0, 10**9), min_size=1, max_size=12))
def test_portions_lose_no_kobo_and_give_nobody_more_than_theirs(amount, owed):
    given_out = portions(amount, owed)

    assert sum(given_out) == min(amount, sum(owed))
    assert all(0 <= part <= most for part, most in zip(given_out, owed, strict=True))
