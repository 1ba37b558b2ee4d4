"""Values that have broken servers before, in every body, address, parameter and header of every call: never a 500.

The calls are read off the URLconf and their fields off the schema, so that a new one is tried without being asked.
Accounts try each field by itself as well.
"""

import itertools
from collections.abc import Callable
from typing import Any

import pytest
from django.core.cache import cache
from drf_spectacular.generators import SchemaGenerator
from rest_framework.test import APIClient

from accounts.models import User
from accounts.tests.factories import PIN, UserFactory
from contri.tests.routes import api_calls

pytestmark = pytest.mark.django_db

HOSTILE: list[Any] = [
    "\x00",
    "a\x00b",
    "\u202ea",
    "x" * 100_000,
    "٣٣٣",
    "１２３４.00",
    "'; DROP TABLE accounts_user; --",
    "-1",
    "1e3",
    "NaN",
    "9" * 5_000,
    "2027-02-30",
    "0000-00-00T00:00:00Z",
    -1,
    0,
    1.005,
    10**40,
    True,
    None,
    [],
    [[[[]]]],
    {"$ne": ""},
]
RAW = [
    b'{"a":' * 100_000,
    b'{"a": NaN}',
    b'{"a": "\\ud800"}',
    b'{"n": ' + b"9" * 5_000 + b"}",
    b"\xff\xfe",
    b"",
    b"[1]",
]
IN_ADDRESSES = ["%00", "%ED%A0%80", "..%2F..", "'", "x" * 3_000, "٣"]
QUERIES = (
    "cursor", "page_size", "is_read", "type", "status", "circle", "from", "to", "format", "after", "before", "email",
    "phone_number", "created_after", "created_before", "cycle_number", "member",
)  # fmt: skip
HEADERS = [
    "Idempotency-Key",
    "X-Pin-Token",
    "X-Request-ID",
    "Authorization",
    "X-Forwarded-For",
    "Content-Type",
    "Accept",
]
IN_HEADERS = ["\x7f", "x" * 4_000, "é", ",,,,", "Bearer ", "Bearer " + "a." * 500]


@pytest.fixture
def ada(signed_in: Callable[[User], APIClient]) -> APIClient:
    client = signed_in(UserFactory.create(pin=PIN, tier=3))
    client.raise_request_exception = False
    return client


@pytest.fixture(scope="module")
def fields() -> dict[tuple[str, str], list[str]]:
    """The names in the body of each call, by path and method."""
    schema = SchemaGenerator().get_schema(public=True)
    return {
        (path, method): _names(operation, schema["components"]["schemas"])
        for path, operations in schema["paths"].items()
        for method, operation in operations.items()
    }


def _names(operation: dict[str, Any], schemas: dict[str, Any]) -> list[str]:
    content = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
    return list(schemas.get(content.get("$ref", "").rpartition("/")[2], {}).get("properties", {}))


def _address(route: str, filling: str = "019ac3c0-1111-7222-8333-000000000000") -> str:
    return "/api/v1/" + "/".join(filling if part.startswith("<") else part for part in route.split("/"))


def _crashes(response: Any) -> bool:
    """A refusal is a problem; a crash, or a page where JSON was promised, is none. No provider answers here (503)."""
    is_refused = response.status_code >= 400
    is_problem = response.headers.get("Content-Type", "").startswith("application/problem+json")
    return response.status_code == 500 or (is_refused and not is_problem)


def test_no_value_in_a_body_crashes_any_call(ada, fields):
    by_shape = {(path.replace("{", "<").replace("}", ">"), method): names for (path, method), names in fields.items()}
    crashed, tried = [], 0
    for call in api_calls():
        shape = "/api/v1/" + "/".join(
            f"<{p.partition(':')[2]}" if p.startswith("<") else p for p in call.route.split("/")
        )
        names = by_shape.get((shape, call.method), [])
        for value in HOSTILE if names else ():
            cache.clear()
            body = dict.fromkeys(names, value)
            headers = {"Idempotency-Key": f"hostile-{tried}"}
            response = getattr(ada, call.method)(_address(call.route), body, format="json", headers=headers)
            tried += 1
            if _crashes(response):
                crashed.append((call, repr(value)[:40], response.status_code))

    assert crashed == []
    assert tried > 25 * len(HOSTILE)


def test_no_junk_for_a_body_crashes_any_call(ada):
    crashed = []
    for call in api_calls():
        for number, junk in enumerate(RAW if call.method in ("post", "put", "patch") else ()):
            cache.clear()
            send = getattr(ada, call.method)
            headers = {"Idempotency-Key": f"junk-{call.route}-{number}"[:255].replace("<", "").replace(">", "")}
            response = send(_address(call.route), junk, content_type="application/json", headers=headers)
            if _crashes(response):
                crashed.append((call, junk[:20], response.status_code))

    assert crashed == []


def test_no_address_crashes_any_call(ada):
    crashed = []
    for call in api_calls():
        for junk in IN_ADDRESSES:
            cache.clear()
            holes = [_address(call.route, junk)] if "<" in call.route else []
            queries = [f"{_address(call.route)}?{'&'.join(f'{name}={junk}' for name in QUERIES)}"]
            for address in holes + queries:
                response = getattr(ada, call.method)(address, {}, format="json")
                if _crashes(response):
                    crashed.append((call, address[:80], response.status_code))

    assert crashed == []


def test_no_header_crashes_any_call(ada):
    junk = itertools.cycle(IN_HEADERS)
    crashed = []
    for call in [call for call in api_calls() if call.method in ("get", "post")]:
        cache.clear()
        for header in HEADERS:
            sent = {header: next(junk)}
            response = getattr(ada, call.method)(_address(call.route), {}, format="json", headers=sent)
            if response.status_code == 500:
                crashed.append((call, sent))

    assert crashed == []
