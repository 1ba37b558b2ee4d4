"""State and money of a circle change at the same instant: one wins, and the other is told why. Real threads."""

import pytest

from circles import services
from circles.errors import InvalidStateError, SwapUnknownError
from circles.errors.people import AlreadyVotedError, AppealDecidedError
from circles.models import Ballot, VoteSubject
from circles.tests.test_races import at_once
from circles.tests.world import (
    DAY,
    DUE,
    FOUNDED,
    HOUR,
    WEEK,
    contribution,
    cycles_of,
    forming,
    live_until,
    people,
    person,
    pot_of,
    started,
    state_of,
    wallets_of,
)

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def friends():
    return people(3, "3000.00")


def test_one_member_casts_the_same_ballot_twice_and_it_counts_once():
    friends = people(5, "1000.00")
    circle = started(friends)
    opened = FOUNDED + 2 * HOUR
    vote = services.open_vote(
        actor=friends[0], circle_id=circle.pk, subject=VoteSubject.PAUSE, reason="a flood", at=opened
    )

    def say_yes():
        return services.cast_ballot(
            actor=friends[1], circle_id=circle.pk, vote_id=vote.pk, choice="yes", at=opened
        ).status

    outcomes = at_once(*[say_yes] * 4)

    # Three of five carry it: two, however often one of them says so, do not.
    assert sorted(map(str, outcomes)) == sorted(["open", *[str(AlreadyVotedError)] * 3])
    assert (Ballot.objects.filter(choice="yes").count(), state_of(circle)) == (2, "scheduled")


def test_the_last_to_pay_closes_the_cycle_while_the_host_pauses(friends):
    circle = started(friends)
    for friend in friends[:2]:
        services.contribute(actor=friend, circle_id=circle.pk, at=FOUNDED + 2 * HOUR)
    live_until(DUE - HOUR)

    paid, paused = at_once(
        lambda: services.contribute(actor=friends[2], circle_id=circle.pk, at=DUE).contribution.status,
        lambda: services.pause_circle(actor=friends[0], circle_id=circle.pk, reason="a flood", at=DUE).status,
    )

    assert (paused, paid) in [("paused", "paid"), ("paused", InvalidStateError)]
    settled = ("closed", "0.00") if paid == "paid" else ("collecting", "2000.00")
    assert (cycles_of(circle)[0], pot_of(circle)) == settled
    services.resume_circle(actor=friends[0], circle_id=circle.pk, reason="dry", at=DUE + HOUR)
    live_until(DUE + DAY + 2 * WEEK)
    assert (state_of(circle), wallets_of(friends)) == ("completed", ["3000.00"] * 3)


def test_a_circle_is_paused_twice_at_once_and_stands_still_once(friends):
    circle = started(friends)

    outcomes = at_once(
        *[lambda: services.pause_circle(actor=friends[0], circle_id=circle.pk, reason="a flood", at=DUE - DAY).status]
        * 3
    )

    assert sorted(map(str, outcomes)) == sorted(["paused", *[str(InvalidStateError)] * 2])
    assert circle.pauses.count() == 1


def test_a_circle_is_started_twice_at_once_and_its_turns_are_written_once(friends):
    circle = forming(friends)

    outcomes = at_once(
        *[lambda: services.start_circle(actor=friends[0], circle_id=circle.pk, at=FOUNDED + HOUR).status] * 3
    )

    assert sorted(map(str, outcomes)) == sorted(["scheduled", *[str(InvalidStateError)] * 2])
    assert (circle.slots.count(), circle.cycles.count()) == (3, 3)


def test_a_contribution_and_the_cancelling_of_its_circle_at_the_same_instant(friends):
    circle = started(friends)
    at = FOUNDED + 2 * HOUR

    paid, cancelled = at_once(
        lambda: services.contribute(actor=friends[1], circle_id=circle.pk, at=at).contribution.status,
        lambda: services.cancel_circle(actor=friends[0], circle_id=circle.pk, at=at).status,
    )

    assert cancelled == "cancelled"
    assert paid in ("paid", InvalidStateError)
    # Paid and given back, or never paid.
    assert (contribution(circle, 1, friends[1]).status, pot_of(circle)) == ("refunded", "0.00")
    assert wallets_of(friends) == ["3000.00"] * 3


def test_a_turn_is_swapped_with_two_others_at_once():
    friends = people(4, "4000.00")
    circle = started(friends)
    live_until(DUE)
    offers = [
        services.propose_swap(actor=friends[3], circle_id=circle.pk, my_turn=4, their_turn=turn, at=DUE)
        for turn in (2, 3)
    ]

    def accept(friend, offer):
        return lambda: services.accept_swap(actor=friend, circle_id=circle.pk, swap_id=offer.pk, at=DUE).status

    outcomes = at_once(accept(friends[1], offers[0]), accept(friends[2], offers[1]))

    assert sorted(map(str, outcomes)) == sorted(["accepted", str(SwapUnknownError)])
    live_until(DUE + 3 * WEEK)
    assert (state_of(circle), wallets_of(friends)) == ("completed", ["4000.00"] * 4)


def test_dissolving_and_the_payout_at_the_same_instant(friends):
    boss = person(is_staff=True, is_superuser=True)
    circle = started(friends)
    live_until(DUE - HOUR)

    at_once(
        lambda: services.turn_circles(at=DUE, wait=True).failed,
        lambda: services.dissolve_circle(actor=boss, circle_id=circle.pk, reason="a quarrel", at=DUE).status,
    )

    # Nobody has lost by it, whichever came first.
    live_until(DUE + 2 * DAY)
    assert (state_of(circle), pot_of(circle), wallets_of(friends)) == ("dissolved", "0.00", ["3000.00"] * 3)


def test_an_appeal_is_granted_and_rejected_at_the_same_instant():
    kind, strict = people(2, is_staff=True, is_superuser=True)
    late = person()
    circle = started([*people(2, "3000.00"), late])
    live_until(DUE + 2 * DAY)
    mark = contribution(circle, 1, late)
    appeal = services.appeal_mark(actor=late, contribution_id=mark.pk, reason="my bank", at=DUE + 3 * DAY)

    def decide(boss, is_granted):
        return lambda: (
            services.decide_appeal(
                actor=boss, appeal_id=appeal.pk, is_granted=is_granted, reason="seen", at=DUE + 4 * DAY
            ).decided_by
        )

    outcomes = at_once(decide(kind, True), decide(strict, False))

    assert outcomes.count(AppealDecidedError) == 1
    appeal.refresh_from_db()
    assert appeal.decided_by in outcomes
