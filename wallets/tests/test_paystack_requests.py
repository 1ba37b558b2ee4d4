"""What our client sends, against Paystack's own specification (MIT; origin and licence beside the file)."""

import json
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from django.conf import settings
from jsonschema import Draft202012Validator

from wallets.providers.base import Destination, Plea
from wallets.providers.paystack import Paystack

# Beside the sandbox, whose answers are checked against it too; nothing here imports the sandbox.
FILE = Path(settings.BASE_DIR) / "contri" / "sandbox" / "tests" / "data" / "paystack-openapi.json"
SPECIFICATION = json.loads(FILE.read_text())
REFERENCE = "contri-3f1c9a7e0001"
DESTINATION = Destination(account_number="0123456784", bank_code="058", account_name="ADA OBI", recipient_code="RCP_1")
PAYER = {"payer_name": "Ada Obi", "payer_email": "ada@example.com", "payer_phone": "+2348012345678", "page": "…"}
CONTESTED = Plea(amount=0, message="she paid it herself", **PAYER)
ACCEPTED = Plea(amount=500000, message="she is right", **PAYER)
CALLS = {
    "/transaction/initialize": lambda paystack: paystack.start_checkout(
        reference=REFERENCE, email="ada@example.com", amount_kobo=500000
    ),
    "/transaction/charge_authorization": lambda paystack: paystack.charge_card(
        reference=REFERENCE, email="ada@example.com", amount_kobo=500000, code="AUTH_1"
    ),
    "/transferrecipient": lambda paystack: paystack.create_recipient(destination=DESTINATION),
    "/transfer": lambda paystack: paystack.pay_out(
        reference=REFERENCE, destination=DESTINATION, amount_kobo=500000, reason="why not"
    ),
    "/transfer/finalize_transfer": lambda paystack: paystack.confirm_payment(reference=REFERENCE, password="123456"),
    "/dispute/{id}/evidence": lambda paystack: paystack.answer_dispute(code="7", plea=CONTESTED),
    "/dispute/{id}/resolve": lambda paystack: paystack.answer_dispute(code="7", plea=ACCEPTED),
    "/refund": lambda paystack: paystack.refund(reference=REFERENCE, charge_reference="paid-1", amount_kobo=5000),
}


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


def request_schema(path):
    """What Paystack wants to be sent to this path."""
    (operation,) = [described for described in SPECIFICATION["paths"][path].values() if "requestBody" in described]
    described = operation["requestBody"]["content"]["application/json"]["schema"]
    return {**as_json_schema(described), "components": as_json_schema(SPECIFICATION["components"])}


@contextmanager
def listening():
    """A server that writes down what it is sent; what it answers is enough for calls that take several steps."""
    heard = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            self._answer({"signedUrl": f"http://{self.headers['Host']}/store", "fileName": "f", "transfer_code": "T"})

        def do_POST(self):
            self._hear()
            self._answer({"id": 7})

        def do_PUT(self):
            if self.path == "/store":
                assert "Authorization" not in self.headers
                self.rfile.read(int(self.headers["Content-Length"]))
            else:
                self._hear()
            self._answer({"id": 7})

        def _hear(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            heard.append((self.path, self.headers["Authorization"], json.loads(body)))

        def _answer(self, data):
            body = json.dumps({"status": True, "data": data}).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args):
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", heard
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.mark.parametrize("path", CALLS)
def test_every_body_is_as_the_specification_wants_it(path):
    with listening() as (address, heard):
        CALLS[path](Paystack(base_url=address, secret_key="sk_test_x", timeout_seconds=2))

    _, key, body = next(one for one in heard if one[0] == path.replace("{id}", "7"))
    validator = Draft202012Validator(request_schema(path))
    assert key == "Bearer sk_test_x"
    assert [error.message for error in validator.iter_errors(body)] == []
    # Each of the required fields is one that the check would miss.
    for name in request_schema_required(path):
        assert not validator.is_valid({other: value for other, value in body.items() if other != name})


def request_schema_required(path):
    schema = request_schema(path)
    while "$ref" in schema:
        schema = SPECIFICATION["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]]
    return schema.get("required", [])
