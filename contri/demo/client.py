"""Contri's API as the mobile app would call it, and the sandbox's pages as a person would use them. HTTP only."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self
from uuid import uuid4

import httpx

TIMEOUT_SECONDS = 30.0


class UnexpectedAnswerError(Exception):
    """The server answered a step of the story with something else than the contract promises."""

    def __init__(self, response: httpx.Response) -> None:
        call = f"{response.request.method} {response.request.url.path}"
        super().__init__(f"{call} answered {response.status_code}: {response.text[:500]}")


@dataclass
class Person:
    """Somebody with the app in hand: calls the API with their own access token."""

    http: httpx.Client
    email: str
    password: str
    first_name: str
    last_name: str
    access: str = field(default="", repr=False)
    id: str = ""

    @property
    def name(self) -> str:
        """How the story speaks of them."""
        return self.first_name

    def get(self, path: str) -> Any:
        """The body of a 200 answer."""
        return self._call("GET", path, expected=200)

    def post(self, path: str, body: Mapping[str, Any] | None = None, *, expected: int = 200, **headers: str) -> Any:
        """The body of an answer with status `expected`; a fresh Idempotency-Key goes along on every call."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self._call("POST", path, expected=expected, json=dict(body or {}), headers=named)

    def pin_token(self, pin: str, purpose: str) -> str:
        """A single-use token for one movement of money."""
        token: str = self.post("/auth/pin/verify", {"pin": pin, "purpose": purpose})["pin_token"]
        return token

    def _call(
        self, method: str, path: str, *, expected: int, headers: Mapping[str, str] | None = None, **rest: Any
    ) -> Any:
        own = {"Idempotency-Key": str(uuid4()), **(headers or {})}
        if self.access:
            own["Authorization"] = f"Bearer {self.access}"
        response = self.http.request(method, f"/api/v1{path}", headers=own, **rest)
        if response.status_code != expected:
            raise UnexpectedAnswerError(response)
        return response.json() if response.content else None


class Sandbox:
    """The pretend providers' pages: the mailbox and the hosted checkout."""

    def __init__(self, base_url: str) -> None:
        self._http = httpx.Client(base_url=base_url, timeout=TIMEOUT_SECONDS)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self._http.close()

    def mails_to(self, address: str) -> list[dict[str, Any]]:
        """Mails to `address`, newest first."""
        response = self._http.get("/mailbox.json", params={"to": address})
        response.raise_for_status()
        mails: list[dict[str, Any]] = response.json()
        return mails

    def pay(self, authorization_url: str) -> None:
        """Press "Pay" on the hosted checkout page."""
        response = self._http.post(authorization_url, data={"outcome": "success"}, follow_redirects=False)
        if response.is_error:
            raise UnexpectedAnswerError(response)

    def open_bank_account(self, *, account_number: str, bank_code: str, account_name: str) -> None:
        """Let the pretend bank know an account, so that resolving it gives `account_name`."""
        body = {"account_number": account_number, "bank_code": bank_code, "account_name": account_name}
        response = self._http.post("/control/bank-accounts", json=body)
        if response.is_error:
            raise UnexpectedAnswerError(response)
