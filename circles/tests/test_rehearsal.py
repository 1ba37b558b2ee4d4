"""A rehearsal says what the engine would do: both are run side by side."""

import json
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db.models import Sum
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from circles import services
from circles.calendar import plan_of
from circles.models import DiscountShare, FeeGoesTo, Frequency, Payout, PayoutOrder, ShortfallPolicy
from circles.rehearsal import rehearse
from circles.rehearsed import Scenario
from circles.tests.world import (
    DAY,
    DUE,
    FOUNDED,
    HOUR,
    beat,
    forming,
    fund,
    people,
    person,
    spend,
    started,
    state_of,
    tills_of,
    wallets_of,
)
from contri.core.moments import lagos_day
from contri.core.money import naira_from_kobo

pytestmark = pytest.mark.django_db


@st.composite
def scenarios(draw):
    size = draw(st.integers(2, 5))
    stops = draw(st.dictionaries(st.integers(1, size), st.integers(0, size - 1), max_size=2))
    asked = draw(
        st.fixed_dictionaries(
            {
                "shortfall_policy": st.sampled_from(ShortfallPolicy),
                "late_fee_kobo": st.sampled_from([0, 7_001]),
                "late_fee_to": st.sampled_from(FeeGoesTo),
                "deposit_kobo": st.sampled_from([0, 60_000, 250_000]),
                "reserve_kobo": st.sampled_from([0, 30_000]),
                "grace_days": st.sampled_from([0, 2]),
                "frequency": st.sampled_from([Frequency.DAILY, Frequency.WEEKLY]),
            }
        )
    )
    return size, stops, asked, draw(st.sampled_from([(), (50_000, 20_001)]))


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(scenarios())
def test_the_engine_does_what_was_rehearsed(scenario):
    size, stops, asked, bids = scenario
    bids = bids[:size]
    friends = people(size, kyc_tier=3)
    circle = ready(friends, bids, **asked)
    money = {name: value for name, value in asked.items() if name not in ("grace_days", "frequency")}
    expected = rehearse(
        Scenario(plan=plan_of(circle), amount_kobo=circle.amount_kobo, bids_kobo=bids, stops=stops, **money)
    )

    live_for_real(circle, friends, stops)

    for cycle in circle.cycles.select_related("slot__membership").order_by("number"):
        rehearsed = expected.cycles[cycle.number - 1]
        payout = Payout.objects.filter(cycle=cycle).first()
        assert friends.index(cycle.slot.membership.user) + 1 == rehearsed.recipient
        assert (payout is not None) == rehearsed.is_paid_out
        if payout:
            assert (payout.paid_kobo, payout.lent_kobo, payout.repaid_kobo) == (
                rehearsed.received_kobo,
                rehearsed.lent_kobo,
                rehearsed.repaid_kobo,
            )
    places = [friend.memberships.get() for friend in friends]
    assert [as_lived(place) for place in places] == [as_rehearsed(member) for member in expected.members]
    assert state_of(circle) == ("completed" if expected.is_completed else "active")
    assert tills_of(circle)[2] == naira_from_kobo(expected.reserve_kobo)


def ready(friends, bids, **asked):
    """Locked, with turns in the order of the friends, and nothing left in their wallets."""
    for friend in friends:
        fund(friend, "9000.00")
    order = PayoutOrder.AUCTION if bids else PayoutOrder.JOIN_ORDER
    circle = forming(friends, payout_order=order, auction_floor_percent=50, **asked)
    for friend, bid in zip(friends, bids, strict=False):
        services.bid_for_turn(actor=friend, circle_id=circle.pk, discount_kobo=bid, at=FOUNDED + HOUR)
    circle = services.start_circle(actor=friends[0], circle_id=circle.pk, at=DUE - HOUR)
    for friend in friends:
        empty(friend)
    return circle


def live_for_real(circle, friends, stops):
    """Everybody has what they owe just in time; who has stopped leaves nothing in their wallet."""
    dues = {cycle.due_at: cycle.number for cycle in circle.cycles.all()}
    for moment in services.moments_of_acts(up_to=max(dues) + 3 * DAY):
        number = dues.get(moment)
        for turn, friend in enumerate(friends, start=1):
            if number is not None and number <= stops.get(turn, len(friends)):
                fund(friend, "1000.00")
        beat(moment)
        for friend in friends:
            empty(friend)


def empty(friend):
    held = wallets_of([friend])[0]
    if held != "0.00":
        spend(friend, held)


