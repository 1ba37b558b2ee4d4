"""Paystack's own specification and signatures against what the pretend one answers."""

import json
import os
from pathlib import Path

import httpx
import pytest
from jsonschema import Draft202012Validator

from contri.sandbox.paystack.rules import charge_fee, transfer_fee
from contri.sandbox.paystack.signature import sign

DATA = Path(__file__).with_name("data")
SPECIFICATION = json.loads((DATA / "paystack-openapi.json").read_text())
WEBHOOKS = json.loads((DATA / "paystack-webhooks.schema.json").read_text())
VECTOR_KEY = "sk_test_contri_vector_key_0123456789abcdef"


def as_json_schema(node):
    """OpenAPI 3.0 says `nullable` where JSON Schema says type null."""
    if isinstance(node, list):
        return [as_json_schema(item) for item in node]
    if not isinstance(node, dict):
        return node
    schema = {name: as_json_schema(value) for name, value in node.items() if name != "nullable"}
    if node.get("nullable") and "type" in schema:
        schema["type"] = [schema["type"], "null"]
    return schema


def faults_of(response, method, path):
    """Where an answer departs from the specification of its operation."""
    described = SPECIFICATION["paths"][path][method]["responses"][str(response.status_code)]
    if "$ref" in described:
        described = SPECIFICATION["components"]["responses"][described["$ref"].rsplit("/", 1)[1]]
    components = as_json_schema(SPECIFICATION["components"])
    schema = {**as_json_schema(described["content"]["application/json"]["schema"]), "components": components}
    errors = Draft202012Validator(schema).iter_errors(response.json())
    return sorted(f"{'.'.join(map(str, error.absolute_path))}: {error.message}" for error in errors)


# The specification says text where Paystack answers null (and its own samples show null).
RECIPIENT_EMAIL = "None is not of type 'string'"


def without_known_defects(faults):
    return [fault for fault in faults if not fault.endswith(f"email: {RECIPIENT_EMAIL}")]


def test_every_answer_is_as_the_specification_describes_it(paid, send, paystack, sandbox):
    announced = paystack.post("transaction/initialize", email="ada@example.com", amount=500000, reference="unpaid")
    card = paid("paid", metadata={"a": 1})["authorization"]["authorization_code"]
    paid("disputed")
    refund = paystack.post("refund", transaction="paid", amount=10000)
    charged = paystack.post(
        "transaction/charge_authorization", email="ada@example.com", amount=500000, authorization_code=card
    )
    transfer = send("contri-payout-7d0c1f5e-0001")
    pending = paystack.get("transfer/verify/contri-payout-7d0c1f5e-0001")
    sandbox.flush()
    number = refund.json()["data"]["id"]
    body = {"type": "nuban", "name": "Ada Obi", "account_number": "0123456784", "bank_code": "044"}
    code = transfer.json()["data"]["transfer_code"]
    dispute = sandbox.dispute("disputed")
    place = paystack.get(f"dispute/{dispute}/upload_url", upload_filename="page.txt")
    httpx.put(place.json()["data"]["signedUrl"], content=b"a page").raise_for_status()
    facts = {"customer_email": "a@example.com", "customer_name": "Ada Obi", "customer_phone": "08012345678"}
    evidence = paystack.post(f"dispute/{dispute}/evidence", **facts, service_details="she paid it herself")
    word = {"resolution": "declined", "message": "she paid it herself", "refund_amount": 0}
    word |= {"uploaded_filename": place.json()["data"]["fileName"], "evidence": evidence.json()["data"]["id"]}
    asked_for = send("contri-payout-7d0c1f5e-0002", account_number="0000000104").json()["data"]["transfer_code"]

    answers = [
        (announced, "post", "/transaction/initialize"),
        (paystack.get("transaction/verify/unpaid"), "get", "/transaction/verify/{reference}"),
        (paystack.get("transaction/verify/paid"), "get", "/transaction/verify/{reference}"),
        (paystack.get("transaction"), "get", "/transaction"),
        (charged, "post", "/transaction/charge_authorization"),
        (refund, "post", "/refund"),
        (paystack.get("refund"), "get", "/refund"),
        (paystack.get(f"refund/{number}"), "get", "/refund/{id}"),
        (paystack.get("bank"), "get", "/bank"),
        (paystack.get("bank/resolve", account_number="0123456784", bank_code="044"), "get", "/bank/resolve"),
        (paystack.post("transferrecipient", **body), "post", "/transferrecipient"),
        (transfer, "post", "/transfer"),
        (pending, "get", "/transfer/verify/{reference}"),
        (paystack.get("transfer/verify/contri-payout-7d0c1f5e-0001"), "get", "/transfer/verify/{reference}"),
        (paystack.get(f"transfer/{code}"), "get", "/transfer/{code}"),
        (paystack.get("transfer"), "get", "/transfer"),
        (
            paystack.post("transfer/finalize_transfer", transfer_code=asked_for, otp="123456"),
            "post",
            "/transfer/finalize_transfer",
        ),
        (paystack.get("dispute"), "get", "/dispute"),
        (paystack.get(f"dispute/{dispute}"), "get", "/dispute/{id}"),
        (place, "get", "/dispute/{id}/upload_url"),
        (evidence, "post", "/dispute/{id}/evidence"),
        (paystack.put(f"dispute/{dispute}/resolve", **word), "put", "/dispute/{id}/resolve"),
        (paystack.get("balance"), "get", "/balance"),
    ]

    found = {path: without_known_defects(faults_of(answer, method, path)) for answer, method, path in answers}
    assert [f"{path} {fault}" for path, faults in found.items() for fault in faults] == []
    # Every operation of the file was tried.
    assert {(method, path) for _, method, path in answers} == {
        (method, path) for path, methods in SPECIFICATION["paths"].items() for method in methods
    }


