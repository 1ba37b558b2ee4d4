"""Money coming in: announced, paid on the hosted page, told of by webhook, and verified."""

import json
import re

import httpx
import pytest

REFERENCE = "contri-3f1c9a7e-0001"


def test_a_payment_is_abandoned_until_it_is_made_and_then_a_success(sandbox, paystack):
    announced = paystack.initialize(REFERENCE)
    before = paystack.verify(REFERENCE)

    sandbox.pay(announced["authorization_url"])
    after = paystack.verify(REFERENCE)

    assert (before["status"], before["gateway_response"], before["fees"], before["authorization"], before["log"]) == (
        "abandoned",
        "The transaction was not completed",
        None,
        {},
        None,
    )
    assert {name: after[name] for name in ("status", "reference", "amount", "requested_amount", "currency")} == {
        "status": "success",
        "reference": REFERENCE,
        "amount": 500000,
        "requested_amount": 500000,
        "currency": "NGN",
    }
    assert (after["domain"], after["fees"], after["id"]) == ("test", 17500, before["id"])
    assert after["id"] > 2**32


def test_the_answer_to_initialize_leads_to_the_hosted_page(sandbox, paystack):
    answer = paystack.post("transaction/initialize", email="ada@example.com", amount=500000, reference=REFERENCE)

    assert answer.status_code == 200
    code = answer.json()["data"]["access_code"]
    assert answer.json() == {
        "status": True,
        "message": "Authorization URL created",
        "data": {
            "authorization_url": f"{sandbox.base_url}/checkout/{code}",
            "access_code": code,
            "reference": REFERENCE,
        },
    }
    page = httpx.get(answer.json()["data"]["authorization_url"])
    assert page.status_code == 200
    assert "₦5,000.00" in page.text
    assert 'value="4084084084084081"' in page.text


def test_a_reference_can_be_used_once(paystack):
    paystack.initialize(REFERENCE)

    again = paystack.post("transaction/initialize", email="bola@example.com", amount=100000, reference=REFERENCE)

    assert (again.status_code, again.json()) == (
        400,
        {
            "status": False,
            "message": "Duplicate Transaction Reference",
            "meta": {"nextStep": "Try and create the Transaction or Charge with a new reference"},
            "type": "validation_error",
            "code": "duplicate_reference",
        },
    )


def test_a_payment_is_told_of_by_one_webhook_that_says_what_verify_says(paid, sandbox):
    verified = paid(REFERENCE, metadata={"circle": "Market Women Ajo"})

    (webhook,) = sandbox.webhooks()

    data = json.loads(webhook.body)["data"]
    assert (webhook.event, webhook.state) == ("charge.success", "undelivered")
    assert webhook.url.endswith("/api/v1/webhooks/paystack")
    same = ("id", "status", "reference", "amount", "fees", "authorization", "customer", "metadata", "paid_at", "domain")
    assert {name: data[name] for name in same} == {name: verified[name] for name in same}
    # The two differ where the real ones do.
    assert "createdAt" in verified
    assert "createdAt" not in data
    assert (verified["plan"], data["plan"]) == (None, {})


def test_paying_twice_pays_once(sandbox, paystack):
    address = paystack.initialize(REFERENCE)["authorization_url"]
    start = paystack.balance()

    sandbox.pay(address)
    sandbox.pay(address)
    sandbox.pay(address, outcome="declined")

    assert paystack.verify(REFERENCE)["status"] == "success"
    assert paystack.balance() - start == 500000 - 17500
    assert len(sandbox.webhooks()) == 1


def test_the_payer_is_sent_back_to_the_merchant_with_the_reference(sandbox, paystack):
    plain = paystack.initialize("ref-plain", callback_url="https://contri.example/back")
    query = paystack.initialize("ref-query", callback_url="https://contri.example/back?from=app")
    nowhere = paystack.initialize("ref-nowhere")

    assert sandbox.pay(plain["authorization_url"]) == (
        "https://contri.example/back?trxref=ref-plain&reference=ref-plain"
    )
    assert sandbox.pay(query["authorization_url"]) == (
        "https://contri.example/back?from=app&trxref=ref-query&reference=ref-query"
    )
    assert sandbox.pay(nowhere["authorization_url"]) == f"/checkout/{nowhere['access_code']}"
    assert "Payment successful" in httpx.get(nowhere["authorization_url"]).text


def test_a_declined_payment_is_told_to_nobody_and_can_be_tried_again(sandbox, paystack):
    address = paystack.initialize(REFERENCE, callback_url="https://contri.example/back")["authorization_url"]

    sandbox.pay(address, outcome="declined")
    declined = paystack.verify(REFERENCE)

    assert (declined["status"], declined["gateway_response"], declined["fees"]) == ("failed", "Declined", None)
    assert sandbox.webhooks() == []
    assert "Declined. Nothing was charged" in httpx.get(address).text

    sandbox.pay(address)
    assert paystack.verify(REFERENCE)["status"] == "success"


def test_whoever_cancels_goes_where_the_merchant_wants_them(sandbox, paystack):
    told = paystack.initialize("ref-told", metadata={"cancel_action": "https://contri.example/cancelled"})
    silent = paystack.initialize("ref-silent")

    assert sandbox.pay(told["authorization_url"], outcome="abandoned") == (
        "https://contri.example/cancelled?trxref=ref-told&reference=ref-told"
    )
    assert sandbox.pay(silent["authorization_url"], outcome="abandoned").endswith("?cancelled")
    assert paystack.verify("ref-told")["status"] == "abandoned"


