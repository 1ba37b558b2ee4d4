"""Canaries: values that must not turn up in a log line, an error report, an audit row or a Celery message.

They are sent through every route of the API, in bodies, addresses and headers, and through the flows that really use
them.
"""

import io
import json
import logging
from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

import pytest
import sentry_sdk
from django.conf import settings as django_settings
from django.contrib.admin.models import LogEntry
from redis import Redis
from rest_framework.test import APIClient
from sentry_sdk.integrations.logging import LoggingIntegration

from accounts.models import User
from accounts.tests.factories import PASSWORD, PIN, UserFactory
from contri.core.error_reports import report_errors_to
from contri.core.logs import json_lines
from contri.tests.routes import api_calls

CANARIES = {
    "password": "canary-password-Zx81",
    "old_password": "canary-old-password-Zx82",
    "pin": "748159",
    "old_pin": "748160",
    "pin_token": "canary-pin-token-Zx83",
    "refresh": "canary-refresh-Zx84",
    "access": "canary-access-Zx85",
    "id_token": "eyJjYW5hcnk.eyJjYW5hcnkx.canaryZx86",
    "token": "canary-device-token-Zx87",
    "key": "canary-mail-key-Zx88",
    "bvn": "22298761234",
    "nin": "33398761234",
    "id_number": "44498761234",
    "account_number": "5559876123",
    "secret_key": "sk_live_canaryZx89",
    "code": "canary-code-Zx90",
}
ANY_ID = "019ac3c0-1111-7222-8333-000000000000"
HEADERS = {
    "Idempotency-Key": "canary-journey-1",
    "X-Pin-Token": CANARIES["pin_token"],
    "X-Paystack-Signature": "canary-signature-Zx91",
}


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    """Everything that is logged, down to the last detail, as production would write it."""
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(json_lines())
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield written
    root.removeHandler(handler)
    root.setLevel(level)


@pytest.fixture
def reports() -> Iterator[list[str]]:
    """What Sentry's own client would have sent."""
    sent: list[str] = []

    class Recorder(sentry_sdk.Transport):
        def capture_envelope(self, envelope: Any) -> None:
            sent.append(envelope.serialize().decode(errors="replace"))

    with sentry_sdk.isolation_scope():
        # Only what hears of log lines: the other integrations patch threads and event loops for the rest of the run.
        quiet = {"default_integrations": False, "auto_enabling_integrations": False}
        report_errors_to(
            "https://key@sentry.invalid/1",
            stage="test",
            transport=Recorder,
            integrations=[LoggingIntegration()],
            **quiet,
        )
        yield sent
        sentry_sdk.get_client().close()
        sentry_sdk.get_global_scope().set_client(None)


@pytest.fixture
def messages() -> Iterator[Callable[[], str]]:
    """What the broker holds that it did not hold before."""
    redis = Redis.from_url(django_settings.CELERY_BROKER_URL)
    queue = django_settings.CELERY_TASK_DEFAULT_QUEUE
    redis.delete(queue)
    yield lambda: " ".join(map(str, redis.lrange(queue, 0, -1)))
    redis.delete(queue)
    redis.close()


def address_of(route: str) -> str:
    for hole in ("<str:token>", "<path:token>", "<str:code>", "<str:provider>"):
        route = route.replace(hole, CANARIES["code"])
    parts = [ANY_ID if part.startswith("<uuid:") else part for part in route.split("/")]
    return "/api/v1/" + "/".join(parts)


def leaks(text: str, *more: str) -> list[str]:
    return [canary for canary in (*CANARIES.values(), *HEADERS.values(), *more) if canary in text]


@pytest.mark.django_db(transaction=True)
def test_nothing_secret_is_written_down_whatever_the_route(
    lines: io.StringIO,
    reports: list[str],
    messages: Callable[[], str],
    signed_in: Callable[[User], APIClient],
) -> None:
    client = signed_in(UserFactory.create(pin=PIN))
    client.raise_request_exception = False
    calls = api_calls()
    for call in calls:
        address = f"{address_of(call.route)}?token={CANARIES['token']}"
        getattr(client, call.method)(address, CANARIES, format="json", headers=HEADERS)

    logged = lines.getvalue()
    assert logged.count('"kind": "request"') == len(calls) > 60
    assert leaks(logged) == []
    assert leaks(" ".join(reports)) == []
    assert leaks(" ".join(LogEntry.objects.values_list("change_message", flat=True))) == []
    assert leaks(messages()) == []


