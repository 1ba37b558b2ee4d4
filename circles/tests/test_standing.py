"""Members who do not pay: what falls due, what they may not do, what they put at stake."""

import pytest

from circles import services
from circles.errors import MemberRestrictedError
from circles.models import Membership
from circles.services.standing import is_restricted
from circles.tests.world import (
    DAY,
    DUE,
    FOUNDED,
    HOUR,
    WEEK,
    forming,
    fund,
    live_until,
    people,
    person,
    pot_of,
    rules,
    spend,
    started,
    state_of,
    wallets_of,
)

pytestmark = pytest.mark.django_db
GRACE = 2 * DAY


@pytest.fixture
def runaway():
    """Took the first pot of three, and stopped paying."""
    return person("1000.00")


@pytest.fixture
def others():
    return people(2, "5000.00")


@pytest.fixture
def circle(runaway, others):
    circle = started([runaway, *others])
    live_until(DUE)
    spend(runaway, "3000.00")
    live_until(DUE + WEEK + GRACE)
    return circle


def test_who_was_paid_and_stops_paying_owes_everything_at_once(circle, runaway, others):
    assert Membership.objects.get(circle=circle, user=runaway).accelerated_at == DUE + WEEK + GRACE
    fund(runaway, "2000.00")

    services.collect_from_member(circle_id=circle.pk, user_id=runaway.pk, at=DUE + WEEK + GRACE + HOUR)

    # Cycle 2's share goes on to its recipient, cycle 3's waits in the pot for its day.
    assert (wallets_of([runaway, *others]), pot_of(circle)) == (["0.00", "6000.00", "3000.00"], "1000.00")
    live_until(DUE + 2 * WEEK)
    assert (state_of(circle), wallets_of(others)) == ("completed", ["5000.00", "5000.00"])


def test_who_was_paid_and_is_late_joins_and_founds_no_circle(circle, runaway):
    other = forming(people(1), size=2)

    with pytest.raises(MemberRestrictedError):
        services.join_circle(actor=runaway, invite_code=other.invite_code, at=FOUNDED)
    with pytest.raises(MemberRestrictedError):
        services.create_circle(actor=runaway, name="Another", rules=rules(), at=FOUNDED)


def test_paying_all_that_fell_due_lifts_the_restriction(circle, runaway):
    fund(runaway, "2000.00")

    services.contribute(actor=runaway, circle_id=circle.pk, at=DUE + WEEK + GRACE + HOUR)
    assert is_restricted(runaway)
    services.contribute(actor=runaway, circle_id=circle.pk, at=DUE + WEEK + GRACE + HOUR)

    assert not is_restricted(runaway)


def test_one_late_contribution_before_ones_turn_restricts_nobody():
    friends = [*people(4, "9000.00"), person()]
    started(friends)

    live_until(DUE + WEEK + GRACE)
    assert not is_restricted(friends[4])
    live_until(DUE + 2 * WEEK + GRACE)

    assert is_restricted(friends[4])
    assert Membership.objects.get(user=friends[4]).accelerated_at is None


def test_exposure_is_what_one_has_had_beyond_what_one_paid(signed_in, circle, runaway, others):
    answer = signed_in(others[0]).get(f"/api/v1/circles/{circle.pk}/exposure").json()

    assert [(one["paid"], one["received"], one["exposure"]) for one in answer["members"]] == [
        ("1000.00", "3000.00", "2000.00"),
        ("2000.00", "2000.00", "0.00"),
        ("2000.00", "0.00", "0.00"),
    ]
    assert answer["turns"] == [
        {"position": 1, "exposure": "2000.00"},
        {"position": 2, "exposure": "1000.00"},
        {"position": 3, "exposure": "0.00"},
    ]
