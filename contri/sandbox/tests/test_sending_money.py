"""Money going out: recipients, transfers and their statuses."""

import json

import pytest

from contri.sandbox.paystack.rules import OPENING_BALANCE

REFERENCE = "contri-payout-7d0c1f5e-0001"


def test_a_transfer_is_pending_and_then_a_success(send, paystack, sandbox):
    created = send(REFERENCE)
    before = paystack.transfer(REFERENCE)

    moved = sandbox.flush()
    after = paystack.transfer(REFERENCE)

    assert (created.status_code, created.json()["message"]) == (200, "Transfer has been queued")
    data = created.json()["data"]
    assert (data["status"], data["amount"], data["reference"]) == ("pending", 4850000, REFERENCE)
    assert isinstance(data["recipient"], int)
    assert (before["status"], before["session"]) == ("pending", {"provider": None, "id": None})
    assert moved == 1
    assert (after["status"], after["fee_charged"], after["session"]["provider"]) == ("success", 2500, "nip")
    assert after["id"] == data["id"]
    assert after["id"] > 2**32


def test_a_success_is_told_by_a_webhook_whose_integration_is_an_object(send, paystack, sandbox):
    send(REFERENCE)
    sandbox.flush()

    (webhook,) = sandbox.webhooks()

    body = json.loads(webhook.body)
    assert (webhook.event, body["event"]) == ("transfer.success", "transfer.success")
    verified = paystack.transfer(REFERENCE)
    same = ("id", "status", "reference", "amount", "transfer_code", "recipient", "session", "fee_charged")
    assert {name: body["data"][name] for name in same} == {name: verified[name] for name in same}
    assert body["data"]["integration"]["id"] == verified["integration"] == 500001


def test_a_reference_can_be_sent_once(send, sandbox):
    send(REFERENCE)

    again = send(REFERENCE)

    assert (again.status_code, again.json()) == (
        400,
        {
            "status": False,
            "message": "Please provide a unique reference. Reference already exists on a transfer",
            "meta": {"nextStep": "Create a new reference for the new transfer"},
            "type": "validation_error",
            "code": "duplicate_transfer_reference",
        },
    )
    assert len(sandbox.transfers()) == 1


def test_the_balance_falls_by_amount_and_fee_and_rises_by_what_comes_in(send, paid, paystack):
    assert paystack.balance() == OPENING_BALANCE == 10_000_000_000

    send(REFERENCE)
    assert paystack.balance() == OPENING_BALANCE - 4850000 - 2500

    paid("ref-in")
    assert paystack.balance() == OPENING_BALANCE - 4850000 - 2500 + 500000 - 17500


def test_more_than_the_balance_cannot_be_sent_and_the_fee_counts(send, sandbox, paystack):
    for number in range(9):
        send(f"contri-drain-0000000{number}", amount=1_000_000_000 - 5000).raise_for_status()
    send("contri-drain-00000009", amount=1_000_000_000 - 10000).raise_for_status()
    assert paystack.balance() == 5000

    broke = send(REFERENCE, amount=5000)

    assert (broke.status_code, broke.json()["code"]) == (400, "insufficient_balance")
    assert broke.json()["message"] == "Your balance is not enough to fulfil this request"
    assert REFERENCE not in [transfer["reference"] for transfer in sandbox.transfers()]


def test_a_transfer_that_fails_costs_nothing(send, paystack, sandbox):
    send(REFERENCE, account_number="0000000101")
    sandbox.flush()

    transfer = paystack.transfer(REFERENCE)

    assert (transfer["status"], transfer["fee_charged"]) == ("failed", 0)
    assert paystack.balance() == OPENING_BALANCE
    assert [webhook.event for webhook in sandbox.webhooks()] == ["transfer.failed"]


def test_a_success_can_come_back_and_keeps_its_fee(send, paystack, sandbox):
    send(REFERENCE)
    sandbox.flush()

    sandbox.set_transfer_status(REFERENCE, "reversed")

    assert paystack.transfer(REFERENCE)["status"] == "reversed"
    assert paystack.balance() == OPENING_BALANCE - 2500
    assert [webhook.event for webhook in sandbox.webhooks()] == ["transfer.success", "transfer.reversed"]


