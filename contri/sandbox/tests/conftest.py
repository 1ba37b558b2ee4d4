"""What the sandbox's tests share: Paystack as its merchant calls it, and payments that were made."""

import os
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from contri.sandbox.testing import SandboxClient

# Nothing here is asked over TLS, and making this anew for each test takes longer than most of them.
_TLS = httpx.create_ssl_context()


class PaystackCaller:
    """Calls the pretend Paystack as a merchant does."""

    def __init__(self, base_url: str) -> None:
        self.http = httpx.Client(
            base_url=f"{base_url}/paystack/",
            headers={"Authorization": f"Bearer {os.environ['PAYSTACK_SECRET_KEY']}"},
            timeout=10,
            trust_env=False,
            verify=_TLS,
        )

    def __enter__(self) -> "PaystackCaller":
        return self

    def __exit__(self, *exc: object) -> None:
        self.http.close()

    def get(self, path: str, **query: Any) -> httpx.Response:
        return self.http.get(path, params=query)

    def post(self, path: str, **body: Any) -> httpx.Response:
        return self.http.post(path, json=body)

    def put(self, path: str, **body: Any) -> httpx.Response:
        return self.http.put(path, json=body)

    def initialize(self, reference: str, **more: Any) -> Any:
        body = {"email": "ada@example.com", "amount": 500000, "reference": reference, **more}
        return self.post("transaction/initialize", **body).raise_for_status().json()["data"]

    def verify(self, reference: str) -> Any:
        return self.get(f"transaction/verify/{reference}").raise_for_status().json()["data"]

    def transfer(self, reference: str) -> Any:
        return self.get(f"transfer/verify/{reference}").raise_for_status().json()["data"]

    def balance(self) -> Any:
        return self.get("balance").raise_for_status().json()["data"][0]["balance"]


@pytest.fixture
def paystack(sandbox: SandboxClient) -> Iterator[PaystackCaller]:
    with PaystackCaller(sandbox.base_url) as caller:
        yield caller


@pytest.fixture
def paid(sandbox: SandboxClient, paystack: PaystackCaller) -> Callable[..., Any]:
    """`paid("ref")`: a payment of ₦5,000 by Ada, made on the checkout page; answers what verify says of it."""

    def pay(reference: str, *, card_number: str = "", **more: Any) -> Any:
        sandbox.pay(paystack.initialize(reference, **more)["authorization_url"], card_number=card_number)
        return paystack.verify(reference)

    return pay


@pytest.fixture
def recipient(paystack: PaystackCaller) -> Callable[..., str]:
    """`recipient()`: the code of somebody whom money can be sent to."""

    def create(account_number: str = "0123456784", bank_code: str = "044") -> str:
        body = {"type": "nuban", "name": "Ada Obi", "account_number": account_number, "bank_code": bank_code}
        answer = paystack.post("transferrecipient", **body).raise_for_status()
        return str(answer.json()["data"]["recipient_code"])

    return create


@pytest.fixture
def send(paystack: PaystackCaller, recipient: Callable[..., str]) -> Callable[..., httpx.Response]:
    """`send("reference")`: a transfer of ₦48,500."""

    def create(reference: str, *, account_number: str = "0123456784", **more: Any) -> httpx.Response:
        body = {"source": "balance", "amount": 4850000, "reference": reference, "reason": "Ajo payout", **more}
        return paystack.post("transfer", recipient=recipient(account_number), **body)

    return create
