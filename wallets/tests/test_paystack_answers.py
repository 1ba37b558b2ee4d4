"""Reading Paystack: whatever it says is one of three kinds of answer, and never more than it says."""

from datetime import UTC, datetime

import pytest

from wallets.providers.base import Destination, Failed, Outcome, Succeeded, Unknown, Why
from wallets.providers.paystack import Paystack
from wallets.tests.canned import canned_paystack

REFERENCE = "contri-3f1c9a7e0001"
CARD = {
    "authorization_code": "AUTH_contri0001",
    "last4": "4081",
    "exp_month": "12",
    "exp_year": "2030",
    "channel": "card",
    "card_type": "visa ",
    "brand": "visa",
    "reusable": True,
    "signature": "SIG_contri0001aaaaaaaa",
}
CHARGE = {
    "id": 4099260516,
    "domain": "test",
    "status": "success",
    "reference": REFERENCE,
    "amount": 500000,
    "requested_amount": 500000,
    "currency": "NGN",
    "fees": 17500,
    "authorization": CARD,
    "customer": {"email": "ada.obi@example.com"},
}
TRANSFER = {
    "amount": 4850000,
    "reference": REFERENCE,
    "status": "success",
    "transfer_code": "TRF_1",
    "fee_charged": 2500,
}

DESTINATION = Destination(account_number="0123456784", bank_code="058", account_name="ADA OBI", recipient_code="RCP_1")


def enveloped(data):
    return {"status": True, "message": "fine", "data": data}


def verify(body, *, status=200, secret_key="sk_test_x"):
    with canned_paystack(body, status=status) as address:
        return Paystack(base_url=address, secret_key=secret_key, timeout_seconds=2).verify_charge(reference=REFERENCE)


def pay_out(body, *, status=200):
    with canned_paystack(body, status=status) as address:
        return Paystack(base_url=address, secret_key="sk_test_x", timeout_seconds=2).pay_out(
            reference=REFERENCE, destination=DESTINATION, amount_kobo=4850000, reason="why not"
        )


def test_a_confirmed_charge_is_read_in_full():
    charge = verify(enveloped(CHARGE)).value

    assert (charge.reference, charge.amount, charge.requested_amount) == (REFERENCE, 500000, 500000)
    assert (charge.currency, charge.fee, charge.is_of_this_environment) == ("NGN", 17500, True)
    assert (charge.card.code, charge.card.last4, charge.card.brand) == ("AUTH_contri0001", "4081", "visa")
    assert (charge.card.expiry_month, charge.card.expiry_year) == (12, 2030)


def test_secrets_of_a_card_are_not_shown():
    shown = repr(verify(enveloped(CHARGE)))

    assert "AUTH_" not in shown
    assert "SIG_" not in shown


@pytest.mark.parametrize(
    ("key", "domain", "fits"),
    [
        ("sk_test_x", "test", True),
        ("sk_test_x", "live", False),
        ("sk_live_x", "live", True),
        ("sk_live_x", "test", False),
        ("sk_live_x", None, False),
    ],
)
def test_money_of_the_other_domain_is_told_apart(key, domain, fits):
    answer = verify(enveloped({**CHARGE, "domain": domain}), secret_key=key)
    assert answer.value.is_of_this_environment is fits


@pytest.mark.parametrize(
    ("status", "why"), [("failed", Why.DECLINED), ("abandoned", Why.ABANDONED), ("reversed", Why.REVERSED)]
)
def test_http_200_is_not_yet_a_success(status, why):
    assert verify(enveloped({**CHARGE, "status": status})).why is why


@pytest.mark.parametrize("status", ["ongoing", "pending", "processing", "queued", "reversal-pending", "surprise"])
def test_what_is_under_way_is_unknown(status):
    assert isinstance(verify(enveloped({**CHARGE, "status": status})), Unknown)


@pytest.mark.parametrize(
    "change",
    [
        {"amount": "500000"},
        {"amount": 5000.5},
        {"amount": -1},
        {"amount": True},
        {"amount": None},
        {"amount": 2**63},
        {"requested_amount": "x"},
        {"fees": "17500"},
        {"reference": "somebody-elses"},
        {"reference": None},
        {"status": None},
        {"status": True},
        {"currency": None},
    ],
)
def test_junk_in_a_field_that_counts_is_unknown(change):
    assert isinstance(verify(enveloped({**CHARGE, **change})), Unknown)


