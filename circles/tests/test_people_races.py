"""People act at the same instant as money moves: whichever comes first, the circle comes out even. Real threads."""

import pytest

from circles import services
from circles.errors import InviteInvalidError, SwapTooLateError
from circles.errors.people import VoteClosedError
from circles.models import VoteSubject
from circles.tests.test_races import at_once
from circles.tests.world import (
    DAY,
    DUE,
    FOUNDED,
    HOUR,
    WEEK,
    cycles_of,
    live_until,
    membership_id,
    people,
    person,
    pot_of,
    rules,
    started,
    state_of,
    wallet_of,
    wallets_of,
)

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


def test_a_swap_and_the_payout_of_one_of_its_turns_at_the_same_instant():
    friends = people(3, "3000.00")
    circle = started(friends)
    live_until(DUE)
    swap = services.propose_swap(actor=friends[1], circle_id=circle.pk, my_turn=2, their_turn=3, at=DUE)
    moment = DUE + WEEK

    outcomes = at_once(
        lambda: services.turn_circles(at=moment, wait=True).failed,
        lambda: services.accept_swap(actor=friends[2], circle_id=circle.pk, swap_id=swap.pk, at=moment).status,
    )

    assert outcomes == [[], SwapTooLateError]
    live_until(DUE + 2 * WEEK)
    assert (state_of(circle), wallets_of(friends)) == ("completed", ["3000.00"] * 3)


def test_the_ballot_that_pauses_and_the_payout_at_the_same_instant():
    friends = people(3, "3000.00")
    circle = started(friends)
    live_until(DUE - HOUR)
    vote = services.open_vote(
        actor=friends[0], circle_id=circle.pk, subject=VoteSubject.PAUSE, reason="a flood", at=DUE - HOUR
    )

    at_once(
        lambda: services.turn_circles(at=DUE, wait=True),
        lambda: services.cast_ballot(actor=friends[1], circle_id=circle.pk, vote_id=vote.pk, choice="yes", at=DUE),
    )

    # Paid out before the pause or not at all; nothing in between.
    assert state_of(circle) == "paused"
    assert (cycles_of(circle)[0], pot_of(circle)) in [("closed", "0.00"), ("collecting", "0.00")]
    services.open_vote(actor=friends[0], circle_id=circle.pk, subject=VoteSubject.RESUME, reason="", at=DUE + HOUR)
    again = circle.votes.get(subject="resume")
    services.cast_ballot(actor=friends[2], circle_id=circle.pk, vote_id=again.pk, choice="yes", at=DUE + HOUR)
    live_until(DUE + DAY + 2 * WEEK)
    assert (state_of(circle), wallets_of(friends)) == ("completed", ["3000.00"] * 3)


def test_two_cast_the_deciding_ballot():
    friends = people(4, "1000.00")
    circle = started(friends)
    vote = services.open_vote(
        actor=friends[0], circle_id=circle.pk, subject=VoteSubject.PAUSE, reason="", at=FOUNDED + 2 * HOUR
    )

    def say(friend):
        return lambda: (
            services.cast_ballot(
                actor=friend, circle_id=circle.pk, vote_id=vote.pk, choice="yes", at=FOUNDED + 3 * HOUR
            ).status
        )

    outcomes = at_once(*(say(friend) for friend in friends[1:]))

    assert sorted(map(str, outcomes)) == sorted(["open", "carried", str(VoteClosedError)])
    assert circle.pauses.count() == 1


def test_two_people_take_over_the_same_place():
    friends = people(3, "3000.00")
    circle = started(friends)
    live_until(DUE)
    place = services.offer_place(actor=friends[2], circle_id=circle.pk, at=DUE + DAY)
    rivals = people(2, "3000.00")

    def take(rival):
        return lambda: services.take_place(actor=rival, code=place.code, charter_version=1, at=DUE + DAY).status

    outcomes = at_once(*(take(rival) for rival in rivals))

    assert sorted(map(str, outcomes)) == sorted(["done", str(InviteInvalidError)])
    assert sorted(wallets_of(rivals)) == ["2000.00", "3000.00"]
    assert wallet_of(friends[2]) == "3000.00"


def test_a_removal_and_the_members_payday_at_the_same_instant():
    boss = person(is_staff=True, is_superuser=True)
    friends = people(3, "3000.00")
    circle = started(friends)
    live_until(DUE)
    target = membership_id(circle, friends[1])

    at_once(
        lambda: services.turn_circles(at=DUE + WEEK, wait=True),
        lambda: services.expel_member(
            actor=boss, circle_id=circle.pk, membership_id=target, reason="a fraud", at=DUE + WEEK - HOUR
        ),
    )

    live_until(DUE + 2 * WEEK)
    assert (state_of(circle), pot_of(circle), wallets_of(friends)) == ("completed", "0.00", ["3000.00"] * 3)


def test_an_invite_that_leaked_is_replaced_while_somebody_joins_with_it():
    friends = people(1)
    circle = services.create_circle(actor=friends[0], name="Market women", rules=rules(size=3), at=FOUNDED)
    leaked, stranger = circle.invite_code, person()

    joined, fresh = at_once(
        lambda: services.join_circle(actor=stranger, invite_code=leaked, at=FOUNDED + HOUR).status,
        lambda: services.renew_invite(actor=friends[0], circle_id=circle.pk, at=FOUNDED + HOUR).invite_code,
    )

    assert joined in ("active", InviteInvalidError)
    assert fresh != leaked
    with pytest.raises(InviteInvalidError):
        services.join_circle(actor=person(), invite_code=leaked, at=FOUNDED + HOUR)
