"""A member is taken out of a circle that runs, and everybody comes out even."""

import pytest

from accounts.registries import obligations
from circles import services
from circles.errors import InvalidStateError, NotHostError
from circles.errors.people import HostCannotLeaveError, PaydayUnderWayError
from circles.models import Contribution, Membership
from circles.tests.world import (
    DAY,
    DUE,
    FOUNDED,
    HOUR,
    WEEK,
    cycles_of,
    forming,
    fund,
    live_until,
    membership_id,
    people,
    person,
    pot_of,
    spend,
    started,
    state_of,
    wallets_of,
)
from contri.core.errors import ValidationFaultsError

pytestmark = pytest.mark.django_db


@pytest.fixture
def boss():
    return person(is_staff=True, is_superuser=True)


@pytest.fixture
def friends():
    return people(4, "4000.00")


@pytest.fixture
def circle(friends):
    return started(friends)


def propose(circle, member, at, actor=None, reason="threatens the others"):
    return services.remove_member(
        actor=actor or circle.host,
        circle_id=circle.pk,
        membership_id=membership_id(circle, member),
        reason=reason,
        at=at,
    )


def expel(circle, member, boss, at):
    return services.expel_member(
        actor=boss, circle_id=circle.pk, membership_id=membership_id(circle, member), reason="a fraud", at=at
    )


def test_the_host_proposes_and_a_majority_of_the_others_removes(circle, friends):
    vote = propose(circle, friends[2], at=DUE - DAY).vote
    assert (vote.needed, vote.status, vote.ballots.count()) == (2, "open", 3)
    assert not vote.ballots.filter(membership__user=friends[2]).exists()

    services.cast_ballot(actor=friends[1], circle_id=circle.pk, vote_id=vote.pk, choice="yes", at=DUE - DAY)

    assert Membership.objects.get(circle=circle, user=friends[2]).status == "removed"


def test_who_is_removed_gets_back_on_their_day_what_they_paid_from_those_who_had_it(circle, friends, boss):
    live_until(DUE)
    assert wallets_of(friends) == ["7000.00", "3000.00", "3000.00", "3000.00"]

    expel(circle, friends[2], boss, at=DUE + DAY)
    live_until(DUE + WEEK)
    # The second pot is what three pay.
    assert wallets_of(friends) == ["6000.00", "5000.00", "3000.00", "2000.00"]
    live_until(DUE + 2 * WEEK)
    # The first recipient had the removed member's share, and only they give it back.
    assert wallets_of(friends) == ["5000.00", "5000.00", "4000.00", "2000.00"]
    live_until(DUE + 3 * WEEK)

    assert (state_of(circle), wallets_of(friends), pot_of(circle)) == ("completed", ["4000.00"] * 4, "0.00")


def test_what_was_paid_ahead_goes_back_at_once(circle, friends, boss):
    for number in (1, 2, 3, 4):
        services.contribute(actor=friends[2], circle_id=circle.pk, cycle_number=number, at=FOUNDED + 2 * HOUR)
    services.contribute(actor=friends[1], circle_id=circle.pk, cycle_number=3, at=FOUNDED + 2 * HOUR)

    expel(circle, friends[2], boss, at=FOUNDED + 3 * HOUR)

    assert wallets_of(friends[1:3]) == ["4000.00", "4000.00"]
    live_until(DUE + 3 * WEEK)
    assert (cycles_of(circle), wallets_of(friends)) == (["closed"] * 4, ["4000.00"] * 4)


def test_who_had_the_pot_and_is_removed_owes_everything_at_once(circle, friends, boss):
    live_until(DUE)

    expel(circle, friends[0], boss, at=DUE + DAY)

    # Taken from the wallet there and then, kept in the pot for its days.
    assert (wallets_of(friends)[0], pot_of(circle)) == ("4000.00", "3000.00")
    live_until(DUE + 3 * WEEK)
    assert (state_of(circle), wallets_of(friends)) == ("completed", ["4000.00"] * 4)


def test_what_they_still_owed_comes_out_of_what_they_get_back(boss):
    friends = people(4, "4000.00")
    spend(friends[2], "3000.00")
    circle = started(friends)
    live_until(DUE + WEEK + 2 * DAY)
    # Paid the first, not the second: that recipient is short of it.
    assert wallets_of(friends) == ["6000.00", "5000.00", "0.00", "2000.00"]

    expel(circle, friends[2], boss, at=DUE + WEEK + 3 * DAY)
    live_until(DUE + 3 * WEEK)

    assert (state_of(circle), wallets_of(friends)) == ("completed", ["4000.00", "4000.00", "1000.00", "4000.00"])


