"""What members decide together: one ballot a person, more than half of all, three days."""

import pytest

from circles import services
from circles.errors import CircleNotFoundError, InvalidStateError, PauseNotYoursError, TooManyHandsError
from circles.errors.people import (
    AlreadyVotedError,
    NoSuchOptionError,
    NothingToShrinkError,
    TooFewVotersError,
    VoteClosedError,
    VoteOpenError,
    VoteOvertakenError,
    VoteUnknownError,
)
from circles.models import PayoutOrder, VoteSubject
from circles.services.voting import VOTE_LASTS
from circles.tests.world import (
    DUE,
    FOUNDED,
    HOUR,
    beat,
    forming,
    live_until,
    people,
    person,
    started,
    state_of,
    wallets_of,
)
from notifications.models import Notification

pytestmark = pytest.mark.django_db
NOON = FOUNDED + 3 * HOUR


@pytest.fixture
def friends():
    return people(5, "5000.00")


@pytest.fixture
def circle(friends):
    return started(friends)


def ask(circle, actor, subject=VoteSubject.PAUSE, at=NOON):
    return services.open_vote(actor=actor, circle_id=circle.pk, subject=subject, reason="a flood", at=at)


def say(circle, vote, actor, choice="yes", at=NOON + HOUR):
    return services.cast_ballot(actor=actor, circle_id=circle.pk, vote_id=vote.pk, choice=choice, at=at)


def told(user):
    return list(Notification.objects.filter(recipient=user).order_by("pk").values_list("kind", flat=True))


def test_more_than_half_of_all_pause_a_circle_and_it_is_asked_by_saying_yes(circle, friends):
    vote = ask(circle, friends[3])
    assert (vote.needed, vote.status) == (3, "open")
    assert "vote_opened" in told(friends[0])
    say(circle, vote, friends[1])
    assert state_of(circle) == "scheduled"

    decided = say(circle, vote, friends[2])

    assert (decided.status, decided.outcome, state_of(circle)) == ("carried", "yes", "paused")
    assert "vote_decided" in told(friends[4])
    with pytest.raises(VoteClosedError):
        say(circle, vote, friends[4])


def test_a_vote_is_lost_as_soon_as_it_cannot_be_won(circle, friends):
    vote = ask(circle, friends[0])

    for no in friends[1:4]:
        vote = say(circle, vote, no, "no")

    assert (vote.status, vote.outcome, state_of(circle)) == ("carried", "no", "scheduled")


def test_a_vote_lapses_after_three_days_and_a_paused_circle_may_vote_on(circle, friends):
    services.pause_circle(actor=friends[0], circle_id=circle.pk, reason="a flood", at=NOON)
    vote = ask(circle, friends[1], VoteSubject.RESUME)
    with pytest.raises(VoteClosedError):
        say(circle, vote, friends[2], at=vote.closes_at)

    beat(NOON + VOTE_LASTS)

    vote.refresh_from_db()
    assert (vote.status, state_of(circle)) == ("lapsed", "paused")
    again = ask(circle, friends[1], VoteSubject.RESUME, at=NOON + VOTE_LASTS)
    for friend in friends[2:4]:
        say(circle, again, friend, at=NOON + VOTE_LASTS)
    assert state_of(circle) == "scheduled"


def test_one_ballot_a_person_for_what_is_asked(circle, friends):
    vote = ask(circle, friends[0])

    with pytest.raises(AlreadyVotedError):
        say(circle, vote, friends[0])
    with pytest.raises(NoSuchOptionError):
        say(circle, vote, friends[1], "perhaps")
    with pytest.raises(VoteOpenError):
        ask(circle, friends[1])
    with pytest.raises(CircleNotFoundError):
        say(circle, vote, person())
    with pytest.raises(VoteUnknownError):
        services.cast_ballot(
            actor=friends[1], circle_id=started([friends[1], person()]).pk, vote_id=vote.pk, choice="yes", at=NOON
        )


def test_nobody_decides_alone_over_another():
    two = people(2)
    circle = started(two)

    vote = ask(circle, two[0])
    assert (vote.needed, vote.status) == (2, "open")
    host_id, other = two[0], circle.memberships.get(user=two[1])
    with pytest.raises(TooFewVotersError):
        services.remove_member(actor=host_id, circle_id=circle.pk, membership_id=other.pk, reason="a quarrel", at=NOON)