@pytest.mark.django_db(transaction=True)
def test_flows_that_use_secrets_keep_them(
    lines: io.StringIO, messages: Callable[[], str], signed_in: Callable[[User], APIClient]
) -> None:
    pin, bvn = "748159", CANARIES["bvn"]
    api = APIClient(raise_request_exception=False)
    person = {"email": "canary@example.ng", "password": CANARIES["password"], "first_name": "Ada", "last_name": "Eze"}
    tokens = api.post("/api/v1/auth/signup", person, format="json").json()
    api.credentials(HTTP_AUTHORIZATION=f"Bearer {tokens['access']}")
    set_pin = api.post("/api/v1/auth/pin", {"pin": pin, "password": CANARIES["password"]}, format="json")
    pin_token = api.post("/api/v1/auth/pin/verify", {"pin": pin}, format="json").json()["pin_token"]
    wrong_pin = api.post("/api/v1/auth/pin/verify", {"pin": CANARIES["old_pin"]}, format="json")
    identity = {"id_type": "bvn", "id_number": bvn, "first_name": "Ada", "last_name": "Eze"}
    kyc = api.post("/api/v1/users/me/kyc", {**identity, "date_of_birth": "1990-01-02"}, format="json")
    api.post("/api/v1/auth/refresh", {"refresh": tokens["refresh"]}, format="json")

    assert [set_pin.status_code, wrong_pin.status_code, kyc.status_code] == [204, 403, 202]
    audited = " ".join(LogEntry.objects.values_list("change_message", flat=True))
    secrets = (tokens["access"], tokens["refresh"], pin_token)
    assert [leaks(text, *secrets) for text in (lines.getvalue(), audited, messages())] == [[], [], []]


def test_an_error_report_says_where_and_what_but_nothing_secret(reports: list[str], rf: Any) -> None:
    # All but the one whose name says nothing.
    frame_of_canaries = {name: value for name, value in CANARIES.items() if name != "code"}
    try:
        raise ValueError(f"bvn={frame_of_canaries['bvn']} refused by sk_live_canaryZx89")
    except ValueError:
        logging.getLogger("contri.tests").exception("could not, pin=%s", CANARIES["pin"], extra=frame_of_canaries)
    sentry_sdk.flush()
    sentry_sdk.add_breadcrumb(message=f"asked with {CANARIES['id_token']}", data={"nested": [frame_of_canaries]})
    with sentry_sdk.new_scope() as scope:
        scope.set_context("deep", {"a": {"b": [{"c": frame_of_canaries}]}})
        sentry_sdk.capture_message("account 5559876123 is away")

    assert len(reports) == 2
    assert leaks(" ".join(reports)) == []
    assert "test_an_error_report_says_where_and_what_but_nothing_secret" in reports[0]


def test_a_line_of_json_has_the_facts_and_the_request_id(lines: io.StringIO, client: Any) -> None:
    client.get("/healthz/live", headers={"X-Request-ID": "from-the-phone-7"})

    line = next(json.loads(text) for text in lines.getvalue().splitlines() if '"kind": "request"' in text)
    moment, ms = line.pop("timestamp"), line.pop("ms")
    assert moment.endswith("Z")
    assert isinstance(ms, int)
    assert line == {
        "address": "127.0.0.1",
        "event": f"GET healthz/live: 200 in {ms} ms",
        "ids": {},
        "kind": "request",
        "level": "debug",
        "logger": "contri.core.request_log",
        "method": "GET",
        "request_id": "from-the-phone-7",
        "route": "healthz/live",
        "status": 200,
        "user_id": None,
    }


def test_ids_of_an_address_are_kept_and_codes_are_not(lines: io.StringIO, client: Any, db: None) -> None:
    client.get(f"/api/v1/circles/{UUID(ANY_ID)}")
    client.get("/api/v1/circles/invites/ABCD-EFGH")

    by_route = {
        line["route"]: line["ids"]
        for line in map(json.loads, lines.getvalue().splitlines())
        if line.get("kind") == "request"
    }
    assert by_route == {
        "api/v1/circles/<uuid:circle_id>": {"circle_id": ANY_ID},
        "api/v1/circles/invites/<str:code>": {},
    }
    assert "ABCD-EFGH" not in lines.getvalue()


def test_passwords_of_the_factories_are_no_canaries() -> None:
    assert not {PASSWORD, PIN} & set(CANARIES.values())
