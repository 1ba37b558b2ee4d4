"""Money going back to a card."""

import json

import pytest

REFERENCE = "contri-3f1c9a7e-0001"


def statuses(sandbox):
    return [json.loads(webhook.body)["data"]["status"] for webhook in sandbox.webhooks() if "refund" in webhook.event]


def test_a_refund_goes_its_way_and_reverses_the_transaction(paid, paystack, sandbox):
    paid(REFERENCE)
    start = paystack.balance()

    created = paystack.post("refund", transaction=REFERENCE)
    under_way = paystack.verify(REFERENCE)["status"]
    sandbox.flush()

    assert (created.status_code, created.json()["message"]) == (200, "Refund has been queued for processing")
    number = created.json()["data"]["id"]
    assert (created.json()["data"]["status"], created.json()["data"]["amount"]) == ("pending", 500000)
    assert under_way == "reversal-pending"
    assert paystack.verify(REFERENCE)["status"] == "reversed"
    assert paystack.get(f"refund/{number}").json()["data"]["status"] == "processed"
    assert statuses(sandbox) == ["pending", "processing", "processed"]
    assert paystack.balance() == start - 500000


def test_a_refund_s_webhook_has_the_amount_as_text_and_names_the_transaction_only(paid, paystack, sandbox):
    paid(REFERENCE)
    paystack.post("refund", transaction=REFERENCE, amount=10000)

    body = json.loads(sandbox.webhooks("refund.pending")[0].body)

    assert body == {
        "event": "refund.pending",
        "data": {
            "status": "pending",
            "transaction_reference": REFERENCE,
            "refund_reference": None,
            "amount": "10000",
            "currency": "NGN",
            "processor": "instant-transfer",
            "customer": {"first_name": None, "last_name": None, "email": "ada@example.com"},
            "integration": 500001,
            "domain": "test",
        },
    }


def test_a_part_can_be_refunded_until_nothing_is_left(paid, paystack, sandbox):
    paid(REFERENCE)

    assert paystack.post("refund", transaction=REFERENCE, amount=200000).status_code == 200
    sandbox.flush()
    assert paystack.verify(REFERENCE)["status"] == "success"
    assert paystack.post("refund", transaction=REFERENCE, amount=300001).status_code == 400
    assert paystack.post("refund", transaction=REFERENCE).json()["data"]["amount"] == 300000
    sandbox.flush()

    spent = paystack.post("refund", transaction=REFERENCE, amount=1)
    assert (spent.status_code, spent.json()["message"]) == (400, "Transaction has been fully reversed")


def test_a_refund_that_fails_gives_the_money_back_to_the_merchant(paid, paystack, sandbox):
    paid(REFERENCE, card_number="4084080000671803")
    start = paystack.balance()

    paystack.post("refund", transaction=REFERENCE)
    sandbox.flush()

    assert statuses(sandbox) == ["pending", "processing", "failed"]
    assert paystack.verify(REFERENCE)["status"] == "success"
    assert paystack.balance() == start


def test_a_refund_that_needs_attention_carries_its_id_as_text(paid, paystack, sandbox):
    paid(REFERENCE, card_number="4084080000671902")

    number = paystack.post("refund", transaction=REFERENCE).json()["data"]["id"]
    sandbox.flush()

    data = json.loads(sandbox.webhooks("refund.needs-attention")[0].body)["data"]
    assert (data["id"], data["amount"], "processor" in data) == (str(number), 500000, False)


@pytest.mark.parametrize("amount", ["500", 0, -5, 1.5, True])
def test_a_refund_of_no_whole_amount_is_refused(paid, paystack, amount):
    paid(REFERENCE)

    assert paystack.post("refund", transaction=REFERENCE, amount=amount).status_code == 400


def test_an_unpaid_or_unknown_transaction_cannot_be_refunded(paystack):
    paystack.initialize(REFERENCE)

    assert paystack.post("refund", transaction=REFERENCE).json()["message"] == "Transaction has been fully reversed"
    assert paystack.post("refund", transaction="nope").json()["code"] == "transaction_not_found"
    assert paystack.post("refund").json()["code"] == "missing_params"
    assert paystack.get("refund/1").status_code == 404
