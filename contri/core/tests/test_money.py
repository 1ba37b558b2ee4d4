"""Naira at the doors, kobo inside."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contri.core.money import MAX_KOBO, kobo_from_naira, naira_from_kobo


@pytest.mark.parametrize(
    ("naira", "kobo"), [("0", 0), ("1500", 150_000), ("1500.5", 150_050), ("1500.05", 150_005), ("0.01", 1)]
)
def test_plain_decimals_become_kobo(naira: str, kobo: int) -> None:
    assert kobo_from_naira(naira) == kobo


NOT_AMOUNTS = [
    *("", " 1", "1 ", "-1", "+1", "1.", ".5", "1.005", "1e3", "1E+3", "01", "1,000", "1_000", "1\n"),
    *("NaN", "Infinity", "٣", "１", str(MAX_KOBO), "9" * 5000),
]


@pytest.mark.parametrize("text", NOT_AMOUNTS, ids=lambda text: repr(text[:12]))
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"naira|kept"):
        kobo_from_naira(text)


@given(st.integers(min_value=0, max_value=MAX_KOBO))
def test_every_amount_survives_the_way_out_and_back(kobo: int) -> None:
    assert kobo_from_naira(naira_from_kobo(kobo)) == kobo


def test_a_negative_balance_shows_its_sign_once() -> None:
    assert naira_from_kobo(-150_005) == "-1500.05"
