"""Secrets are hidden wherever they travel, and what is not secret stays readable."""

import pytest

from contri.core.redaction import HIDDEN, is_secret_name, redact, redact_text


@pytest.mark.parametrize(
    "name",
    ["pin", "old_pin", "pinToken", "X-Pin-Token", "PASSWORD", "newPassword", "SECRET_KEY", "bvn", "account_number",
     "recipient_account_number", "access", "refresh", "key", "HTTP_AUTHORIZATION", "FIELD_ENCRYPTION_KEYS"],
)  # fmt: skip
def test_names_of_secrets_are_known(name: str) -> None:
    assert is_secret_name(name)


@pytest.mark.parametrize(
    "name", ["amount", "reference", "pinned", "opinion", "accessed_at", "keyboard", "number", "spinning", "status"]
)
def test_names_that_only_look_alike_are_not(name: str) -> None:
    assert not is_secret_name(name)


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("password=hunter2&amount=5", f"password={HIDDEN}&amount=5"),
        ('{"old_pin": "1357", "amount": "5.00"}', f'{{"old_pin": {HIDDEN}, "amount": "5.00"}}'),
        ("account 0123456789 at Wema", f"account {HIDDEN} at Wema"),
        ("card 4084 0840 8408 4081", f"card {HIDDEN}"),
        ("call +234 803 123 4567", f"call {HIDDEN}"),
        ("redis://:s3cret@cache:6379/0", f"redis://{HIDDEN}@cache:6379/0"),
        ("GET /api/v1/users/lookup?email=ada@example.ng&x=1 asked", f"GET /api/v1/users/lookup?{HIDDEN} asked"),
        ("Bearer abc.def-ghi", f"Bearer {HIDDEN}"),
        ("token eyJhbGciOi.eyJzdWIiOi.c2lnbmF0", f"token {HIDDEN}"),
        ("refused sk_live_0a1b2c3d", f"refused {HIDDEN}"),
        ("Key (email)=(ada@example.ng) already exists.", f"Key (email)=({HIDDEN}) already exists."),
        ("null value\nDETAIL:  Failing row contains (1, 2580).", f"null value\nDETAIL: {HIDDEN}"),
    ],
)
def test_secrets_inside_sentences_are_hidden(said: str, shown: str) -> None:
    assert redact_text(said) == shown


@pytest.mark.parametrize(
    "said",
    [
        "GET api/v1/wallet: 200 in 12 ms",
        "pin_locked: wait until tomorrow",
        "circle 019ac3c0-1111-7222-8333-012345678901 cannot go on",
        "deposit ctr_20261127_0123456789 of 12500.00",
        "2026-11-27T00:12:33Z",
    ],
)
def test_what_is_no_secret_stays(said: str) -> None:
    assert redact_text(said) == said


def test_it_goes_all_the_way_down_and_leaves_the_original_alone() -> None:
    told = {"items": [{"user": {"pin": "2580", "note": ("bvn: 22212345678", 7)}}], "has": True, "raw": b"2580"}

    assert redact(told) == {
        "items": [{"user": {"pin": HIDDEN, "note": [f"bvn: {HIDDEN}", 7]}}],
        "has": True,
        "raw": HIDDEN,
    }
    assert told["items"] == [{"user": {"pin": "2580", "note": ("bvn: 22212345678", 7)}}]


def test_hostile_nesting_ends() -> None:
    nested: list[object] = ["2580"]
    for _ in range(100_000):
        nested = [nested]

    assert HIDDEN in str(redact(nested))