@pytest.mark.parametrize(
    ("account_number", "at_once", "in_the_end", "events"),
    [
        ("0000000101", "pending", "failed", ["transfer.failed"]),
        ("0000000102", "pending", "reversed", ["transfer.success", "transfer.reversed"]),
        ("0000000103", "pending", "pending", []),
        ("0000000104", "otp", "otp", []),
        ("0000000105", "success", "success", ["transfer.success"]),
    ],
)
def test_some_accounts_end_otherwise(send, paystack, sandbox, account_number, at_once, in_the_end, events):
    created = send(REFERENCE, account_number=account_number)
    sandbox.flush()

    assert created.json()["data"]["status"] == at_once
    assert paystack.transfer(REFERENCE)["status"] == in_the_end
    assert [webhook.event for webhook in sandbox.webhooks()] == events


def test_a_transfer_that_asks_for_a_password_goes_on_once_it_has_it(send, paystack, sandbox):
    created = send(REFERENCE, account_number="0000000104").json()
    code = created["data"]["transfer_code"]

    wrong = paystack.post("transfer/finalize_transfer", transfer_code=code, otp="000000")
    right = paystack.post("transfer/finalize_transfer", transfer_code=code, otp="123456")
    again = paystack.post("transfer/finalize_transfer", transfer_code=code, otp="123456")
    sandbox.flush()

    assert created["message"] == "Transfer requires OTP to continue"
    assert (wrong.status_code, right.status_code, again.status_code) == (400, 200, 400)
    assert paystack.transfer(REFERENCE)["status"] == "success"


def test_an_end_is_an_end(send, sandbox, paystack):
    send(REFERENCE)
    sandbox.set_transfer_status(REFERENCE, "failed")

    with pytest.raises(AssertionError, match=r"409.*failed cannot become success"):
        sandbox.set_transfer_status(REFERENCE, "success")
    assert sandbox.flush() == 0
    assert paystack.transfer(REFERENCE)["status"] == "failed"


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"source": "elsewhere"}, "source must be balance"),
        ({"amount": "4850000"}, "Amount must be an integer"),
        ({"amount": 4999}, "Invalid Amount Sent"),
        ({"reference": "short"}, "Your reference contains illegal special characters"),
        ({"reference": "CONTRI-PAYOUT-7D0C1F5E"}, "Your reference contains illegal special characters"),
        ({"recipient": "RCP_unknown"}, "Recipient specified is invalid"),
        ({"recipient": None}, "Recipient is required"),
        ({"currency": "USD"}, "Currency not supported by merchant"),
    ],
)
def test_a_wrong_transfer_is_refused_and_nothing_is_sent(paystack, recipient, sandbox, wrong, message):
    good = {"source": "balance", "amount": 4850000, "reference": REFERENCE, "recipient": recipient()}

    answer = paystack.post("transfer", **{**good, **wrong})

    assert (answer.status_code, answer.json()["message"]) == (400, message)
    assert sandbox.transfers() == []
    assert paystack.post("transfer", **good).status_code == 200


def test_an_unknown_transfer_is_not_found(paystack):
    for path in ("transfer/verify/contri-unknown-00001", "transfer/TRF_unknown", "transfer/12"):
        answer = paystack.get(path)
        assert (answer.status_code, answer.json()) == (404, {"status": False, "message": "Transfer not found"})


def test_an_account_has_one_recipient(paystack, recipient):
    assert recipient() == recipient()
    assert recipient(bank_code="058") != recipient()


def test_transfers_are_listed_by_status_and_recipient(send, sandbox, paystack, recipient):
    send(REFERENCE)
    sandbox.flush()
    send("contri-payout-7d0c1f5e-0002", account_number="0000000103")

    assert [row["status"] for row in paystack.get("transfer").json()["data"]] == ["pending", "success"]
    assert len(paystack.get("transfer", status="success").json()["data"]) == 1
    assert len(paystack.get("transfer", recipient=recipient("0000000103")).json()["data"]) == 1
    assert paystack.get("transfer", recipient="RCP_unknown").json()["data"] == []