def test_who_stopped_the_clocks_decides_when_they_go_on(friends, circle):
    boss = person(is_staff=True, is_superuser=True)
    services.pause_circle(actor=boss, circle_id=circle.pk, reason="an inquiry", at=NOON, as_staff=True)

    with pytest.raises(PauseNotYoursError):
        services.resume_circle(actor=friends[0], circle_id=circle.pk, reason="", at=NOON + HOUR)
    with pytest.raises(PauseNotYoursError):
        ask(circle, friends[1], VoteSubject.RESUME)
    services.resume_circle(actor=boss, circle_id=circle.pk, reason="cleared", at=NOON + HOUR, as_staff=True)

    vote = ask(circle, friends[1], at=NOON + 2 * HOUR)
    for friend in friends[2:4]:
        say(circle, vote, friend, at=NOON + 2 * HOUR)
    with pytest.raises(PauseNotYoursError):
        services.resume_circle(actor=friends[0], circle_id=circle.pk, reason="", at=NOON + 3 * HOUR)


def test_two_thirds_dissolve_a_circle_and_everybody_is_even(circle, friends):
    live_until(DUE)
    vote = ask(circle, friends[4], VoteSubject.DISSOLUTION, at=DUE + HOUR)
    assert vote.needed == 4
    for friend in friends[:2]:
        say(circle, vote, friend, at=DUE + HOUR)
    assert state_of(circle) == "active"
    say(circle, vote, friends[2], at=DUE + HOUR)

    beat(DUE + 2 * HOUR)

    assert (state_of(circle), wallets_of(friends)) == ("dissolved", ["5000.00"] * 5)


def test_too_few_members_shrink_the_circle_when_all_agree():
    friends = people(3)
    circle = forming(friends, size=5, payout_order=PayoutOrder.RANDOM)
    vote = ask(circle, friends[0], VoteSubject.SHRINK)
    say(circle, vote, friends[1])
    circle.refresh_from_db()
    assert circle.size == 5

    say(circle, vote, friends[2])

    circle.refresh_from_db()
    assert (circle.size, circle.charter_number) == (3, 2)
    services.start_circle(actor=friends[0], circle_id=circle.pk, at=NOON + 2 * HOUR)
    assert circle.slots.count() == 3


def test_one_no_keeps_a_circle_its_size_and_a_newcomer_has_to_be_asked_too():
    friends = people(3)
    circle = forming(friends, size=5)
    vote = ask(circle, friends[0], VoteSubject.SHRINK)
    assert say(circle, vote, friends[1], "no").status == "rejected"
    again = ask(circle, friends[0], VoteSubject.SHRINK)
    say(circle, again, friends[1])
    services.join_circle(actor=person(), invite_code=circle.invite_code, at=NOON)

    with pytest.raises(VoteOvertakenError):
        say(circle, again, friends[2])

    circle.refresh_from_db()
    assert (circle.size, circle.charter_number) == (5, 1)


def test_a_circle_shrinks_only_where_that_makes_a_circle():
    for circle in (forming(people(2)), forming(people(1), size=3)):
        with pytest.raises(NothingToShrinkError):
            ask(circle, circle.host, VoteSubject.SHRINK)
    circle = forming(people(2), size=6)
    services.join_circle(actor=person(), invite_code=circle.invite_code, hands=3, at=NOON)
    with pytest.raises(TooManyHandsError):
        ask(circle, circle.host, VoteSubject.SHRINK)


def test_what_was_being_voted_on_is_no_more_when_the_circle_ends(circle, friends):
    vote = ask(circle, friends[1])

    services.cancel_circle(actor=friends[0], circle_id=circle.pk, at=NOON)

    vote.refresh_from_db()
    assert vote.status == "overtaken"
    with pytest.raises(InvalidStateError):
        ask(circle, friends[1])


def test_a_vote_over_http_is_secret_until_it_is_decided(signed_in, circle, friends):
    path = f"/api/v1/circles/{circle.pk}/votes"
    asked = signed_in(friends[1]).post(path, {"subject": "pause", "reason": "a flood"})
    vote = asked.json()
    assert asked.status_code == 201
    assert {name: vote[name] for name in ("subject", "status", "needed", "voters", "ballots_cast", "my_choice")} == {
        "subject": "pause",
        "status": "open",
        "needed": 3,
        "voters": 5,
        "ballots_cast": 1,
        "my_choice": "yes",
    }
    assert vote["options"] == [{"choice": choice, "person": None, "ballots": None} for choice in ("yes", "no")]

    signed_in(friends[2]).post(f"{path}/{vote['id']}/cast", {"choice": "yes"})
    answer = signed_in(friends[3]).post(f"{path}/{vote['id']}/cast", {"choice": "yes"})

    assert [option["ballots"] for option in answer.json()["options"]] == [3, 0]
    assert signed_in(friends[0]).get(path).json() == [{**answer.json(), "my_choice": ""}]
    refused = signed_in(friends[0]).post(f"{path}/{vote['id']}/cast", {"choice": "no"})
    assert (refused.status_code, refused.json()["code"]) == (409, "vote_closed")
    assert signed_in(person()).get(path).status_code == 404
    assert signed_in(friends[0]).post(path, {"subject": "succession"}).json()["code"] == "validation_error"
