"""Time turns the circles: every act once, in order, however often, late or crookedly the beat runs."""

import json
from datetime import UTC, datetime

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from circles import services
from circles.models import Cycle, ScheduledAct
from circles.tests.world import (
    DAY,
    DUE,
    HOUR,
    WEEK,
    beat,
    cycles_of,
    fund,
    live_until,
    people,
    person,
    pot_of,
    started,
    state_of,
    wallets_of,
)
from notifications.models import Notification

pytestmark = pytest.mark.django_db


def test_a_second_tick_at_the_same_moment_does_nothing():
    friends = people(2, "3000.00")
    started(friends)
    live_until(DUE)
    before = wallets_of(friends)

    assert beat(DUE).done == 0
    assert wallets_of(friends) == before


def test_a_beat_that_was_down_for_weeks_catches_up_in_order():
    friends = people(3, "3000.00")
    circle = started(friends)

    beat(DUE + 2 * WEEK)

    assert (state_of(circle), wallets_of(friends)) == ("completed", ["3000.00", "3000.00", "3000.00"])
    paid = Notification.objects.filter(recipient=friends[2], kind="pot_paid_out").order_by("pk")
    assert [notice.body for notice in paid] == [
        "₦3000.00 were paid out in cycle 1.",
        "₦3000.00 were paid out in cycle 2.",
    ]


def test_a_reminder_that_comes_too_late_is_not_sent():
    friends = people(2, "3000.00")
    started(friends)

    beat(DUE)

    assert not Notification.objects.filter(kind="contribution_reminder").exists()


def test_a_clock_set_back_does_nothing_twice():
    friends = people(2, "3000.00")
    started(friends)
    live_until(DUE)
    before = wallets_of(friends)

    assert beat(DUE - DAY).done == 0
    assert wallets_of(friends) == before


def test_an_idle_tick_is_one_query_whatever_the_number_of_circles():
    counts = []
    for _ in range(2):
        started(people(2))
        with CaptureQueriesContext(
            connection,
        ) as queries:
            services.turn_circles(at=DUE - WEEK)
        counts.append(len(queries))

    assert counts == [1, 1]


def test_an_idle_tick_reads_the_index_of_due_acts():
    started(people(2))
    with connection.cursor() as cursor:
        # A handful of rows is read any way at all: ask whether the index can serve the tick, in its order.
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off")
    due = ScheduledAct.objects.filter(state="pending", next_try_at__lte=DUE - WEEK)
    plan = due.order_by("next_try_at", "kind", "pk")[:1].explain()
    assert "act_due" in plan
    assert "Sort" not in plan


@pytest.mark.breaks_circles
def test_one_circle_that_cannot_go_on_stops_no_other(caplog):
    bad_friends, good_friends = people(2, "3000.00"), people(2, "3000.00")
    bad, good = started(bad_friends), started(good_friends)
    live_until(DUE - HOUR)
    # A cycle without its first act cannot be settled: as a bug or a hand in the database might leave it.
    Cycle.objects.filter(circle=bad, number=1).update(status="closed", closed_at=DUE)
    bad.acts.filter(kind=30, cycle__number=1).update(cycle=None)

    turn = services.turn_circles(at=DUE)

    assert len(turn.failed) == 1
    assert str(bad.pk) in caplog.text
    assert (cycles_of(good)[0], cycles_of(bad)[1]) == ("closed", "upcoming")
    stuck = bad.acts.filter(attempts__gt=0).get()
    assert (stuck.state, stuck.attempts, stuck.last_error) == (
        "pending",
        1,
        f"ValueError: {stuck} needs a cycle",
    )


@pytest.mark.breaks_circles
def test_a_circle_that_failed_goes_on_in_order_once_it_can():
    friends = people(2, "3000.00")
    circle = started(friends)
    live_until(DUE - HOUR)
    collect = circle.acts.get(kind=30, cycle__number=1)
    cycle = collect.cycle
    ScheduledAct.objects.filter(pk=collect.pk).update(cycle=None)
    services.turn_circles(at=DUE)
    services.turn_circles(at=DUE + WEEK)
    assert cycles_of(circle) == ["collecting", "upcoming"]

    ScheduledAct.objects.filter(pk=collect.pk).update(cycle=cycle)
    done: list[ScheduledAct] = []
    services.turn_circles(at=DUE + WEEK + DAY, watch=done.append)

    assert (state_of(circle), pot_of(circle)) == ("completed", "0.00")
    assert [act.due_at for act in done] == sorted(act.due_at for act in done)
    assert done[0] == collect


def run_cycles(capsys, *options):
    call_command("run_cycles", *options)
    return capsys.readouterr().out


def test_run_cycles_does_all_that_the_beat_would_have_done(capsys):
    friends = people(2, "3000.00")
    circle = started(friends)

    said = json.loads(run_cycles(capsys, "--as-of", "2027-01-04", "--json"))

    assert said == {
        "as_of": "2027-01-04T22:59:59.999999Z",
        "dry_run": False,
        "acts": {"open_cycle": 1, "remind": 3, "collect": 1},
        "failed": [],
    }
    assert (cycles_of(circle), circle.acts.get(kind=30, cycle__number=1).done_at) == (["closed", "upcoming"], DUE)


def test_run_cycles_takes_a_moment_as_it_is(capsys):
    circle = started(people(2, "3000.00"))

    run_cycles(capsys, "--as-of", "2027-01-04T17:59:59+01:00")
    assert cycles_of(circle)[0] == "collecting"
    run_cycles(capsys, "--as-of", "2027-01-04T18:00:00+01:00")
    assert cycles_of(circle)[0] == "closed"


def test_a_dry_run_only_counts(capsys):
    circle = started(people(2, "3000.00"))

    said = run_cycles(capsys, "--as-of", "2027-01-04", "--dry-run")

    assert said.splitlines()[0] == "Up to 2027-01-04T22:59:59.999999Z: 5 acts would be done."
    assert cycles_of(circle) == ["upcoming", "upcoming"]


@pytest.mark.parametrize("when", ["2027-13-01", "tomorrow", "2027-01-04T18:00:00", "2027-1-4"])
def test_run_cycles_refuses_what_is_no_moment(when):
    with pytest.raises(CommandError, match="--as-of"):
        call_command("run_cycles", "--as-of", when)


def test_due_moments_are_kept_in_utc():
    circle = started(people(2))

    assert circle.cycles.get(number=1).due_at == datetime(2027, 1, 4, 17, tzinfo=UTC)


def test_a_circle_played_ahead_of_the_clock_takes_what_it_has_asked_for():
    friends = [*people(2, "3000.00"), person()]
    circle = started(friends)
    live_until(DUE + 3 * DAY)
    assert cycles_of(circle)[0] == "paid"
    fund(friends[2], "1500.00")

    # The clock on the wall is still before the first due moment.
    services.collect_from_member(circle_id=circle.pk, user_id=friends[2].pk, at=DUE - DAY)

    assert (cycles_of(circle), wallets_of(friends)) == (
        ["closed", "upcoming", "upcoming"],
        ["5000.00", "2000.00", "500.00"],
    )


def test_the_last_to_pay_sets_off_a_payout_that_was_asked_for_ahead_of_the_clock():
    friends = [*people(2, "3000.00"), person()]
    circle = started(friends)
    live_until(DUE)
    fund(friends[2], "1000.00")

    services.contribute(actor=friends[2], circle_id=circle.pk, at=DUE - DAY)

    assert (cycles_of(circle)[0], wallets_of(friends)) == ("closed", ["5000.00", "2000.00", "0.00"])
