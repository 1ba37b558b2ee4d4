"""One list of values that have broken servers before, tried on every input of every route: a problem, never a 500."""

import json

import pytest
from django.core.cache import cache

from accounts.tests.factories import UserFactory

pytestmark = pytest.mark.django_db

HOSTILE = [
    "\x00",
    "a\x00b",
    "\u202e\u0000",
    "x" * 100_000,
    "٣٣٣",
    "１２３４",
    "'; DROP TABLE users; --",
    "{{7*7}}",
    "../../etc/passwd",
    -1,
    0,
    1e308,
    10**40,
    True,
    None,
    [],
    {},
    [[[[]]]],
    {"$ne": ""},
]
RAW = [
    b'{"email": "\\ud800"}',
    b'{"a":' * 100_000,
    b'{"pin": NaN}',
    b'{"n": ' + b"9" * 5000 + b"}",
    b"\xff\xfe",
    b"",
    b"null",
    b'"text"',
    b"[1]",
]
ROUTES = {
    ("POST", "auth/signup"): ["email", "password", "first_name", "last_name", "phone_number", "referral_code"],
    ("POST", "auth/login"): ["email", "password"],
    ("POST", "auth/refresh"): ["refresh"],
    ("POST", "auth/logout"): ["refresh"],
    ("POST", "auth/social/google"): ["id_token", "nonce", "first_name", "last_name"],
    ("POST", "auth/social/apple"): ["id_token", "nonce", "first_name", "last_name"],
    ("PUT", "auth/social/google"): ["id_token", "nonce", "password"],
    ("POST", "auth/pin/forgot"): ["password"],
    ("POST", "auth/pin/reset"): ["pin", "code", "password"],
    ("POST", "auth/email/verify"): ["key"],
    ("POST", "auth/email/resend"): ["email"],
    ("POST", "auth/password/forgot"): ["email"],
    ("POST", "auth/password/reset"): ["key", "password"],
    ("POST", "auth/password/change"): ["old_password", "new_password"],
    ("POST", "auth/pin"): ["pin", "old_pin", "password"],
    ("POST", "auth/pin/verify"): ["pin", "purpose"],
    ("PATCH", "users/me"): ["first_name", "last_name", "phone_number", "avatar"],
    ("DELETE", "users/me"): ["password", "pin"],
    ("POST", "users/me/kyc"): ["id_type", "id_number", "first_name", "last_name", "date_of_birth"],
}
GOOD = {
    "email": "new@example.ng",
    "password": "Ajo-with-friends-1",
    "first_name": "Ada",
    "last_name": "Okafor",
    "refresh": "x",
    "id_token": "x",
    "key": "x",
    "old_password": "wrong",
    "new_password": "Ajo-with-friends-2",
    "pin": "258047",
    "id_type": "bvn",
    "id_number": "22212345678",
    "date_of_birth": "1990-04-02",
}


@pytest.fixture
def ada(db):
    return UserFactory.create()


@pytest.mark.parametrize(
    ("method", "path", "field"), [(*route, field) for route, fields in ROUTES.items() for field in fields]
)
def test_a_hostile_value_in_any_field_is_refused_with_a_problem(ada, signed_in, method, path, field):
    client = signed_in(ada)
    body = {name: GOOD[name] for name in ROUTES[method, path] if name in GOOD}

    for value in HOSTILE:
        # The limits have tests of their own, and would answer for everything here.
        cache.clear()
        answer = client.generic(method, f"/api/v1/{path}", json.dumps({**body, field: value}), "application/json")
        assert answer.status_code < 500, value
        if answer.status_code >= 400:
            assert answer["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_a_body_that_is_no_json_object_is_refused_with_a_problem(ada, signed_in, method, path):
    client = signed_in(ada)

    for raw in RAW:
        cache.clear()
        answer = client.generic(method, f"/api/v1/{path}", raw, "application/json")
        assert answer.status_code in (200, 202, 400, 401, 403), raw[:40]


@pytest.mark.parametrize(
    "query", ["email=%00", "email=%ff", "phone_number=%00", "phone_number=%D9%A0", "email[]=a", "%"]
)
def test_a_hostile_query_is_refused_with_a_problem(ada, signed_in, query):
    assert signed_in(ada).get(f"/api/v1/users/lookup?{query}").status_code == 400


@pytest.mark.parametrize("session_id", ["1", "%00", "null", "00000000-0000-0000-0000-000000000000"])
def test_a_hostile_id_is_not_there(ada, signed_in, session_id):
    assert signed_in(ada).delete(f"/api/v1/auth/sessions/{session_id}").status_code == 404
