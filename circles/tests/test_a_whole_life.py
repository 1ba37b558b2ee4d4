"""A circle from its founding to its last payout."""

import pytest

from circles import services
from circles.queries import total_saved
from circles.tests.world import (
    DUE,
    FOUNDED,
    HOUR,
    WEEK,
    beat,
    cycles_of,
    live_until,
    people,
    pot_of,
    started,
    state_of,
    wallets_of,
)

pytestmark = pytest.mark.django_db


def test_three_friends_go_all_the_way_round():
    friends = people(3, "3000.00")
    circle = started(friends)
    assert state_of(circle) == "scheduled"

    live_until(DUE - HOUR)
    assert (state_of(circle), cycles_of(circle)) == ("active", ["collecting", "upcoming", "upcoming"])
    assert wallets_of(friends) == ["3000.00", "3000.00", "3000.00"]

    live_until(DUE)
    assert cycles_of(circle) == ["closed", "upcoming", "upcoming"]
    assert wallets_of(friends) == ["5000.00", "2000.00", "2000.00"]

    live_until(DUE + WEEK)
    assert wallets_of(friends) == ["4000.00", "4000.00", "1000.00"]

    live_until(DUE + 2 * WEEK)
    assert (state_of(circle), cycles_of(circle)) == ("completed", ["closed", "closed", "closed"])
    assert wallets_of(friends) == ["3000.00", "3000.00", "3000.00"]
    assert pot_of(circle) == "0.00"
    assert [total_saved(friend) for friend in friends] == [300_000, 300_000, 300_000]


def test_a_completed_circle_has_nothing_left_to_do():
    friends = people(2, "2000.00")
    circle = started(friends)
    live_until(DUE + 2 * WEEK)

    assert services.next_moment(up_to=DUE + 100 * WEEK) is None
    assert beat(DUE + 100 * WEEK).done == 0
    assert set(circle.acts.values_list("state", flat=True)) == {"done", "dropped"}


def test_members_who_paid_early_are_not_charged_again():
    friends = people(2, "2000.00")
    circle = started(friends)
    services.contribute(actor=friends[0], circle_id=circle.pk, at=FOUNDED + 2 * HOUR)
    assert wallets_of(friends) == ["1000.00", "2000.00"]

    live_until(DUE)

    assert wallets_of(friends) == ["3000.00", "1000.00"]
