"""For tests: a running sandbox and a client that steers it, over HTTP only.

A pytest plugin (`pytest_plugins = ["contri.sandbox.testing"]`) with the fixture `sandbox`: empty at the start of each
test, started once a session on $SANDBOX_PORT. Statuses move and webhooks go out only when the test says `flush()`, and
webhooks are written down rather than delivered: the test posts `webhook.body` with `webhook.headers` itself.
"""

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

START_SECONDS = 20.0
STOP_SECONDS = 5.0
CALL_SECONDS = 15.0
# Longer than any test: nothing moves by itself.
STANDSTILL_SECONDS = "86400"


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail that arrived, read."""

    id: int
    to: str
    sender: str
    subject: str
    text: str
    html: str
    links: list[str]
    received_at: str


@dataclass(frozen=True, slots=True)
class Webhook:
    """A webhook as its receiver gets it: `body` and `headers` to the byte, `url` as the sandbox would call it."""

    id: int
    provider: str
    event: str
    url: str
    headers: dict[str, str]
    body: bytes
    state: str
    attempts: int
    last_status: int | None


@dataclass(frozen=True, slots=True)
class ProviderCall:
    """A call that the sandbox got. `status` is None where the caller was left without an answer."""

    operation: str
    reference: str
    status: int | None
    fault: str


class SandboxClient:
    """Everything a test, a demo or a person may do to the pretend world. Amounts are kobo."""

    def __init__(self, base_url: str, *, paystack_secret_key: str = "", flutterwave_secret_key: str = "") -> None:
        self.base_url = base_url
        self._http = httpx.Client(base_url=base_url, timeout=CALL_SECONDS, trust_env=False)
        self._paystack_headers = {"Authorization": f"Bearer {paystack_secret_key}"}
        self._flutterwave_headers = {"Authorization": f"Bearer {flutterwave_secret_key}"}
        self._seen_webhooks: set[int] = set()

    def __enter__(self) -> "SandboxClient":
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def close(self) -> None:
        """Give the connections back."""
        self._http.close()

    def is_up(self) -> bool:
        """Whether the sandbox answers."""
        try:
            return self._http.get("/control").status_code == 200
        except httpx.HTTPError:
            return False

    def pay(self, authorization_url: str, *, outcome: str = "success", card_number: str = "") -> str:
        """Press a button on the hosted page: `success`, `declined` or `abandoned`; with the good card by default.

        Returns the address that the payer is sent on to.
        """
        form = {"outcome": outcome, **({"card_number": card_number} if card_number else {})}
        answer = self._http.post(authorization_url, data=form)
        if answer.status_code != 303:
            raise AssertionError(f"the checkout page answered {answer.status_code}: {answer.text[:200]}")
        return answer.headers["Location"]

    def mails(self, to: str) -> list[Mail]:
        """The mails to an address, newest first."""
        return [Mail(**mail) for mail in self._get("/mailbox.json", to=to)]

    def pushes(self, token: str) -> list[dict[str, Any]]:
        """Every push that reached a phone, newest first, as FCM was asked to send it."""
        pushes: list[dict[str, Any]] = self._get("/phone.json", token=token, all="1")
        return pushes

    def inject_fault(
        self,
        operation: str,
        kind: str,
        *,
        times: int = 1,
        delay_ms: int | None = None,
        amount: int | None = None,
        requested_amount: int | None = None,
        reference: str = "",
    ) -> None:
        """Let `operation` (a name or a pattern; see README.md) go wrong the next `times` times."""
        self._post(
            "/control/faults",
            operation=operation,
            kind=kind,
            times=times,
            delay_ms=delay_ms,
            amount=amount,
            requested_amount=requested_amount,
            reference=reference,
        )

    def clear_faults(self) -> None:
        """Take all faults back; calls that hang on purpose are let go."""
        self._http.delete("/control/faults").raise_for_status()

    def register_bank_account(self, *, account_number: str, bank_code: str, account_name: str) -> None:
        """Put a name on a bank account, so that looking it up fits a person."""
        self._post(
            "/control/bank-accounts", account_number=account_number, bank_code=bank_code, account_name=account_name
        )

    def webhooks(self, event: str = "") -> list[Webhook]:
        """All webhooks since the start of the test in the order of their delivery; lost ones are left out."""
        everything = [_webhook(webhook) for webhook in self._get("/control/webhooks")]
        return [webhook for webhook in everything if webhook.state != "lost" and event in ("", webhook.event)]

    def new_webhooks(self) -> list[Webhook]:
        """The webhooks that this method has not returned before."""
        fresh = [webhook for webhook in self.webhooks() if webhook.id not in self._seen_webhooks]
        self._seen_webhooks.update(webhook.id for webhook in fresh)
        return fresh

    def redeliver(self, webhook_id: int) -> None:
        """Send a webhook again, also a lost one; `new_webhooks` returns it again too."""
        self._seen_webhooks.discard(webhook_id)
        self._post(f"/control/webhooks/{webhook_id}/redeliver")

    def flush(self) -> int:
        """Let all time pass: statuses reach their end, waiting webhooks are tried once. Returns the moves made."""
        moved: int = self._post("/control/deliveries/flush")["moved"]
        return moved

    def reset(self) -> None:
        """Forget everything."""
        self._post("/control/reset")

    def set_transfer_status(self, reference: str, status: str) -> None:
        """Decide a transfer's fate: `success`, `failed`, `reversed` and so on; its webhook is queued."""
        self._post(f"/control/transfers/{reference}", status=status)

    def dispute(self, reference: str, *, amount: int | None = None) -> int:
        """Let a payment's payer want it, or `amount` kobo of it, back; returns the dispute's id."""
        number: int = self._post("/control/disputes", reference=reference, amount=amount)["id"]
        return number

    def decide_dispute(self, number: int, resolution: str) -> None:
        """Decide a dispute: `merchant-accepted`, `auto-accepted` or `declined`; "" sends a reminder."""
        self._post(f"/control/disputes/{number}", resolution=resolution)

    def id_token(self, provider: str, email: str, *, nonce: str = "") -> str:
        """What `google` or `apple` would give to the app of the person with this address."""
        token: str = self._post("/control/id-tokens", provider=provider, email=email, nonce=nonce)["id_token"]
        return token

    def calls(self, operation: str = "") -> list[ProviderCall]:
        """The calls that the sandbox got since the start of the test, oldest first."""
        calls = [
            ProviderCall(call["operation"], call["reference"], call["status"], call["fault"])
            for call in self._get("/control/calls")
        ]
        return [call for call in calls if operation in ("", call.operation)]

    def balance(self) -> int:
        """The merchant's balance with Paystack."""
        balance: int = self._get("/control")["balance"]
        return balance

    def transfers(self) -> list[dict[str, Any]]:
        """Every transfer as Paystack lists it, newest first."""
        answer = self._http.get("/paystack/transfer", params={"perPage": 100}, headers=self._paystack_headers)
        found: list[dict[str, Any]] = answer.raise_for_status().json()["data"]
        return found

    def refunds(self) -> list[dict[str, Any]]:
        """The latest refunds as Paystack lists them, newest first."""
        answer = self._http.get("/paystack/refund", params={"perPage": 100}, headers=self._paystack_headers)
        found: list[dict[str, Any]] = answer.raise_for_status().json()["data"]
        return found

    def flutterwave_transfers(self) -> list[dict[str, Any]]:
        """The latest transfers as Flutterwave lists them, newest first."""
        answer = self._http.get("/flutterwave/transfers", headers=self._flutterwave_headers)
        found: list[dict[str, Any]] = answer.raise_for_status().json()["data"]
        return found

    def _get(self, path: str, **query: str) -> Any:
        return self._http.get(path, params=query).raise_for_status().json()

    def _post(self, path: str, **body: object) -> Any:
        answer = self._http.post(path, json=body)
        if answer.is_error:
            raise AssertionError(f"{path} answered {answer.status_code}: {answer.text[:200]}")
        return answer.json()


