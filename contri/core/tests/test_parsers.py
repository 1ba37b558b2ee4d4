"""Hostile JSON is refused at the door, exact JSON stays exact."""

from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from rest_framework.exceptions import ParseError

from contri.core.api.parsers import PayloadTooLarge, StrictJSONParser


def parse(raw: bytes) -> Any:
    return StrictJSONParser().parse(BytesIO(raw))


def test_fractions_stay_exact_and_exponents_visible() -> None:
    assert parse(b'{"a": 1500.10, "b": 1e3}') == {"a": Decimal("1500.10"), "b": Decimal("1E+3")}


def test_an_escaped_backslash_before_u0000_is_only_text() -> None:
    assert parse(rb'{"a": "\\u0000"}') == {"a": r"\u0000"}


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{",
        b"\xff",
        b'{"a": NaN}',
        b'{"a": -Infinity}',
        rb'{"a": "\u0000"}',
        rb'{"\u0000": 1}',
        rb'{"a": "\\\u0000"}',
        rb'{"a": "\ud800"}',
        b'{"a": ' + b"9" * 5000 + b"}",
        b"[" * 100_000 + b"]" * 100_000,
        b'{"a":' * 50_000 + b"1" + b"}" * 50_000,
    ],
    ids=lambda raw: repr(raw[:24]),
)
def test_what_cannot_be_kept_is_refused(raw: bytes) -> None:
    with pytest.raises(ParseError):
        parse(raw)


def test_a_body_without_end_is_not_read_to_its_end() -> None:
    endless = BytesIO(b'"' + b"x" * 8_000_000)

    with pytest.raises(PayloadTooLarge):
        StrictJSONParser().parse(endless)

    assert endless.tell() < 2_500_000