def test_refusals_are_as_the_specification_describes_them(paystack):
    refused = paystack.post("transaction/initialize", amount=500000)

    assert refused.status_code == 400
    assert faults_of(refused, "post", "/transaction/initialize") == []


def test_a_departure_from_the_specification_is_found(paystack):
    answer = paystack.get("balance")
    described = SPECIFICATION["components"]["schemas"]["BalanceCheckResponseArray"]["properties"]["balance"]
    described["type"] = "string"
    try:
        assert faults_of(answer, "get", "/balance") == ["data.0.balance: 10000000000 is not of type 'string'"]
    finally:
        described["type"] = "integer"


def test_every_webhook_is_as_receivers_expect_it_and_signed_over_its_very_bytes(paid, send, paystack, sandbox):
    paid("ref-1", metadata={"name": "Ọláolú"})
    paid("ref-2", card_number="4084080000671902")
    paystack.post("refund", transaction="ref-1")
    paystack.post("refund", transaction="ref-2")
    send("contri-payout-7d0c1f5e-0001", account_number="0000000102")
    send("contri-payout-7d0c1f5e-0002", account_number="0000000101")
    paid("ref-3")
    dispute = sandbox.dispute("ref-3")
    sandbox.decide_dispute(dispute, "")
    sandbox.decide_dispute(dispute, "declined")
    sandbox.flush()

    webhooks = sandbox.webhooks()

    assert {webhook.event for webhook in webhooks} == {
        "charge.dispute.create",
        "charge.dispute.remind",
        "charge.dispute.resolve",
        "charge.success",
        "refund.needs-attention",
        "refund.pending",
        "refund.processed",
        "refund.processing",
        "transfer.failed",
        "transfer.reversed",
        "transfer.success",
    }
    validator = Draft202012Validator(WEBHOOKS)
    for webhook in webhooks:
        assert list(validator.iter_errors(json.loads(webhook.body))) == []
        assert webhook.headers == {
            "Content-Type": "application/json",
            "x-paystack-signature": sign(os.environ["PAYSTACK_SECRET_KEY"], webhook.body),
        }
    assert "Ọláolú".encode() in webhooks[0].body
    assert b'": ' not in webhooks[0].body


@pytest.mark.parametrize(
    ("body", "signature"),
    [
        pytest.param(vector["raw_body_utf8"], vector["x_paystack_signature"], id=vector["name"])
        for vector in json.loads((DATA / "paystack-signatures.json").read_text())
    ],
)
def test_signatures_are_hmac_sha512_over_the_raw_body(body, signature):
    assert sign(VECTOR_KEY, body.encode()) == signature


@pytest.mark.parametrize(
    ("amount", "fee"),
    [
        (50_00, 75),
        (2_499_99, 3750),
        (2_500_00, 137_50),
        (5_000_00, 175_00),
        (126_666_66, 2_000_00),
        (126_666_67, 2_000_00),
        (10_000_000_00, 2_000_00),
    ],
)
def test_a_charge_costs_one_and_a_half_percent_and_100_naira_up_to_2000(amount, fee):
    assert charge_fee(amount) == fee


@pytest.mark.parametrize(
    ("amount", "fee"),
    [(50_00, 10_00), (5_000_00, 10_00), (5_000_01, 25_00), (50_000_00, 25_00), (50_000_01, 50_00)],
)
def test_a_transfer_costs_10_25_or_50_naira(amount, fee):
    assert transfer_fee(amount) == fee