@contextmanager
def running_sandbox(environ: Mapping[str, str], **overrides: str) -> Iterator[SandboxClient]:
    """A sandbox process on $SANDBOX_PORT, up when this returns, gone afterwards (also when this process is killed)."""
    environment = {**environ, **overrides}
    port = environment["SANDBOX_PORT"]
    log = Path(environment["SANDBOX_DATA"]) / "sandbox.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    client = SandboxClient(
        f"http://127.0.0.1:{port}",
        paystack_secret_key=environment.get("PAYSTACK_SECRET_KEY", "sk_test_contri_sandbox"),
        flutterwave_secret_key=environment.get("FLUTTERWAVE_SECRET_KEY", ""),
    )
    with log.open("ab") as output, client, _process(environment, output) as process:
        _wait_until_up(client, process, log)
        yield client


@pytest.fixture(scope="session")
def sandbox_server() -> Iterator[SandboxClient]:
    """The session's sandbox; take `sandbox`, which is empty, instead."""
    with running_sandbox(os.environ, SANDBOX_SETTLE_SECONDS=STANDSTILL_SECONDS) as client:
        yield client


@pytest.fixture
def sandbox(sandbox_server: SandboxClient) -> SandboxClient:
    """A pretend world in which nothing has happened yet."""
    sandbox_server.reset()
    return sandbox_server


@contextmanager
def _process(environment: Mapping[str, str], output: Any) -> Iterator[subprocess.Popen[bytes]]:
    # The open end of stdin is its leash: when we are gone, killed even, it reads the end and goes too.
    command = [sys.executable, "-m", "contri.sandbox", "--until-stdin-closes"]
    process = subprocess.Popen(  # noqa: S603 - our own command line
        command, stdin=subprocess.PIPE, stdout=output, stderr=output, env=dict(environment)
    )
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if process.stdin is not None:
            process.stdin.close()


def _wait_until_up(client: SandboxClient, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not client.is_up():
        if process.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"the sandbox did not come up:\n{log.read_text(errors='replace')[-2000:]}")
        time.sleep(0.02)


def _webhook(body: dict[str, Any]) -> Webhook:
    return Webhook(
        id=body["id"],
        provider=body["provider"],
        event=body["event"],
        url=body["url"],
        headers=body["headers"],
        body=body["body"].encode(),
        state=body["state"],
        attempts=body["attempts"],
        last_status=body["last_status"],
    )
