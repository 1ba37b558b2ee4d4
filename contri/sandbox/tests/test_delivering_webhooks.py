"""Webhooks reach a real receiver, again and again until it answers 200, also across a restart."""

import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest

from contri.local.ports import free_ports
from contri.sandbox.testing import SandboxClient, running_sandbox
from contri.sandbox.tests.conftest import PaystackCaller


@dataclass
class Receiver:
    """Takes webhooks; answers with `statuses`, one each, then 200."""

    url: str = ""
    statuses: list[int] = field(default_factory=list)
    got: list[tuple[str, str, bytes]] = field(default_factory=list)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    received = Receiver()

    class Door(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            received.got.append((self.path, self.headers.get("x-paystack-signature", ""), body))
            self.send_response(received.statuses.pop(0) if received.statuses else 200)
            self.send_header("Location", received.url)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *arguments: object) -> None:
            """Tests are quiet."""

    server = HTTPServer(("127.0.0.1", 0), Door)
    received.url = f"http://127.0.0.1:{server.server_port}"
    Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    yield received
    server.shutdown()
    server.server_close()


@pytest.fixture
def own_environment(tmp_path: Path, receiver: Receiver) -> dict[str, str]:
    port, smtp_port = free_ports(2)
    return {
        **os.environ,
        "SANDBOX_PORT": str(port),
        "SANDBOX_SMTP_PORT": str(smtp_port),
        "SANDBOX_DATA": str(tmp_path),
        "SANDBOX_WEBHOOK_BASE_URL": receiver.url,
        "SANDBOX_SETTLE_SECONDS": "0.1",
    }


def until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not true():
        assert time.monotonic() < deadline, "it did not happen in ten seconds"
        time.sleep(0.02)


def pay(sandbox: SandboxClient, reference: str) -> None:
    with PaystackCaller(sandbox.base_url) as paystack:
        sandbox.pay(paystack.initialize(reference)["authorization_url"])


def send(sandbox: SandboxClient, reference: str) -> None:
    with PaystackCaller(sandbox.base_url) as paystack:
        body = {"type": "nuban", "name": "Ada Obi", "account_number": "0123456784", "bank_code": "044"}
        code = paystack.post("transferrecipient", **body).json()["data"]["recipient_code"]
        paystack.post("transfer", source="balance", amount=500000, recipient=code, reference=reference)


def test_a_webhook_is_delivered_by_itself_and_a_transfer_moves_by_itself(own_environment, receiver):
    with running_sandbox(own_environment) as sandbox:
        pay(sandbox, "ref-1")
        until(lambda: len(receiver.got) == 1)
        send(sandbox, "contri-payout-0001")
        until(lambda: len(receiver.got) == 2)
        webhooks = sandbox.webhooks()

    assert [webhook.event for webhook in webhooks] == ["charge.success", "transfer.success"]
    assert receiver.got == [
        ("/api/v1/webhooks/paystack", webhook.headers["x-paystack-signature"], webhook.body) for webhook in webhooks
    ]


def test_only_a_200_ends_the_tries(own_environment, receiver):
    receiver.statuses = [500, 302, 204]

    with running_sandbox(own_environment) as sandbox:
        pay(sandbox, "ref-1")
        until(lambda: len(receiver.got) == 1)
        for tries in (2, 3, 4):
            sandbox.flush()
            assert len(receiver.got) == tries
        sandbox.flush()
        (webhook,) = sandbox.webhooks()

    assert (webhook.state, webhook.attempts, webhook.last_status) == ("delivered", 4, 200)
    assert len(receiver.got) == 4
    assert len(set(receiver.got)) == 1


def test_what_was_not_delivered_is_delivered_after_a_restart(own_environment, receiver):
    deaf = {**own_environment, "SANDBOX_WEBHOOK_BASE_URL": "http://127.0.0.1:9"}
    with running_sandbox(deaf) as sandbox:
        pay(sandbox, "ref-1")
        until(lambda: sandbox.webhooks()[0].attempts == 1)
        (webhook,) = sandbox.webhooks()
        assert (webhook.state, webhook.last_status) == ("waiting", None)
        number = webhook.id

    with running_sandbox(own_environment) as sandbox:
        with PaystackCaller(sandbox.base_url) as paystack:
            assert paystack.verify("ref-1")["status"] == "success"
        until(lambda: sandbox.webhooks()[0].attempts >= 2)
        assert sandbox.webhooks()[0].id == number
