"""Values that have broken servers before, in every body, address, parameter and header of every call: never a 500.

The calls are those of the role matrix, made by whoever may make them: each with its usual body but for one field, so
that the value gets as far as its neighbours let it. The suite tries every input with some of the values, and every
value with many inputs; `HOSTILE_SHARE=1 make test ARGS=contri/tests/test_hostile_input.py` tries all with all.
"""

import itertools
import os
from typing import Any

import pytest
from drf_spectacular.generators import SchemaGenerator

from contri.tests.casting import ROWS, Cast, Row
from contri.tests.hostile import IN_ADDRESSES, IN_HEADERS, RAW, VALUES
from contri.tests.routes import API
from contri.tests.taken import taken_by

pytestmark = pytest.mark.django_db

SHARE = int(os.environ.get("HOSTILE_SHARE", "12"))
WRITES = [row for row in ROWS if row.call.method != "get"]
QUERIES = (
    "cursor", "page_size", "is_read", "type", "status", "circle", "from", "to", "format", "after", "before", "email",
    "phone_number", "created_after", "created_before", "cycle_number", "member",
)  # fmt: skip
# Those that decide by themselves what becomes of a call are tried by themselves.
ALONE = ("Authorization", "Content-Type", "Accept", "X-Pin-Token")
TOGETHER = (
    "Idempotency-Key", "X-Request-ID", "X-Forwarded-For", "X-Forwarded-Proto", "Accept-Language", "Accept-Encoding",
    "Content-Encoding", "Range", "If-None-Match", "Cookie", "Origin", "User-Agent",
)  # fmt: skip


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    made: dict[str, Any] = SchemaGenerator().get_schema(public=True)
    return made


def some(values: list[Any], turn: int) -> list[Any]:
    """A share of the values, another one for each input."""
    step = min(SHARE, len(values))
    return values[turn % step :: step]


def crashes(response: Any) -> bool:
    """A refusal is a problem; a crash, or a page where JSON was promised, is none. No provider answers here (503)."""
    is_problem = response.headers.get("Content-Type", "").startswith("application/problem+json")
    return response.status_code == 500 or (response.status_code >= 400 and not is_problem)


def crashed(cast: Cast, row: Row, body: Any, *, to: str = "", headers: dict[str, str] | None = None) -> list[Any]:
    """What a call crashed by; an exception that nobody caught ends the test by itself."""
    address = row.address(cast.things.in_circle(row.circle))
    with cast.sending(row.whoever_may, row, body, to=to or address, headers=headers) as response:
        return [(row.call, str(body)[:80], to[:80], headers, response.status_code)] if crashes(response) else []


def usual_body(cast: Cast, row: Row) -> Any:
    return row.sent(cast.things.in_circle(row.circle))


def test_no_value_in_any_field_crashes_any_call(cast, schema):
    found, turns = [], itertools.count()
    for row in WRITES:
        for name in sorted(taken_by(row, schema)):
            for value in some(VALUES, next(turns)):
                usual = usual_body(cast, row)
                found += crashed(cast, row, usual | {name: str(value) if row.is_form else value})

    assert found == []
    assert next(turns) > 100


def test_no_junk_for_a_body_crashes_any_call(cast):
    found = []
    for turn, row in enumerate(WRITES):
        for junk in some(RAW, turn):
            found += crashed(cast, row, junk)

    assert found == []


def test_no_address_crashes_any_call(cast):
    found = []
    for turn, row in enumerate(ROWS):
        address = row.address(cast.things.in_circle(row.circle))
        for junk in some(IN_ADDRESSES, turn):
            holes = f"/{API}" + "/".join(junk if part[0] == "<" else part for part in row.call.route.split("/"))
            for to in {holes, f"{address}?{'&'.join(f'{name}={junk}' for name in QUERIES)}"}:
                found += crashed(cast, row, {}, to=to)

    assert found == []


def test_no_header_crashes_any_call(cast):
    found, junk = [], itertools.cycle(IN_HEADERS)
    for turn, row in enumerate(ROWS):
        for headers in (dict(zip(TOGETHER, junk, strict=False)), {ALONE[turn % len(ALONE)]: next(junk)}):
            found += crashed(cast, row, usual_body(cast, row), headers=headers)

    assert found == []
