"""Circles that never begin, and what was paid into them."""

import pytest

from circles import services
from circles.errors import AlreadyPaidOutError, InvalidStateError, NotHostError, StartDatePassedError
from circles.errors.people import ReplacementRequiredError
from circles.tests.world import (
    DUE,
    FOUNDED,
    HOUR,
    WEEK,
    contribution,
    forming,
    live_until,
    membership_id,
    people,
    pot_of,
    started,
    state_of,
    wallets_of,
)

pytestmark = pytest.mark.django_db


def test_a_cancelled_circle_gives_back_what_was_paid():
    friends = people(2, "3000.00")
    circle = started(friends)
    services.contribute(actor=friends[1], circle_id=circle.pk, amount_kobo=1, at=FOUNDED + 2 * HOUR)
    services.contribute(actor=friends[0], circle_id=circle.pk, at=FOUNDED + 2 * HOUR)

    left = services.cancel_circle(actor=friends[0], circle_id=circle.pk, at=FOUNDED + 3 * HOUR, reason="we moved away")

    assert (left.status, state_of(circle), pot_of(circle)) == ("cancelled", "cancelled", "0.00")
    assert wallets_of(friends) == ["3000.00", "3000.00"]
    assert contribution(circle, 1, friends[0]).status == "refunded"
    live_until(DUE + WEEK)
    assert wallets_of(friends) == ["3000.00", "3000.00"]


def test_nobody_votes_any_more_in_a_circle_that_was_called_off():
    friends = people(3)
    circle = started(friends)
    about = membership_id(circle, friends[2])
    vote = services.remove_member(
        actor=friends[0], circle_id=circle.pk, membership_id=about, reason="threatens us", at=FOUNDED + 2 * HOUR
    ).vote
    assert vote is not None

    services.cancel_circle(actor=friends[0], circle_id=circle.pk, at=FOUNDED + 3 * HOUR)

    vote.refresh_from_db()
    assert vote.status == "overtaken"


def test_a_circle_that_has_begun_is_not_cancelled():
    friends = people(2, "3000.00")
    circle = started(friends)
    live_until(DUE - HOUR)

    with pytest.raises(InvalidStateError):
        services.cancel_circle(actor=friends[0], circle_id=circle.pk, at=DUE)


def test_only_the_host_cancels():
    friends = people(2)
    circle = forming(friends)

    with pytest.raises(NotHostError):
        services.cancel_circle(actor=friends[1], circle_id=circle.pk, at=FOUNDED)


def test_after_locking_nobody_just_leaves():
    friends = people(2, "3000.00")
    circle = started(friends)
    with pytest.raises(ReplacementRequiredError):
        services.leave_circle(actor=friends[0], circle_id=circle.pk, at=DUE)

    live_until(DUE)

    with pytest.raises(AlreadyPaidOutError):
        services.leave_circle(actor=friends[0], circle_id=circle.pk, at=DUE)
    with pytest.raises(ReplacementRequiredError):
        services.leave_circle(actor=friends[1], circle_id=circle.pk, at=DUE)


def test_nobody_leaves_a_circle_that_is_over():
    friends = people(2, "3000.00")
    circle = started(friends)
    live_until(DUE + WEEK)

    with pytest.raises(InvalidStateError):
        services.leave_circle(actor=friends[0], circle_id=circle.pk, at=DUE + WEEK)


def test_a_circle_is_locked_once():
    friends = people(2)
    circle = started(friends)

    with pytest.raises(InvalidStateError):
        services.start_circle(actor=friends[0], circle_id=circle.pk, at=FOUNDED + 2 * HOUR)


def test_a_circle_is_not_locked_after_its_first_due_moment():
    friends = people(2)
    circle = forming(friends)

    with pytest.raises(StartDatePassedError):
        services.start_circle(actor=friends[0], circle_id=circle.pk, at=DUE)
