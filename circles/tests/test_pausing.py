"""Clocks that stand still, and go on later."""

from datetime import timedelta

import pytest

from circles import services
from circles.errors import InvalidStateError, NotHostError
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
    people,
    person,
    started,
    state_of,
    wallets_of,
)

pytestmark = pytest.mark.django_db
GRACE_ENDS = DUE + 2 * DAY


def pause(circle, host, at):
    return services.pause_circle(actor=host, circle_id=circle.pk, reason="a flood", at=at)


def resume(circle, host, at):
    return services.resume_circle(actor=host, circle_id=circle.pk, reason="dry again", at=at)


def test_while_a_circle_is_paused_nothing_happens():
    friends = people(2, "3000.00")
    circle = started(friends)
    live_until(DUE - HOUR)

    pause(circle, friends[0], DUE - HOUR)

    assert beat(DUE + 9 * WEEK).done == 0
    assert (state_of(circle), wallets_of(friends)) == ("paused", ["3000.00", "3000.00"])
    with pytest.raises(InvalidStateError):
        services.contribute(actor=friends[0], circle_id=circle.pk, at=DUE)


def test_what_was_to_come_comes_later_by_whole_days():
    friends = people(2, "3000.00")
    circle = started(friends)
    live_until(DUE)
    pause(circle, friends[0], DUE + DAY)

    resume(circle, friends[0], DUE + 3 * DAY + HOUR)

    first, second = circle.cycles.order_by("number")
    assert (state_of(circle), first.due_at, second.due_at) == ("active", DUE, DUE + WEEK + 3 * DAY)
    assert second.delayed_days == 3
    live_until(DUE + WEEK + 3 * DAY - HOUR)
    assert cycles_of(circle) == ["closed", "collecting"]
    live_until(DUE + WEEK + 3 * DAY)
    assert state_of(circle) == "completed"


def test_the_days_of_grace_do_not_run_out_during_a_pause():
    friends = [*people(2, "3000.00"), person()]
    circle = started(friends)
    live_until(DUE + DAY)
    pause(circle, friends[0], DUE + DAY)
    resume(circle, friends[0], DUE + 8 * DAY)
    grace_ends = circle.cycles.get(number=1).grace_ends_at
    assert grace_ends == GRACE_ENDS + WEEK

    live_until(grace_ends - HOUR)
    assert contribution(circle, 1, friends[2]).status == "pending"
    fund(friends[2], "1000.00")
    services.contribute(actor=friends[2], circle_id=circle.pk, at=grace_ends - HOUR)
    live_until(grace_ends)

    assert (contribution(circle, 1, friends[2]).late_at, cycles_of(circle)[0]) == (None, "closed")


def test_a_circle_can_be_paused_again():
    friends = people(2, "3000.00")
    circle = started(friends)
    for days in (0, 3):
        pause(circle, friends[0], FOUNDED + timedelta(days=days) + 2 * HOUR)
        resume(circle, friends[0], FOUNDED + timedelta(days=days + 1) + 2 * HOUR)

    assert (state_of(circle), circle.cycles.get(number=1).due_at) == ("scheduled", DUE + 2 * DAY)
    live_until(DUE + WEEK + 2 * DAY)
    assert state_of(circle) == "completed"


def test_only_the_host_pauses_and_only_what_runs():
    friends = people(2)
    circle = started(friends)
    with pytest.raises(NotHostError):
        pause(circle, friends[1], FOUNDED)
    with pytest.raises(InvalidStateError):
        resume(circle, friends[0], FOUNDED)
    with pytest.raises(InvalidStateError):
        pause(forming(friends), friends[0], FOUNDED)


def test_a_circle_that_is_not_full_in_time_expires():
    friends = people(2)
    circle = forming(friends, size=3)

    live_until(DUE - HOUR)
    assert state_of(circle) == "forming"
    live_until(DUE)

    assert state_of(circle) == "expired"
    assert beat(DUE + WEEK).done == 0


def test_a_later_start_date_gives_a_forming_circle_more_time():
    host, joiner = people(2)
    circle = forming([host, joiner], size=3)
    later = circle.cycle_start_date + WEEK
    services.change_circle(actor=host, circle_id=circle.pk, changes={"cycle_start_date": later}, at=FOUNDED + HOUR)

    live_until(DUE + DAY)
    assert state_of(circle) == "forming"
    live_until(DUE + WEEK)
    assert state_of(circle) == "expired"


def test_fewer_seats_with_everybodys_consent_save_a_circle_that_is_not_full():
    host, joiner = people(2, "2000.00")
    circle = forming([host, joiner], size=3)
    services.change_circle(actor=host, circle_id=circle.pk, changes={"size": 2}, at=FOUNDED + HOUR)
    services.accept_charter(actor=joiner, circle_id=circle.pk, version=2, at=FOUNDED + HOUR)
    services.start_circle(actor=host, circle_id=circle.pk, at=FOUNDED + HOUR)

    live_until(DUE + WEEK)

    assert (state_of(circle), wallets_of([host, joiner])) == ("completed", ["2000.00", "2000.00"])
