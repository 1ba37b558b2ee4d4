"""POST /auth/refresh: rotation, reuse, grace, and what ends with a session."""

from datetime import timedelta

import jwt
import pytest
import time_machine
from django.conf import settings
from django.utils import timezone

from accounts.errors import TokenInvalidError, TokenReusedError
from accounts.models import RefreshUse, Session
from accounts.services import Device, log_out, open_session, refresh_session
from accounts.tests.factories import PASSWORD, UserFactory
from accounts.tests.races import at_once

PHONE = Device(user_agent="Phone/1", address="10.0.0.1")
THIEF = Device(user_agent="curl", address="10.9.9.9")
# A little while ago: a token that says it was made in the future is refused.
NOW = timezone.now().replace(microsecond=0) - timedelta(minutes=5)


@pytest.fixture
def user(db):
    return UserFactory.create()


@pytest.fixture
def tokens(user):
    return open_session(user=user, device=PHONE, at=NOW)


def refresh(token, device=PHONE, after=0):
    return refresh_session(refresh=token, device=device, at=NOW + timedelta(seconds=after))


def test_a_refresh_token_is_traded_in_for_the_next_pair(tokens):
    second = refresh(tokens.refresh, after=60)
    third = refresh(second.refresh, after=120)

    assert len({tokens.refresh, second.refresh, third.refresh, tokens.access, second.access, third.access}) == 6


def test_over_http_the_pair_is_two_fields_and_the_old_access_token_works_on(api, user):
    login = api.post("/api/v1/auth/login", {"email": user.email, "password": PASSWORD}).json()

    answer = api.post("/api/v1/auth/refresh", {"refresh": login["refresh"]})

    assert (answer.status_code, set(answer.json())) == (200, {"access", "refresh"})
    for access in (login["access"], answer.json()["access"]):
        assert api.get("/api/v1/auth/sessions", HTTP_AUTHORIZATION=f"Bearer {access}").status_code == 200


def test_the_same_device_gets_the_same_pair_again_within_ten_seconds(tokens):
    first = refresh(tokens.refresh, after=60)

    assert refresh(tokens.refresh, after=70) == first
    assert RefreshUse.objects.count() == 1


@pytest.mark.parametrize(("device", "after"), [(PHONE, 71), (THIEF, 61)], ids=["later", "from elsewhere"])
def test_a_used_token_later_or_from_elsewhere_ends_the_whole_family(user, tokens, device, after):
    second = refresh(tokens.refresh, after=60)

    with pytest.raises(TokenReusedError):
        refresh(tokens.refresh, device, after=after)

    with pytest.raises(TokenInvalidError):
        refresh(second.refresh, after=after + 1)
    assert Session.objects.get().end_reason == "token_reused"
    assert [notice.title for notice in user.notifications.all()] == ["We signed one of your devices out"]


def test_the_owners_other_sessions_outlive_a_reuse(user, tokens):
    other = open_session(user=user, device=PHONE, at=NOW)
    refresh(tokens.refresh, after=60)
    with pytest.raises(TokenReusedError):
        refresh(tokens.refresh, THIEF, after=61)

    assert refresh(other.refresh, after=62)


def test_an_ended_session_takes_its_access_token_along(api, user, tokens):
    bearer = {"HTTP_AUTHORIZATION": f"Bearer {tokens.access}"}
    assert api.get("/api/v1/users/me", **bearer).status_code == 200

    log_out(refresh=tokens.refresh, at=NOW)

    answer = api.get("/api/v1/users/me", **bearer)
    assert (answer.status_code, answer.json()["code"]) == (401, "not_authenticated")
    assert answer["WWW-Authenticate"] == "Bearer"


def test_logging_out_twice_is_no_error_and_refreshing_after_it_is(api, user):
    login = api.post("/api/v1/auth/login", {"email": user.email, "password": PASSWORD}).json()
    body = {"refresh": login["refresh"]}

    assert [api.post("/api/v1/auth/logout", body).status_code for _ in range(2)] == [204, 204]
    answer = api.post("/api/v1/auth/refresh", body)
    assert (answer.status_code, answer.json()["code"]) == (401, "token_invalid")


def forged(tokens, **claims):
    kept = jwt.decode(tokens.refresh, options={"verify_signature": False})
    return jwt.encode({**kept, **claims}, "another key that is long enough to be one", algorithm="HS256")


