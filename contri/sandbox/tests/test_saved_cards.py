"""Charging a card again, without its owner there."""

import json

import httpx

from contri.sandbox.testing import SandboxClient

REFERENCE = "contri-3f1c9a7e-0006"


def charge(paystack, code, *, reference=REFERENCE, **more):
    body = {"email": "ada@example.com", "amount": 200000, "authorization_code": code, "reference": reference, **more}
    return paystack.post("transaction/charge_authorization", **body)


def card_of(paid, card_number="", reference="first"):
    return paid(reference, card_number=card_number)["authorization"]["authorization_code"]


def test_a_card_that_paid_can_be_charged_again(paid, paystack, sandbox):
    code = card_of(paid)

    answer = charge(paystack, code, metadata='{"circle": "Ajo"}')

    data = answer.json()["data"]
    assert (answer.status_code, answer.json()["message"]) == (200, "Charge attempted")
    assert {name: data[name] for name in ("status", "gateway_response", "amount", "fees", "reference", "metadata")} == {
        "status": "success",
        "gateway_response": "Approved",
        "amount": 200000,
        "fees": 3000,
        "reference": REFERENCE,
        "metadata": '{"circle": "Ajo"}',
    }
    assert [webhook.event for webhook in sandbox.webhooks()] == ["charge.success", "charge.success"]
    assert json.loads(sandbox.webhooks()[1].body)["data"]["metadata"] == {"circle": "Ajo"}


def test_a_charge_that_fails_is_a_200_that_says_failed_and_no_webhook(paid, paystack, sandbox):
    code = card_of(paid, "4084080000200002")

    answer = charge(paystack, code)

    data = answer.json()["data"]
    assert (answer.status_code, answer.json()["status"]) == (200, True)
    assert (data["status"], data["gateway_response"], data["fees"]) == ("failed", "Insufficient Funds", None)
    assert len(sandbox.webhooks()) == 1


def test_a_challenge_has_no_status_and_waits_for_the_owner(paid, paystack, sandbox: SandboxClient):
    code = card_of(paid, "4084080000200001")

    answer = charge(paystack, code).json()

    access_code = answer["data"]["access_code"]
    assert answer == {
        "status": True,
        "message": "Please, redirect your customer to the authorization url provided",
        "data": {
            "authorization_url": f"{sandbox.base_url}/checkout/{access_code}",
            "access_code": access_code,
            "reference": REFERENCE,
            "paused": True,
        },
    }
    assert paystack.verify(REFERENCE)["status"] == "ongoing"
    assert "Is this you?" in httpx.get(answer["data"]["authorization_url"]).text

    sandbox.pay(answer["data"]["authorization_url"])

    assert paystack.verify(REFERENCE)["status"] == "success"
    assert len(sandbox.webhooks()) == 2


def test_an_owner_who_refuses_the_challenge_is_not_charged(paid, paystack, sandbox):
    code = card_of(paid, "4084080000200001")

    sandbox.pay(charge(paystack, code).json()["data"]["authorization_url"], outcome="declined")

    assert paystack.verify(REFERENCE)["status"] == "failed"
    assert len(sandbox.webhooks()) == 1


def test_a_slow_charge_is_processing_until_time_has_passed(paid, paystack, sandbox):
    code = card_of(paid, "4084080000200003")

    assert charge(paystack, code).json()["data"]["status"] == "processing"
    assert len(sandbox.webhooks()) == 1

    assert sandbox.flush() == 1
    assert paystack.verify(REFERENCE)["status"] == "success"
    assert len(sandbox.webhooks()) == 2


def test_a_reference_can_be_charged_once(paid, paystack):
    code = card_of(paid)
    charge(paystack, code)

    again = charge(paystack, code)

    assert (again.status_code, again.json()["message"], again.json()["code"]) == (
        400,
        "Duplicate charge request for reference",
        "duplicate_reference",
    )


def test_a_card_is_charged_with_the_email_it_was_saved_with_only(paid, paystack):
    code = card_of(paid)
    single_use = card_of(paid, "4084080000200004", reference="second")

    assert charge(paystack, code, email="bola@example.com").status_code == 400
    assert charge(paystack, "AUTH_unknown").status_code == 400
    assert charge(paystack, single_use).status_code == 400
    assert charge(paystack, code, email="ADA@example.com").status_code == 200


def test_a_card_that_declined_is_shown_by_verify_but_cannot_be_charged(paid, paystack):
    verified = paid("declined", card_number="4084080000005408")

    card = verified["authorization"]
    assert (verified["status"], card["last4"], card["reusable"]) == ("failed", "5408", True)
    assert charge(paystack, card["authorization_code"]).status_code == 400


def test_the_same_card_has_the_same_signature_whoever_pays_and_a_new_code_each_time(paid):
    ada = paid("by-ada")["authorization"]
    bola = paid("by-bola", email="bola@example.com")["authorization"]
    other = paid("other-card", card_number="5555 5555 5555 4444")["authorization"]

    assert ada["signature"] == bola["signature"]
    assert ada["authorization_code"] != bola["authorization_code"]
    assert other["signature"] != ada["signature"]
    assert {name: ada[name] for name in ("bin", "last4", "card_type", "brand", "reusable")} == {
        "bin": "408408",
        "last4": "4081",
        "card_type": "visa ",
        "brand": "visa",
        "reusable": True,
    }
    assert (other["bin"], other["last4"], other["brand"]) == ("555555", "4444", "mastercard")
