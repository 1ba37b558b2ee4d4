"""What is true of every call that moves money."""

from uuid import uuid4

import pytest

from accounts.tests.factories import UserFactory
from contri.core.api.idempotent import is_idempotent
from contri.tests.routes import api_handlers
from wallets.models import Transaction
from wallets.tests.factories import balance_of, fund, link_bank

# POSTs that may come without an Idempotency-Key: they move no money, or only what a state that can be left once lets go
# (a circle is cancelled, started, left; a swap is accepted). Whoever adds a POST says so here, or asks for a key.
WITHOUT_A_KEY = """
    auth/email/resend  auth/email/verify  auth/login  auth/logout  auth/password/change  auth/password/forgot
    auth/password/reset  auth/pin  auth/pin/forgot  auth/pin/reset  auth/pin/verify  auth/refresh  auth/signup
    auth/social/<str:provider>  devices  notifications/read  users/me/kyc
    banks  banks/<uuid:pk>/primary  banks/resolve  cards/<uuid:pk>/default
    circles  circles/join  circles/rehearse  circles/record/<uuid:contribution_id>/appeal
    CIRCLE/cancel  CIRCLE/charter/accept  CIRCLE/hand-over  CIRCLE/invite  CIRCLE/leave  CIRCLE/pause  CIRCLE/renew
    CIRCLE/resume  CIRCLE/start  CIRCLE/succession  CIRCLE/handovers  CIRCLE/handovers/<uuid:handover_id>/approve
    CIRCLE/members/<uuid:membership_id>/approve  CIRCLE/members/<uuid:membership_id>/remove
    CIRCLE/swaps  CIRCLE/swaps/<uuid:swap_id>/accept  CIRCLE/votes  CIRCLE/votes/<uuid:vote_id>/cast
    CIRCLE/chat  CIRCLE/chat/images  CIRCLE/chat/read
    CIRCLE/chat/<uuid:message_id>/hide  CIRCLE/chat/<uuid:message_id>/report
    webhooks/flutterwave  webhooks/paystack  webhooks/sendgrid  webhooks/smileid  webhooks/smileid/<str:token>
""".replace("CIRCLE", "circles/<uuid:circle_id>").split()


def test_every_post_requires_a_key_but_those_known_to_do_without():
    posts = {call.route: handler for call, handler in api_handlers().items() if call.method == "post"}

    assert {route for route, handler in posts.items() if not is_idempotent(handler)} == set(WITHOUT_A_KEY)


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