@pytest.mark.parametrize(
    "make",
    [
        lambda tokens: "junk",
        lambda tokens: tokens.access,
        lambda tokens: forged(tokens),
        lambda tokens: tokens.refresh[:-2],
        lambda tokens: "é" * 30,
        lambda tokens: jwt.encode({"token_type": "refresh"}, settings.SIMPLE_JWT["SIGNING_KEY"]),
        lambda tokens: jwt.encode(
            jwt.decode(tokens.refresh, options={"verify_signature": False}), "", algorithm="none"
        ),
    ],
    ids=["junk", "access token", "other key", "cut short", "not ascii", "no session", "alg none"],
)
def test_what_is_no_refresh_token_of_ours_is_invalid(api, tokens, make):
    answer = api.post("/api/v1/auth/refresh", {"refresh": make(tokens)})

    assert (answer.status_code, answer.json()["code"]) == (401, "token_invalid")


def test_an_expired_refresh_token_is_invalid(user):
    long_ago = open_session(user=user, device=PHONE, at=NOW - timedelta(days=31))

    with pytest.raises(TokenInvalidError):
        refresh(long_ago.refresh)


def test_refreshing_keeps_a_session_alive(user, tokens):
    day_29, day_58 = timedelta(days=29), timedelta(days=58)
    with time_machine.travel(NOW + day_29, tick=False):
        second = refresh(tokens.refresh, after=day_29.total_seconds())
    with time_machine.travel(NOW + day_58, tick=False):
        refresh(second.refresh, after=day_58.total_seconds())

    assert Session.objects.get().expires_at == NOW + timedelta(days=88)


def test_nothing_kept_of_a_token_lets_anybody_in(tokens):
    refresh(tokens.refresh, after=1)

    kept = RefreshUse.objects.get()
    assert bytes(kept.token_hash).hex() not in tokens.refresh
    assert len(kept.token_hash) == 32


def test_sessions_are_listed_and_one_can_be_ended(user, signed_in):
    phone, laptop = signed_in(user), signed_in(user)

    listed = phone.get("/api/v1/auth/sessions").json()
    assert [(row["user_agent"], row["is_current"]) for row in listed] == [
        ("contri-tests", False),
        ("contri-tests", True),
    ]
    other = listed[0]["id"]

    assert phone.delete(f"/api/v1/auth/sessions/{other}").status_code == 204
    assert laptop.get("/api/v1/users/me").status_code == 401
    again = phone.delete(f"/api/v1/auth/sessions/{other}")
    assert (again.status_code, again.json()["code"]) == (404, "session_not_found")


def test_somebody_elses_session_is_not_there(user, signed_in):
    stranger = UserFactory.create()
    theirs = signed_in(stranger)
    session_id = Session.objects.get(user=stranger).pk

    answer = signed_in(user).delete(f"/api/v1/auth/sessions/{session_id}")

    assert (answer.status_code, answer.json()["code"]) == (404, "session_not_found")
    assert theirs.get("/api/v1/users/me").status_code == 200


def test_one_query_authenticates_a_call(user, signed_in, django_assert_num_queries):
    client = signed_in(user)

    with django_assert_num_queries(2):
        assert client.get("/api/v1/auth/sessions").status_code == 200


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_eight_threads_with_one_refresh_token_get_one_pair_in_thirty_rounds():
    user = UserFactory.create()

    def one_round():
        first = open_session(user=user, device=PHONE, at=NOW)
        return len(set(at_once(8, lambda: refresh(first.refresh, after=1))))

    assert [one_round() for _ in range(30)] == [1] * 30
    assert RefreshUse.objects.count() == 30


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_a_thief_and_the_owner_at_once_never_both_stay_in():
    user = UserFactory.create()

    def one_round():
        first, devices = open_session(user=user, device=PHONE, at=NOW), [PHONE, THIEF] * 4
        outcomes = at_once(8, lambda: outcome_of(first.refresh, devices.pop()))
        return len(set(outcomes) - {"reused"}), Session.objects.filter(user=user, ended_at=None).count()

    assert [one_round() for _ in range(10)] == [(1, 0)] * 10


def outcome_of(token, device):
    try:
        return refresh(token, device, after=1)
    except TokenReusedError:
        return "reused"
