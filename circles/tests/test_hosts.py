"""Who leads a circle: host, co-host, and whoever takes over."""

from datetime import timedelta

import pytest

from accounts.services import ban_user
from circles import services
from circles.errors import CircleNotFoundError, NotHostError
from circles.errors.people import AlreadyHostError, HostNotSilentError, VoteOpenError
from circles.services.succession import HOST_SILENCE
from circles.tests.world import FOUNDED, HOUR, forming, membership_id, people, person, started

pytestmark = pytest.mark.django_db
SILENT = FOUNDED + HOST_SILENCE


@pytest.fixture
def friends():
    return people(4)


@pytest.fixture
def circle(friends):
    return started(friends)


def appoint(circle, cohost, at=FOUNDED + 2 * HOUR):
    return services.appoint_cohost(
        actor=circle.host, circle_id=circle.pk, membership_id=membership_id(circle, cohost), at=at
    )


def seen(user, at):
    user.last_login = at
    user.save(update_fields=["last_login"])


def take_over(circle, actor, at=SILENT):
    return services.replace_host(actor=actor, circle_id=circle.pk, at=at)


def host_of(circle):
    circle.refresh_from_db()
    assert circle.memberships.get(role="host").user_id == circle.host_id
    return circle.host


def test_the_cohost_takes_over_when_the_host_has_been_silent_for_two_weeks(circle, friends):
    appoint(circle, friends[2])
    seen(friends[2], SILENT - HOUR)
    with pytest.raises(HostNotSilentError):
        take_over(circle, friends[1], at=SILENT - timedelta(seconds=1))

    succession = take_over(circle, friends[1])

    assert (succession.vote, host_of(circle)) == (None, friends[2])
    assert circle.memberships.get(user=friends[0]).role == "member"


def test_a_host_who_was_seen_keeps_the_circle(circle, friends):
    seen(friends[0], SILENT - HOUR)

    with pytest.raises(HostNotSilentError):
        take_over(circle, friends[1])


def test_without_a_cohost_the_members_choose(circle, friends):
    vote = take_over(circle, friends[1]).vote
    assert (len(vote.options), vote.needed) == (3, 2)
    chosen = str(membership_id(circle, friends[3]))
    with pytest.raises(VoteOpenError):
        take_over(circle, friends[2])

    for voter in (friends[1], friends[3]):
        services.cast_ballot(actor=voter, circle_id=circle.pk, vote_id=vote.pk, choice=chosen, at=SILENT + HOUR)

    assert host_of(circle) == friends[3]


def test_a_cohost_who_is_silent_too_does_not_take_over(circle, friends):
    appoint(circle, friends[2])

    assert take_over(circle, friends[1], at=SILENT + HOUR).vote.subject == "succession"


def test_a_banned_host_counts_as_gone_at_once(circle, friends):
    boss = person(is_staff=True, is_superuser=True)
    appoint(circle, friends[1])
    ban_user(actor=boss, user_id=friends[0].pk, reason="fraud", at=FOUNDED + 2 * HOUR)

    take_over(circle, friends[2], at=FOUNDED + 3 * HOUR)

    assert host_of(circle) == friends[1]


def test_a_host_hands_over_and_stays_as_a_member(circle, friends):
    target = membership_id(circle, friends[1])
    with pytest.raises(NotHostError):
        services.hand_over_circle(actor=friends[1], circle_id=circle.pk, membership_id=target, at=FOUNDED)

    services.hand_over_circle(actor=friends[0], circle_id=circle.pk, membership_id=target, at=FOUNDED)

    assert host_of(circle) == friends[1]
    with pytest.raises(AlreadyHostError):
        services.hand_over_circle(actor=friends[1], circle_id=circle.pk, membership_id=target, at=FOUNDED)
    with pytest.raises(CircleNotFoundError):
        services.hand_over_circle(
            actor=friends[1],
            circle_id=circle.pk,
            membership_id=circle.pk,
            at=FOUNDED,
        )


def test_a_circle_has_one_cohost_and_the_host_says_who(circle, friends):
    appoint(circle, friends[1])
    appoint(circle, friends[2])
    assert list(circle.memberships.filter(role="cohost").values_list("user_id", flat=True)) == [friends[2].pk]

    services.appoint_cohost(actor=friends[0], circle_id=circle.pk, membership_id=None, at=FOUNDED)

    assert not circle.memberships.filter(role="cohost").exists()
    with pytest.raises(NotHostError):
        services.appoint_cohost(actor=friends[2], circle_id=circle.pk, membership_id=None, at=FOUNDED)


def test_a_cohost_lets_people_in_and_turns_them_away_and_does_no_more():
    host, cohost, first, second = people(4)
    circle = forming([host, cohost], size=4, needs_approval=True)
    services.approve_member(actor=host, circle_id=circle.pk, membership_id=membership_id(circle, cohost), at=FOUNDED)
    appoint(circle, cohost)
    for joiner in (first, second):
        services.join_circle(actor=joiner, invite_code=circle.invite_code, at=FOUNDED)

    services.approve_member(actor=cohost, circle_id=circle.pk, membership_id=membership_id(circle, first), at=FOUNDED)
    services.remove_member(
        actor=cohost, circle_id=circle.pk, membership_id=membership_id(circle, second), reason="", at=FOUNDED
    )

    states = dict(circle.memberships.values_list("user_id", "status"))
    assert (states[first.pk], states[second.pk]) == ("active", "removed")
    with pytest.raises(NotHostError):
        services.remove_member(
            actor=cohost, circle_id=circle.pk, membership_id=membership_id(circle, first), reason="", at=FOUNDED
        )
    with pytest.raises(NotHostError):
        services.cancel_circle(actor=cohost, circle_id=circle.pk, at=FOUNDED)


def test_roles_over_http(signed_in, circle, friends):
    path = f"/api/v1/circles/{circle.pk}"
    second = {"membership_id": str(membership_id(circle, friends[1]))}

    def roles(answer):
        assert answer.status_code == 200
        return [one["role"] for one in signed_in(friends[3]).get(f"{path}/members").json()]

    host = signed_in(friends[0])
    assert roles(host.put(f"{path}/cohost", second)) == ["host", "cohost", "member", "member"]
    assert roles(host.delete(f"{path}/cohost")) == ["host", "member", "member", "member"]
    assert roles(host.post(f"{path}/hand-over", second)) == ["member", "host", "member", "member"]
    refused = host.post(f"{path}/succession")
    assert (refused.status_code, refused.json()["code"]) == (409, "host_not_silent")