def test_a_pot_that_is_being_collected_is_paid_out_first(boss):
    friends = [*people(2, "1000.00"), person()]
    circle = started(friends)
    live_until(DUE)

    with pytest.raises(PaydayUnderWayError):
        expel(circle, friends[0], boss, at=DUE + HOUR)
    expel(circle, friends[1], boss, at=DUE + HOUR)


def test_a_removed_member_sees_the_circle_no_more_and_is_still_bound_until_even(signed_in, circle, friends, boss):
    live_until(DUE)
    expel(circle, friends[2], boss, at=DUE + DAY)

    assert signed_in(friends[2]).get(f"/api/v1/circles/{circle.pk}").status_code == 404
    assert [reason for said in obligations.ask(friends[2]) for reason in said if "Market women" in reason]


def test_a_dissolved_circle_is_even_with_those_who_are_gone_as_well(circle, friends, boss):
    live_until(DUE)
    expel(circle, friends[2], boss, at=DUE + DAY)

    services.dissolve_circle(actor=boss, circle_id=circle.pk, reason="no trust left", at=DUE + DAY)
    live_until(DUE + 2 * DAY)

    assert (state_of(circle), wallets_of(friends)) == ("dissolved", ["4000.00"] * 4)


def test_removal_is_refused_where_it_cannot_be(circle, friends, boss):
    with pytest.raises(NotHostError):
        propose(circle, friends[2], at=DUE - DAY, actor=friends[1])
    with pytest.raises(HostCannotLeaveError):
        propose(circle, friends[0], at=DUE - DAY)
    with pytest.raises(ValidationFaultsError, match="Say why"):
        propose(circle, friends[2], at=DUE - DAY, reason=" ")
    with pytest.raises(InvalidStateError):
        expel(forming(friends), friends[2], boss, at=FOUNDED)


def test_removal_over_http_answers_with_the_vote(signed_in, circle, friends):
    path = f"/api/v1/circles/{circle.pk}/members/{membership_id(circle, friends[1])}/remove"

    answer = signed_in(friends[0]).post(path, {"reason": "threatens the others"})

    assert (answer.status_code, answer.json()["status"]) == (200, "active")
    vote = answer.json()["vote"]
    assert (vote["subject"], vote["about"]["id"], vote["my_choice"]) == ("removal", str(friends[1].pk), "yes")


def test_staff_remove_in_the_admin(client, boss, circle, friends):
    client.force_login(boss)
    place = circle.memberships.get(user=friends[3])

    sent = {"action": "expel", "_selected_action": str(place.pk), "reason": "a fraud"}
    client.post("/admin/circles/membership/", sent)

    place.refresh_from_db()
    assert place.status == "removed"
    assert client.get("/admin/circles/vote/").status_code == 200


def with_two_turns_of_the_second(friends):
    circle = forming(friends[:1], size=4)
    for friend, hands in ((friends[1], 2), (friends[2], 1)):
        services.join_circle(actor=friend, invite_code=circle.invite_code, at=FOUNDED + HOUR, hands=hands)
    return services.start_circle(actor=friends[0], circle_id=circle.pk, at=FOUNDED + HOUR)


def test_nobody_is_removed_while_one_of_their_turns_is_being_collected(boss):
    friends = [*people(2, "8000.00"), person("1000.00")]
    circle = with_two_turns_of_the_second(friends)
    live_until(DUE + WEEK)

    with pytest.raises(PaydayUnderWayError):
        expel(circle, friends[1], boss, at=DUE + WEEK + DAY)


def test_of_two_turns_the_one_that_is_had_is_owed_at_once_and_the_other_freed(boss):
    friends = people(3, "8000.00")
    circle = with_two_turns_of_the_second(friends)
    swap = services.propose_swap(actor=friends[2], circle_id=circle.pk, my_turn=3, their_turn=4, at=FOUNDED + 2 * HOUR)
    live_until(DUE + WEEK)

    expel(circle, friends[1], boss, at=DUE + WEEK + DAY)

    swap.refresh_from_db()
    gone = Membership.objects.get(circle=circle, user=friends[1])
    third = {share.slot.position: share.status for share in Contribution.objects.filter(cycle__number=3)}
    assert third == {1: "pending", 2: "paid", 3: "pending", 4: "waived"}
    assert (gone.accelerated_at, swap.status) == (DUE + WEEK + DAY, "overtaken")
    live_until(DUE + 3 * WEEK)
    assert (state_of(circle), wallets_of(friends), pot_of(circle)) == ("completed", ["8000.00"] * 3, "0.00")


def test_a_removed_debtor_pays_as_soon_as_money_comes(circle, friends, boss):
    live_until(DUE)
    spend(friends[0], "7000.00")
    expel(circle, friends[0], boss, at=DUE + DAY)
    fund(friends[0], "9000.00")

    services.collect_from_member(circle_id=circle.pk, user_id=friends[0].pk, at=DUE + 2 * DAY)

    assert wallets_of(friends)[0] == "6000.00"
