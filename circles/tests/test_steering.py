"""Staff steer circles from the shell: the admin's actions, by the same verbs and the same permissions."""

import json

import pytest
from django.contrib.admin.models import LogEntry
from django.core.management import CommandError, call_command

from circles.management.commands.steer_circle import ACTS
from circles.models import Appeal
from circles.services import appeal_mark
from circles.tests.world import DAY, DUE, contribution, live_until, membership_id, people, person, started, state_of
from contri.core.models import uuid7

pytestmark = pytest.mark.django_db


@pytest.fixture
def boss():
    return person(is_staff=True, is_superuser=True)


@pytest.fixture
def steer(boss, capsys):
    def call(act, *ids, **options):
        capsys.readouterr()
        status: str | int | None = 0
        try:
            call_command("steer_circle", act, *map(str, ids), by=boss.email, reason="a flood", json=True, **options)
        except SystemExit as ended:
            status = ended.code
        return status, json.loads(capsys.readouterr().out)["outcomes"]

    return call


def test_circles_are_paused_resumed_cancelled_and_dissolved(boss, steer):
    one, other = (started(people(2, "2000.00")) for _ in range(2))

    assert steer("pause", one.pk, other.pk) == (0, {str(one.pk): "done", str(other.pk): "done"})
    assert (state_of(one), state_of(other)) == ("paused", "paused")
    entry = LogEntry.objects.filter(object_id=one.pk, user=boss).latest("pk")
    assert json.loads(entry.change_message)["reason"] == "a flood"
    steer("resume", one.pk, other.pk)
    assert steer("cancel", one.pk) == (0, {str(one.pk): "done"})
    live_until(DUE + DAY)
    assert steer("dissolve", other.pk) == (0, {str(other.pk): "done"})

    assert (state_of(one), state_of(other)) == ("cancelled", "dissolving")


def test_what_is_refused_is_said_and_the_others_are_done(steer):
    circle = started(people(2))
    nothing = uuid7()

    status, outcomes = steer("pause", nothing, circle.pk)

    assert (status, state_of(circle)) == (1, "paused")
    assert outcomes == {
        str(nothing): "refused: not_found: There is no such circle among yours.",
        str(circle.pk): "done",
    }


def test_a_dry_run_changes_nothing(steer):
    circle = started(people(2))

    assert steer("pause", circle.pk, dry_run=True) == (0, {str(circle.pk): "would be done"})
    assert state_of(circle) == "scheduled"


def test_members_are_removed_deaths_recorded_and_appeals_decided(steer):
    friends = [*people(3, "4000.00"), person()]
    circle = started(friends)
    live_until(DUE + 2 * DAY)
    late = contribution(circle, 1, friends[3])
    appeal = appeal_mark(actor=friends[3], contribution_id=late.pk, reason="my bank", at=DUE + 2 * DAY)

    assert steer("grant-appeal", appeal.pk) == (0, {str(appeal.pk): "done"})
    assert steer("reject-appeal", appeal.pk)[0] == 1
    assert steer("remove-member", place := membership_id(circle, friends[2]))[1] == {str(place): "done"}
    assert steer("record-death", friends[1].pk)[1] == {str(friends[1].pk): "done"}

    assert Appeal.objects.get().status == "granted"
    assert [place.status for place in circle.memberships.order_by("joined_at")] == [
        "active",
        "deceased",
        "removed",
        "active",
    ]


@pytest.mark.parametrize("act", ACTS)
def test_only_staff_who_may_do_it_do_it(act):
    stranger, clerk = person(), person(is_staff=True)

    for who in (stranger, clerk):
        with pytest.raises(CommandError, match=ACTS[act].permission):
            call_command("steer_circle", act, str(uuid7()), by=who.email, reason="a flood")
