"""How often each route of accounts may be called, by whom, and what happens while Redis is away."""

from collections.abc import Iterator
from random import randrange
from typing import Any

import pytest
from django.urls import URLPattern
from rest_framework.test import APIClient

from accounts.api.urls import urlpatterns
from accounts.tests.factories import PASSWORD, PIN, UserFactory
from accounts.tests.races import at_once

SAFE = ("head", "options", "trace")

# Every route, with the limits on the way to its verb. An empty list is a decision as well.
LIMITS: dict[tuple[str, str], list[str]] = {
    ("POST", "auth/signup"): ["120/m by address"],
    ("POST", "auth/login"): ["28/m by address", "10/m by body:email"],
    ("POST", "auth/refresh"): ["600/m by address, goes on without Redis"],
    ("POST", "auth/logout"): ["120/m by address, goes on without Redis"],
    ("GET", "auth/social"): [],
    ("POST", "auth/social/<str:provider>"): ["120/m by address"],
    ("PUT", "auth/social/<str:provider>"): ["10/m by user"],
    ("DELETE", "auth/social/<str:provider>"): [],
    ("GET", "auth/sessions"): [],
    ("DELETE", "auth/sessions/<uuid:session_id>"): [],
    ("POST", "auth/email/verify"): ["120/m by address"],
    ("POST", "auth/email/resend"): ["30/m by address", "5/h by body:email", "5/h by user"],
    ("POST", "auth/password/forgot"): ["30/m by address", "5/h by body:email"],
    ("POST", "auth/password/reset"): ["30/m by address"],
    ("POST", "auth/password/change"): ["10/m by user"],
    ("POST", "auth/pin"): ["20/m by user"],
    ("POST", "auth/pin/forgot"): ["10/m by user", "5/h by user"],
    ("POST", "auth/pin/reset"): ["10/m by user"],
    ("POST", "auth/pin/verify"): ["300/m by user, goes on without Redis"],
    ("GET", "users/me"): [],
    ("PATCH", "users/me"): ["30/h by user"],
    ("DELETE", "users/me"): ["10/m by user"],
    ("GET", "users/me/export"): ["10/h by user, goes on without Redis"],
    ("POST", "users/me/kyc"): ["10/h by user"],
    ("GET", "users/dashboard"): [],
    ("GET", "users/lookup"): ["20/m by user, goes on without Redis"],
}
# Limits that a view method leaves to a helper of its own.
HELPERS = {("POST", "auth/email/resend"): ["_mail_named", "_mail_caller"], ("PATCH", "users/me"): ["_show"]}


def routes() -> Iterator[tuple[str, str, list[str]]]:
    for pattern in urlpatterns:
        assert isinstance(pattern, URLPattern)
        view: Any = pattern.callback.view_class  # type: ignore[attr-defined]
        for method in view.http_method_names:
            if method not in SAFE and hasattr(view, method):
                key = (method.upper(), str(pattern.pattern))
                yield (*key, [told for name in (method, *HELPERS.get(key, [])) for told in limits_of(view, name)])


def limits_of(view: Any, name: str) -> list[str]:
    return [
        f"{limit.rate} by {limit.by}{', goes on without Redis' if limit.fail_open else ''}"
        for limit in getattr(getattr(view, name), "limits", ())
    ]


def test_every_route_has_the_limits_that_were_decided_for_it():
    assert {(method, path): limits for method, path, limits in routes()} == LIMITS


@pytest.fixture
def without_redis(settings):
    settings.CACHES = {"default": {**settings.CACHES["default"], "LOCATION": "redis://127.0.0.1:1/0"}}


@pytest.mark.django_db
def test_without_redis_nobody_signs_in_and_whoever_is_signed_in_goes_on(api, signed_in, without_redis):
    ada = UserFactory.create(email="ada@example.ng", pin=PIN)
    client = signed_in(ada)

    refused = api.post("/api/v1/auth/login", {"email": "ada@example.ng", "password": PASSWORD})
    seen = [client.get(f"/api/v1/users/{path}").status_code for path in ("me", "dashboard", "me/export")]

    assert (refused.status_code, refused.json()["code"], refused["Retry-After"]) == (503, "limits_unavailable", "1")
    assert seen == [200, 200, 200]
    assert client.post("/api/v1/auth/pin/verify", {"pin": PIN}).status_code == 200
    assert client.post("/api/v1/auth/password/change", {}).status_code == 503


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("forged", [False, True])
def test_of_forty_sign_ins_at_once_for_one_address_ten_are_looked_at(forged):
    def log_in():
        headers = {"X-Forwarded-For": f"10.0.0.{randrange(250)}"} if forged else {}
        body = {"email": "nobody@example.ng", "password": ""}
        return APIClient().post("/api/v1/auth/login", body, headers=headers).status_code

    codes = [code for _ in range(5) for code in at_once(8, log_in)]

    assert codes.count(400) == 10
    assert codes.count(400) + codes.count(429) == 40
