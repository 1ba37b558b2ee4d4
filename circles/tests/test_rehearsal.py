"""A rehearsal says what the engine would do: both are run side by side."""

import json
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from circles.calendar import plan_of
from circles.models import Payout, ShortfallPolicy
from circles.rehearsal import Scenario, rehearse
from circles.tests.world import DAY, DUE, WEEK, fund, live_until, people, person, spend, started, wallets_of
from contri.core.moments import lagos_day
from contri.core.money import naira_from_kobo

pytestmark = pytest.mark.django_db


@st.composite
def scenarios(draw):
    size = draw(st.integers(2, 4))
    stops = draw(st.dictionaries(st.integers(1, size), st.integers(0, size - 1), max_size=2))
    return size, stops, draw(st.sampled_from(ShortfallPolicy))


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(scenarios())
def test_the_engine_does_what_was_rehearsed(scenario):
    size, stops, policy = scenario
    friends = people(size)
    circle = started(friends, shortfall_policy=policy)
    expected = rehearse(Scenario(plan_of(circle), circle.amount_kobo, policy, stops))

    live_for_real(friends, stops)

    payouts = dict(Payout.objects.filter(cycle__circle=circle).values_list("cycle__number", "paid_kobo"))
    assert payouts == {cycle.dates.number: cycle.received_kobo for cycle in expected.cycles if cycle.is_paid_out}
    paid = [sum(c.paid_kobo for c in friend.memberships.get().contributions.all()) for friend in friends]
    assert paid == [member.paid_kobo for member in expected.members]


def live_for_real(friends, stops):
    """Everybody has what they owe just in time; who has stopped leaves nothing in their wallet."""
    for number in range(1, len(friends) + 1):
        due = DUE + (number - 1) * WEEK
        live_until(due - timedelta(seconds=1))
        for turn, friend in enumerate(friends, start=1):
            empty(friend)
            if number <= stops.get(turn, len(friends)):
                fund(friend, "1000.00")
        live_until(due + 2 * DAY)
        for friend in friends:
            empty(friend)


def empty(friend):
    held = wallets_of([friend])[0]
    if held != "0.00":
        spend(friend, held)


def test_when_nobody_stops_everybody_gets_the_whole_pot():
    circle = started(people(3))

    rehearsed = rehearse(Scenario(plan_of(circle), circle.amount_kobo))

    assert [cycle.received_kobo for cycle in rehearsed.cycles] == [300_000] * 3
    assert {(member.paid_kobo, member.received_kobo) for member in rehearsed.members} == {(300_000, 300_000)}
    assert rehearsed.missing_kobo == 0


def test_member_three_stops_after_cycle_two(signed_in):
    day = lagos_day(timezone.now()) + timedelta(days=10)
    body = {
        "amount": "1000.00",
        "frequency": "weekly",
        "cycle_start_date": day.isoformat(),
        "size": 4,
        "stops": [{"member": 3, "after_cycle": 2}],
    }

    response = signed_in(person()).post("/api/v1/circles/rehearse", body)

    answer = response.json()
    assert response.status_code == 200
    assert [(one["number"], one["recipient"], one["received"], one["missing"]) for one in answer["cycles"]] == [
        (1, 1, "4000.00", []),
        (2, 2, "4000.00", []),
        (3, 3, "4000.00", []),
        (4, 4, "3000.00", [3]),
    ]
    assert answer["cycles"][0] == {
        "number": 1,
        "opens_at": f"{(day - DAY).isoformat()}T23:00:00Z",
        "due_at": f"{day.isoformat()}T17:00:00Z",
        "grace_ends_at": f"{(day + 2 * DAY).isoformat()}T17:00:00Z",
        "recipient": 1,
        "expected": "4000.00",
        "paid_out": True,
        "received": "4000.00",
        "missing": [],
    }
    assert answer["members"][2] == {"member": 3, "paid": "3000.00", "received": "4000.00"}
    assert answer["missing"] == "1000.00"


def test_a_rehearsal_refuses_members_that_are_not_there(signed_in):
    body = {"amount": "1.00", "frequency": "daily", "cycle_start_date": "2027-01-31", "size": 2}
    client = signed_in(person())

    for stops in (
        [{"member": 3, "after_cycle": 1}],
        [{"member": 1, "after_cycle": 3}],
        [{"member": 0, "after_cycle": 0}],
    ):
        assert client.post("/api/v1/circles/rehearse", {**body, "stops": stops}).status_code == 400


def test_the_command_rehearses_as_well(capsys):
    options = ["--amount", "1000.00", "--frequency", "monthly", "--start", "2027-01-31", "--size", "3"]
    call_command("rehearse_circle", *options, "--stop", "1:1", "--json")

    said = json.loads(capsys.readouterr().out)
    assert [cycle["due_at"] for cycle in said["cycles"]] == [
        "2027-01-31T17:00:00Z",
        "2027-02-28T17:00:00Z",
        "2027-03-31T17:00:00Z",
    ]
    assert (said["missing"], naira_from_kobo(0)) == ("2000.00", "0.00")