@pytest.mark.parametrize(
    "change",
    [
        {"authorization": {}},
        {"authorization": None},
        {"authorization": {**CARD, "reusable": False}},
        {"authorization": {**CARD, "exp_month": None}},
        {"authorization": {**CARD, "channel": "bank"}},
        {"customer": None},
    ],
)
def test_a_charge_without_a_card_to_keep_is_a_charge_all_the_same(change):
    assert verify(enveloped({**CHARGE, **change})).value.card is None


@pytest.mark.parametrize("metadata", [0, "", None, "{}", {"a": 1}, []])
def test_metadata_of_any_shape_is_passed_over(metadata):
    assert isinstance(verify(enveloped({**CHARGE, "metadata": metadata})), Succeeded)


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (500, {"status": False, "message": "An error occurred"}),
        (502, b"<html>Bad gateway</html>"),
        (429, {"status": False, "message": "Rate limit exceeded!"}),
        (401, {"status": False, "message": "Invalid key"}),
        (200, b"<html>Welcome</html>"),
        (200, b""),
        (200, b"[" * 5000),
        (200, []),
        (200, {"status": True}),
        (200, {"status": False, "data": CHARGE}),
        (200, {"status": "true", "data": CHARGE}),
        (301, b""),
    ],
)
def test_an_answer_that_says_nothing_for_sure_is_unknown(status, body):
    assert isinstance(verify(body, status=status), Unknown)
    assert isinstance(pay_out(body, status=status), Unknown)


def test_a_provider_that_is_not_there_is_unknown():
    paystack = Paystack(base_url="http://127.0.0.1:1", secret_key="sk_test_x", timeout_seconds=0.5)
    assert isinstance(paystack.verify_payment(reference=REFERENCE), Unknown)


@pytest.mark.parametrize(
    ("status", "body", "why"),
    [
        (400, {"message": "Transaction reference not found.", "code": "transaction_not_found"}, Why.NOT_FOUND),
        (404, {"message": "Transfer not found"}, Why.NOT_FOUND),
        (400, {"message": "Duplicate Transaction Reference", "code": "duplicate_reference"}, Why.DUPLICATE),
        (400, {"message": "Please provide a unique reference. Reference already exists on a transfer"}, Why.DUPLICATE),
        (404, {"message": "x", "code": "duplicate_transfer_reference"}, Why.DUPLICATE),
        (400, {"message": "Your balance is not enough to fulfil this request"}, Why.LOW_FLOAT),
        (400, {"message": "Your balance is not enough to fulfill this request"}, Why.LOW_FLOAT),
        (400, {"message": "Recipient is invalid", "code": "invalid_transfer_recipient"}, Why.BAD_RECIPIENT),
        (400, {"message": "You cannot initiate third party payouts as a starter business"}, Why.REFUSED),
        (422, {}, Why.REFUSED),
    ],
)
def test_a_refusal_is_read_by_code_or_words(status, body, why):
    assert pay_out({"status": False, **body}, status=status).why is why


@pytest.mark.parametrize("status", ["pending", "otp", "received", "surprise"])
def test_a_transfer_under_way_is_unknown(status):
    assert isinstance(pay_out(enveloped({**TRANSFER, "status": status})), Unknown)


@pytest.mark.parametrize(
    ("status", "why"),
    [
        ("failed", Why.DECLINED),
        ("abandoned", Why.DECLINED),
        ("blocked", Why.DECLINED),
        ("rejected", Why.DECLINED),
        ("reversed", Why.REVERSED),
    ],
)
def test_a_transfer_that_was_not_sent_is_told_from_one_that_came_back(status, why):
    answer = pay_out(enveloped({**TRANSFER, "status": status}))
    assert isinstance(answer, Failed)
    assert answer.why is why


def test_a_transfer_that_was_sent_says_what_it_cost():
    payment = pay_out(enveloped(TRANSFER)).value
    assert (payment.code, payment.amount, payment.fee) == ("TRF_1", 4850000, 2500)