def as_lived(place):
    """What a member has paid, what being late cost them, and what they had back of what they left with the circle."""

    def moved(*kinds):
        return total(place.security_movements.filter(kind__in=kinds), "amount_kobo")

    return {
        "paid": total(place.contributions, "paid_kobo"),
        "received": total(place.payouts, "paid_kobo")
        + total(DiscountShare.objects.filter(slot__membership=place), "amount_kobo"),
        "fees": total(place.late_fees, "amount_kobo"),
        "fees paid": total(place.late_fees, "paid_kobo"),
        "deposit back": moved("deposit_returned"),
        "reserve back": moved("reserve_returned"),
    }


def as_rehearsed(member):
    return {
        "paid": member.paid_kobo,
        "received": member.received_kobo,
        "fees": member.fees_kobo,
        "fees paid": member.fees_paid_kobo,
        "deposit back": member.deposit_back_kobo,
        "reserve back": member.reserve_back_kobo,
    }


def total(rows, column):
    return rows.aggregate(total=Sum(column))["total"] or 0


def test_when_nobody_stops_everybody_gets_the_whole_pot():
    circle = started(people(3))

    rehearsed = rehearse(Scenario(plan=plan_of(circle), amount_kobo=circle.amount_kobo))

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
        "discount": "0.00",
        "paid_out": True,
        "received": "4000.00",
        "from_deposits": "0.00",
        "from_reserve": "0.00",
        "back_to_reserve": "0.00",
        "late": [],
        "missing": [],
    }
    assert answer["members"][2] == {
        "member": 3,
        "paid": "3000.00",
        "received": "4000.00",
        "late_fees": "0.00",
        "late_fees_paid": "0.00",
        "deposit_back": "0.00",
        "reserve_back": "0.00",
    }
    assert {name: answer[name] for name in ("missing", "completed", "reserve_left", "fees_to_contri")} == {
        "missing": "1000.00",
        "completed": False,
        "reserve_left": "0.00",
        "fees_to_contri": "0.00",
    }


def test_a_rehearsal_knows_fees_deposits_the_reserve_and_bids(signed_in):
    body = {
        "amount": "1000.00",
        "frequency": "weekly",
        "cycle_start_date": (lagos_day(timezone.now()) + timedelta(days=10)).isoformat(),
        "size": 3,
        "late_fee": "50.00",
        "late_fee_to": "contri",
        "deposit": "1000.00",
        "reserve": "200.00",
        "bids": ["0.00", "100.00"],
        "stops": [{"member": 1, "after_cycle": 2}],
    }

    answer = signed_in(person()).post("/api/v1/circles/rehearse", body).json()

    # The first turn went for ₦100; who had it stops before the last cycle, which their deposit pays. What is left of
    # it is nothing, so the fee is written off, and the reserve goes to the two who kept everything they had to.
    assert [(one["received"], one["discount"], one["from_deposits"], one["late"]) for one in answer["cycles"]] == [
        ("2900.00", "100.00", "0.00", []),
        ("3000.00", "0.00", "0.00", []),
        ("3000.00", "0.00", "1000.00", [1]),
    ]
    assert [
        (one["received"], one["late_fees"], one["deposit_back"], one["reserve_back"]) for one in answer["members"]
    ] == [
        ("2900.00", "50.00", "0.00", "0.00"),
        ("3050.00", "0.00", "1000.00", "300.00"),
        ("3050.00", "0.00", "1000.00", "300.00"),
    ]
    assert (answer["missing"], answer["completed"]) == ("0.00", True)


def test_a_rehearsal_refuses_members_that_are_not_there(signed_in):
    body = {"amount": "1.00", "frequency": "daily", "cycle_start_date": "2027-01-31", "size": 2}
    client = signed_in(person())

    for stops in (
        [{"member": 3, "after_cycle": 1}],
        [{"member": 1, "after_cycle": 3}],
        [{"member": 0, "after_cycle": 0}],
    ):
        assert client.post("/api/v1/circles/rehearse", {**body, "stops": stops}).status_code == 400
    for bids in (["0.00"] * 3, ["1.01"], ["-1.00"]):
        assert client.post("/api/v1/circles/rehearse", {**body, "bids": bids}).status_code == 400
    assert client.post("/api/v1/circles/rehearse", {**body, "bids": ["1.00"]}).status_code == 200


def test_the_command_rehearses_as_well(capsys):
    options = ["--amount", "1000.00", "--frequency", "monthly", "--start", "2027-01-31", "--size", "3"]
    call_command("rehearse_circle", *options, "--stop", "1:1", "--deposit", "500.00", "--json")

    said = json.loads(capsys.readouterr().out)
    assert [cycle["due_at"] for cycle in said["cycles"]] == [
        "2027-01-31T17:00:00Z",
        "2027-02-28T17:00:00Z",
        "2027-03-31T17:00:00Z",
    ]
    assert [cycle["from_deposits"] for cycle in said["cycles"]] == ["0.00", "500.00", "0.00"]
    assert (said["missing"], said["completed"]) == ("1500.00", False)
