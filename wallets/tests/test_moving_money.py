"""What is true of every call that moves money."""

from uuid import uuid4

import pytest

from accounts.tests.factories import UserFactory
from contri.core.api.idempotent import is_idempotent
from contri.tests.routes import api_handlers
from wallets.models import Transaction
from wallets.tests.factories import balance_of, fund, link_bank

# Every one of these moves or promises money.
MOVING = ("wallet/deposit", "wallet/withdraw", "wallet/transfer", "contribute", "cards/link")
# POSTs beside money that move none of it.
RESTING = ("banks", "banks/resolve", "banks/<uuid:pk>/primary", "cards/<uuid:pk>/default")


def posts():
    return [(call.route, handler) for call, handler in api_handlers().items() if call.method == "post"]


def test_every_post_that_moves_money_requires_a_key():
    unprotected = [path for path, handler in posts() if path.endswith(MOVING) and not is_idempotent(handler)]
    assert unprotected == []


def test_every_post_of_wallets_either_requires_a_key_or_is_known_to_move_nothing():
    ours = [path for path, handler in posts() if handler.__module__.startswith("wallets.")]
    unknown = [path for path in ours if path not in RESTING and not path.endswith(MOVING)]
    assert len(ours) >= 6
    assert unknown == []


@pytest.fixture
def ada():
    person = UserFactory.create(tier=3)
    fund(person, 10_000_00)
    return person


@pytest.mark.django_db
@pytest.mark.parametrize(
    "amount",
    [
        "0",
        "0.00",
        0,
        "-1.00",
        -1,
        "1.001",
        1.001,
        "1e3",
        "1E3",
        "NaN",
        "Infinity",
        "١٠٠",
        "１００",
        "1,000.00",
        " 100.00",
        "100.00\n",
        "+100.00",
        "0x10",
        "92233720368547758.08",
        "9" * 5000,
        9 * 10**30,
        "",
        None,
        True,
        [],
        {},
        ["100.00"],
    ],
    ids=lambda value: repr(value)[:24],
)
@pytest.mark.parametrize("call", ["deposit", "withdraw", "transfer"])
def test_a_bad_amount_is_invalid_and_moves_nothing(ada, signed_in, pin_token, call, amount):
    body = {
        "amount": amount,
        "bank_account_id": str(link_bank(ada).pk),
        "recipient_id": str(UserFactory.create().pk),
    }
    headers = {"Idempotency-Key": uuid4().hex, "X-Pin-Token": pin_token(ada)}

    answer = signed_in(ada).post(f"/api/v1/wallet/{call}", body, format="json", headers=headers)

    assert answer.status_code == 400
    assert answer.json()["code"] == "validation_error"
    assert [fault["field"] for fault in answer.json()["errors"]] == ["amount"]
    assert (balance_of(ada).available_kobo, balance_of(ada).held_kobo) == (10_000_00, 0)
    assert not Transaction.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("raw", ['{"amount": NaN}', '{"amount": 1', "[]", '"x"', "null", '{"amount": "\\u0000"}', ""])
@pytest.mark.parametrize("call", ["deposit", "withdraw", "transfer"])
def test_a_body_that_cannot_be_read_is_refused_and_moves_nothing(ada, signed_in, pin_token, call, raw):
    headers = {"Idempotency-Key": uuid4().hex, "X-Pin-Token": pin_token(ada)}

    answer = signed_in(ada).generic(
        "POST", f"/api/v1/wallet/{call}", raw, content_type="application/json", headers=headers
    )

    assert answer.status_code == 400
    assert answer.json()["code"] in ("parse_error", "validation_error")
    assert not Transaction.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("amount", ["100", "100.5", "100.50", 100, 100.5])
def test_amounts_with_up_to_two_decimals_are_taken_as_texts_and_numbers(ada, signed_in, pin_token, amount):
    payee = UserFactory.create(tier=3)
    headers = {"Idempotency-Key": uuid4().hex, "X-Pin-Token": pin_token(ada)}
    body = {"amount": amount, "recipient_id": str(payee.pk)}

    answer = signed_in(ada).post("/api/v1/wallet/transfer", body, format="json", headers=headers)

    assert answer.status_code == 201
    assert balance_of(payee).available_kobo in (100_00, 100_50)


@pytest.mark.django_db
def test_money_moves_while_redis_is_away(ada, signed_in, pin_token, settings):
    away = {**settings.CACHES["default"], "LOCATION": "redis://127.0.0.1:1/0"}
    settings.CACHES = {"default": away}
    payee = UserFactory.create(tier=3)
    headers = {"Idempotency-Key": uuid4().hex, "X-Pin-Token": pin_token(ada)}
    body = {"amount": "100.00", "recipient_id": str(payee.pk)}

    answer = signed_in(ada).post("/api/v1/wallet/transfer", body, format="json", headers=headers)

    assert answer.status_code == 201
    assert balance_of(payee).available_kobo == 100_00