def test_a_bank_list_that_never_ends_is_left():
    bank = {"code": "058", "name": "GTB", "slug": "gtb", "active": True}
    with canned_paystack({"status": True, "data": [bank], "meta": {"next": "again"}}) as address:
        answer = Paystack(base_url=address, secret_key="sk_test_x", timeout_seconds=2).banks()
    assert isinstance(answer, Succeeded)
    assert [found.code for found in answer.value] == ["058", "058"]


REFUND = {"id": 5018284, "status": "processed", "amount": 5000, "merchant_note": REFERENCE, "currency": "NGN"}
DISPUTE = {
    "id": 358001,
    "refund_amount": 500000,
    "currency": "NGN",
    "status": "awaiting-merchant-feedback",
    "resolution": None,
    "domain": "test",
    "transaction": {"reference": REFERENCE, "amount": 500000},
    "dueAt": "2026-11-22T01:15:00.000Z",
}


def asking(body, question, *, status=200):
    with canned_paystack(body, status=status) as address:
        return question(Paystack(base_url=address, secret_key="sk_test_x", timeout_seconds=2))


def find_refund(body):
    since = datetime(2026, 11, 20, tzinfo=UTC)
    return asking(
        body, lambda paystack: paystack.find_refund(reference=REFERENCE, charge_reference="paid-1", since=since)
    )


def dispute(**changes):
    return asking(enveloped({**DISPUTE, **changes}), lambda paystack: paystack.dispute(code="358001"))


@pytest.mark.parametrize("amount", [5000, "5000", None])
def test_a_refunds_amount_may_come_as_a_text(amount):
    assert find_refund(enveloped([{**REFUND, "amount": amount}])) == Succeeded(REFERENCE)


@pytest.mark.parametrize(("status", "why"), [("failed", Why.DECLINED), ("needs-attention", Why.NEEDS_ATTENTION)])
def test_how_a_refund_ended(status, why):
    assert find_refund(enveloped([{**REFUND, "status": status}])).why is why


@pytest.mark.parametrize("status", ["pending", "processing", "surprise", None])
def test_a_refund_under_way_is_unknown(status):
    assert isinstance(find_refund(enveloped([{**REFUND, "status": status}])), Unknown)


def test_another_ones_refund_is_not_ours():
    assert find_refund(enveloped([{**REFUND, "merchant_note": "by hand"}])).why is Why.NOT_FOUND


@pytest.mark.parametrize("body", [{"status": True, "data": None}, {"status": True, "data": [7]}, b"<html>"])
def test_a_list_of_junk_is_unknown(body):
    assert isinstance(find_refund(body), Unknown)


@pytest.mark.parametrize(
    ("status", "resolution", "outcome"),
    [
        ("awaiting-merchant-feedback", None, Outcome.OPEN),
        ("awaiting-bank-feedback", None, Outcome.OPEN),
        ("pending", None, Outcome.OPEN),
        ("resolved", "merchant-accepted", Outcome.LOST),
        ("resolved", "auto-accepted", Outcome.LOST),
        ("resolved", "declined", Outcome.WON),
    ],
)
def test_how_a_dispute_stands(status, resolution, outcome):
    contested = dispute(status=status, resolution=resolution).value

    assert (contested.outcome, contested.reference, contested.amount) == (outcome, REFERENCE, 500000)
    assert contested.respond_by == datetime(2026, 11, 22, 1, 15, tzinfo=UTC)


@pytest.mark.parametrize(
    "changes",
    [
        {"status": "resolved", "resolution": "surprise"},
        {"status": "resolved", "resolution": None},
        {"status": "pending", "resolution": "declined"},
        {"id": 7},
        {"transaction": None},
        {"transaction": {"reference": None, "amount": 1}},
        {"refund_amount": "500000"},
        {"currency": None},
    ],
)
def test_a_dispute_that_is_not_as_documented_is_unknown(changes):
    assert isinstance(dispute(**changes), Unknown)


@pytest.mark.parametrize(("due", "expected"), [(None, None), ("soon", None)])
def test_a_dispute_without_a_deadline_has_none(due, expected):
    assert dispute(dueAt=due).value.respond_by is expected