@pytest.mark.parametrize(
    ("card_number", "reason"),
    [
        ("4084080000005408", "Declined"),
        ("4084080000670037", "Insufficient Funds"),
        ("4084 0800 0067 0037", "Insufficient Funds"),
        ("not a card", "Invalid card number"),
    ],
)
def test_some_cards_decline_by_themselves(paid, card_number, reason):
    verified = paid(REFERENCE, card_number=card_number)

    assert (verified["status"], verified["gateway_response"]) == ("failed", reason)


@pytest.mark.parametrize(
    ("metadata", "in_verify", "in_webhook"),
    [
        (None, "", 0),
        ({"circle": "Ọláolú"}, {"circle": "Ọláolú"}, {"circle": "Ọláolú"}),
        ('{"circle": "text"}', {"circle": "text"}, {"circle": "text"}),
        ("just words", "just words", "just words"),
    ],
)
def test_metadata_looks_different_in_different_places(paid, sandbox, metadata, in_verify, in_webhook):
    verified = paid(REFERENCE, **({} if metadata is None else {"metadata": metadata}))

    assert verified["metadata"] == in_verify
    assert json.loads(sandbox.webhooks()[0].body)["data"]["metadata"] == in_webhook


def test_without_a_reference_paystack_makes_one(paystack):
    answer = paystack.post("transaction/initialize", email="ada@example.com", amount=500000)

    assert re.fullmatch(r"T\d{15}", answer.json()["data"]["reference"])


@pytest.mark.parametrize(
    ("wrong", "message", "code"),
    [
        ({"email": None}, "Email Address is required", "missing_params"),
        ({"email": "ada"}, "Invalid Email Address Passed", "invalid_params"),
        ({"email": 5}, "email must be a string", "invalid_params"),
        ({"amount": None}, "Amount is required", "missing_params"),
        ({"amount": "500000"}, "Amount must be an integer", "invalid_params"),
        ({"amount": 5000.5}, "Amount must be an integer", "invalid_params"),
        ({"amount": True}, "Amount must be an integer", "invalid_params"),
        ({"amount": 4999}, "Invalid Amount Sent", "invalid_params"),
        ({"amount": -500000}, "Invalid Amount Sent", "invalid_params"),
        ({"amount": 1_000_000_001}, "Transaction amount limit exceeded", "invalid_params"),
        ({"currency": "USD"}, "Currency not supported by merchant", "invalid_params"),
        ({"reference": "has_underscore"}, "Invalid character in transaction reference", "invalid_params"),
        ({"reference": "has blank"}, "Invalid character in transaction reference", "invalid_params"),
        ({"metadata": [1]}, "metadata must be an object or a string", "invalid_params"),
    ],
)
def test_a_wrong_request_is_refused_and_nothing_is_kept(paystack, wrong, message, code):
    good = {"email": "ada@example.com", "amount": 500000, "reference": REFERENCE}

    answer = paystack.post("transaction/initialize", **{**good, **wrong})

    assert (answer.status_code, answer.json()["message"], answer.json()["code"]) == (400, message, code)
    assert paystack.get("transaction").json()["data"] == []
    assert paystack.post("transaction/initialize", **good).status_code == 200


def test_what_is_no_json_is_refused(paystack):
    for junk in (b"{", b"[1]", b"\xff", b"[" * 100_000):
        answer = paystack.http.post("transaction/initialize", content=junk)
        assert (answer.status_code, answer.json()["code"]) == (400, "invalid_params")


@pytest.mark.parametrize(
    ("header", "message"),
    [
        (None, "No Authorization Header was found"),
        ("sk_test_alone", "Format is Authorization: Bearer [secret key]"),
        ("Bearer sk_test_of_somebody_else", "Invalid key"),
    ],
)
def test_without_the_secret_key_nobody_gets_in(sandbox, header, message):
    headers = {"Authorization": header} if header else {}

    answer = httpx.get(f"{sandbox.base_url}/paystack/balance", headers=headers)

    assert (answer.status_code, answer.json()) == (401, {"status": False, "message": message})


def test_an_unknown_reference_is_not_found(paystack):
    answer = paystack.get("transaction/verify/nope")

    assert (answer.status_code, answer.json()["code"]) == (400, "transaction_not_found")


def test_a_payment_page_that_never_was_says_so(sandbox):
    assert httpx.get(f"{sandbox.base_url}/checkout/nope").status_code == 404
    assert httpx.post(f"{sandbox.base_url}/checkout/nope").status_code == 404


def test_transactions_are_listed_newest_first_in_pages_and_by_status(paid, paystack):
    for number in range(3):
        paid(f"ref-{number}")
    paystack.initialize("ref-unpaid")

    first = paystack.get("transaction", perPage=2).json()
    second = paystack.get("transaction", perPage=2, page=2).json()
    good = paystack.get("transaction", status="success").json()

    assert [row["reference"] for row in first["data"]] == ["ref-unpaid", "ref-2"]
    assert [row["reference"] for row in second["data"]] == ["ref-1", "ref-0"]
    assert {name: first["meta"][name] for name in ("total", "skipped", "perPage", "page", "pageCount")} == {
        "total": 4,
        "skipped": 0,
        "perPage": 2,
        "page": 1,
        "pageCount": 2,
    }
    assert len(good["data"]) == 3
    assert paystack.get("transaction", **{"from": "2100-01-01"}).json()["data"] == []
    assert len(paystack.get("transaction", to="2100-01-01T00:00:00.000Z").json()["data"]) == 4
    assert paystack.get("transaction", **{"from": "yesterday"}).status_code == 400
    assert paystack.get("transaction", page="x").status_code == 400


def test_a_transaction_is_fetched_by_its_number(paid, paystack):
    verified = paid(REFERENCE)

    assert paystack.get(f"transaction/{verified['id']}").json()["data"] == verified
    assert paystack.get("transaction/abc").json()["message"] == "Transaction ID should be numeric."
    assert paystack.get(f"transaction/{9 * 10**30}").status_code == 400
