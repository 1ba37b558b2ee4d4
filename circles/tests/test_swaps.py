"""Members change turns: both agree, and not when it is near."""

import pytest

from circles import services
from circles.errors import (
    InvalidStateError,
    SwapProposedError,
    SwapTooLateError,
    SwapUnknownError,
    TurnUnknownError,
)
from circles.tests.world import (
    DUE,
    FOUNDED,
    HOUR,
    WEEK,
    live_until,
    people,
    person,
    started,
    state_of,
    wallets_of,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def friends():
    return people(4, "4000.00")


@pytest.fixture
def circle(friends):
    return started(friends)


def propose(circle, actor, my_turn, their_turn, at=FOUNDED + 2 * HOUR):
    return services.propose_swap(actor=actor, circle_id=circle.pk, my_turn=my_turn, their_turn=their_turn, at=at)


def accept(circle, actor, swap, at=FOUNDED + 3 * HOUR):
    return services.accept_swap(actor=actor, circle_id=circle.pk, swap_id=swap.pk, at=at)


def turns(circle):
    cycles = circle.cycles.select_related("slot__membership__user").order_by("number")
    assert [cycle.slot.position for cycle in cycles] == [cycle.number for cycle in cycles]
    return [cycle.slot.membership.user for cycle in cycles]


def test_two_turns_change_places_and_money_follows(circle, friends):
    swap = propose(circle, friends[1], 2, 4)
    assert turns(circle) == friends

    accept(circle, friends[3], swap)

    assert turns(circle) == [friends[0], friends[3], friends[2], friends[1]]
    live_until(DUE + WEEK)
    assert wallets_of(friends) == ["6000.00", "2000.00", "2000.00", "6000.00"]
    live_until(DUE + 3 * WEEK)
    assert (state_of(circle), wallets_of(friends)) == ("completed", ["4000.00"] * 4)


def test_a_swap_needs_the_one_who_was_asked(circle, friends):
    swap = propose(circle, friends[1], 2, 4)

    for other in friends[:3]:
        with pytest.raises(SwapUnknownError):
            accept(circle, other, swap)


def test_a_turn_less_than_a_cycle_away_is_not_swapped(circle, friends):
    # A week before the first turn is past from the start; the third is more than a week away until the second is due.
    with pytest.raises(SwapTooLateError):
        propose(circle, friends[0], 1, 3)
    swap = propose(circle, friends[2], 3, 4, at=DUE + WEEK)

    with pytest.raises(SwapTooLateError):
        accept(circle, friends[3], swap, at=DUE + WEEK + HOUR)
    with pytest.raises(SwapTooLateError):
        propose(circle, friends[3], 4, 3, at=DUE + WEEK + HOUR)


def test_only_ones_own_turn_is_offered_for_somebody_elses(circle, friends):
    for mine, theirs in ((2, 4), (3, 3), (3, 5)):
        with pytest.raises(TurnUnknownError):
            propose(circle, friends[2], mine, theirs)


def test_the_same_offer_is_made_once_and_overtaken_by_another(circle, friends):
    first = propose(circle, friends[1], 2, 4)
    with pytest.raises(SwapProposedError):
        propose(circle, friends[1], 2, 4)
    second = propose(circle, friends[2], 3, 4)
    accept(circle, friends[3], second)

    with pytest.raises(SwapUnknownError):
        accept(circle, friends[3], first)


def test_a_paused_circle_swaps_nothing(circle, friends):
    services.pause_circle(actor=friends[0], circle_id=circle.pk, reason="a flood", at=FOUNDED + HOUR)

    with pytest.raises(InvalidStateError):
        propose(circle, friends[1], 2, 4)


def test_swaps_over_http(signed_in, friends, circle):
    path = f"/api/v1/circles/{circle.pk}/swaps"

    offered = signed_in(friends[1]).post(path, {"my_turn": 2, "their_turn": 4})
    accepted = signed_in(friends[3]).post(f"{path}/{offered.json()['id']}/accept")

    assert (offered.status_code, offered.json()["status"]) == (201, "proposed")
    assert (accepted.status_code, accepted.json()["status"]) == (200, "accepted")
    assert signed_in(friends[0]).get(path).json() == [accepted.json()]
    assert signed_in(person()).get(path).status_code == 404
