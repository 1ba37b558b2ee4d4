"""People with the app in hand: they sign in, send each request as often as their network makes them, and keep count."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any

from django.test import Client

from contri.simulation.bank import name_of
from contri.simulation.world import ACCESS_GOOD_FOR, World

PASSWORD = "Ajo-with-friends-1"  # noqa: S105 - of people who do not exist
PIN = "4826"
# After so many tries without an answer a person gives up, and does not know what came of it.
PATIENCE = 5
LEASE_OVER = timedelta(seconds=61)
# A person on a bad network sends a request once, mostly.
SENT = (1,) * 8 + (2, 3, 4, 5)


class ContriError(AssertionError):
    """Contri did what it must never do."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What Contri said; `status` 0 when nothing arrived in all the tries."""

    status: int
    body: Any = None
    raw: bytes = b""

    @property
    def is_done(self) -> bool:
        """Whether it was done as asked."""
        return HTTPStatus.OK <= self.status < HTTPStatus.MULTIPLE_CHOICES

    @property
    def is_still_working(self) -> bool:
        """Whether an earlier try holds the key."""
        return isinstance(self.body, dict) and self.body.get("code") == "idempotency_in_progress"

    def __str__(self) -> str:
        code = self.body.get("code", "") if isinstance(self.body, dict) and not self.is_done else ""
        return f"{self.status or 'nothing'} {code}".strip()


@dataclass
class Person:
    """One of the simulation's people."""

    world: World
    number: int
    client: Client = field(init=False, repr=False)
    access: str = field(default="", repr=False)
    refresh: str = field(default="", repr=False)
    access_until: datetime = field(init=False)
    id: str = ""
    # What their app remembers, once it has been told.
    bank_account: str = ""
    has_card: bool = False
    has_moved_bank: int = 0
    requests: int = 0

    def __post_init__(self) -> None:
        self.client = Client(REMOTE_ADDR=f"10.0.{self.number // 250}.{1 + self.number % 250}")
        self.access_until = self.world.clock.now

    @property
    def label(self) -> str:
        """How the trace speaks of them."""
        return f"m{self.number}"

    @property
    def email(self) -> str:
        """Where their mails would go."""
        return f"{self.label}@simulation.invalid"

    @property
    def account_number(self) -> str:
        """Their bank account; another one after each change of bank."""
        return f"{self.has_moved_bank % 10}{self.number:09d}"

    def in_another(self, world: World) -> "Person":
        """The same person with the same phone, in another world."""
        person = Person(world, self.number)
        for name in (
            "access",
            "refresh",
            "access_until",
            "id",
            "bank_account",
            "has_card",
            "has_moved_bank",
            "requests",
        ):
            setattr(person, name, getattr(self, name))
        return person

    def sign_up(self) -> None:
        """Become a member with a PIN, and prove who they are."""
        names = {"first_name": "Member", "last_name": name_of(self.account_number)}
        self._take_tokens(self.call("POST", "/auth/signup", {"email": self.email, "password": PASSWORD, **names}))
        self.as_myself("POST", "/auth/pin", {"pin": PIN, "password": PASSWORD})
        claim = {"id_type": "bvn", "id_number": f"22{self.number:09d}", "date_of_birth": "1990-04-02", **names}
        self.as_myself("POST", "/users/me/kyc", claim)

    def sign_in(self) -> None:
        """Log in on another device; the old one's session goes on until it ends."""
        self._take_tokens(self.call("POST", "/auth/login", {"email": self.email, "password": PASSWORD}))

    def get(self, path: str) -> Any:
        """The body of an answer, None if there was none."""
        return self.as_myself("GET", path).body

    def listed(self, path: str) -> list[dict[str, Any]]:
        """The rows of a list that is not paged; none if no answer came."""
        found = self.get(path)
        return found if isinstance(found, list) else []

    def linked_account(self) -> str:
        """The id of the bank account that they linked; empty if there is none."""
        if not self.bank_account:
            self.bank_account = next((account["id"] for account in self.listed("/banks")), "")
        return self.bank_account

    def has_kept_card(self) -> bool:
        """Whether a card of theirs is kept."""
        self.has_card = self.has_card or bool(self.listed("/cards"))
        return self.has_card

    def as_myself(
        self, method: str, path: str, body: Mapping[str, Any] | None = None, *, times: int = 1, pin_for: str = ""
    ) -> Answer:
        """A request with a valid token, and with a PIN token for `pin_for`."""
        self._stay_signed_in()
        headers = {"Authorization": f"Bearer {self.access}"}
        if pin_for:
            verified = self.call("POST", "/auth/pin/verify", {"pin": PIN, "purpose": pin_for}, headers=headers)
            headers["X-Pin-Token"] = (verified.body or {}).get("pin_token", "")
        return self.call(method, path, body, headers=headers, times=times)

    def call(
        self,
        method: str,
        path: str,
        body: Mapping[str, Any] | None = None,
        *,
        headers: Mapping[str, str] | None = None,
        times: int = 1,
    ) -> Answer:
        """Send one request `times` times, and again while nothing arrives; what was done must be answered alike.

        Raises:
            ContriError: a crash, or two answers to one Idempotency-Key.
        """
        self.requests += 1
        sent = {**(headers or {}), "Idempotency-Key": f"{self.label}-{self.requests}"}
        first = Answer(0)
        for attempt in range(PATIENCE):
            answer = self._send(method, path, body, sent)
            if first.is_done and answer.status and method == "POST" and _is_replay_of_another(first, answer):
                raise ContriError(f"{self.label} {method} {path}: {first} and then {answer} under one key")
            first = first if first.is_done or not answer.status else answer
            is_open = answer.status in (0, HTTPStatus.SERVICE_UNAVAILABLE)
            if answer.is_still_working:
                # Killed in the middle of it: whoever asks again once the lease is over takes over.
                self.world.clock.advance(LEASE_OVER)
                first, is_open = Answer(0), True
            if not is_open and attempt + 1 >= times:
                break
        return first

    def _send(self, method: str, path: str, body: Mapping[str, Any] | None, headers: Mapping[str, str]) -> Answer:
        content = {} if body is None else {"data": json.dumps(body), "content_type": "application/json"}
        response = self.world.request(self.client, method, f"/api/v1{path}", headers=headers, **content)
        if response is None:
            return Answer(0)
        if response.status_code == HTTPStatus.INTERNAL_SERVER_ERROR:
            raise ContriError(f"{self.label} {method} {path} answered 500")
        is_json = "json" in response.headers.get("Content-Type", "")
        return Answer(response.status_code, json.loads(response.content) if is_json else None, response.content)

    def _stay_signed_in(self) -> None:
        if self.world.clock.now < self.access_until and self.access:
            return
        renewed = self.call("POST", "/auth/refresh", {"refresh": self.refresh}) if self.refresh else Answer(0)
        if renewed.is_done:
            self._take_tokens(renewed)
        else:
            self.sign_in()

    def _take_tokens(self, answer: Answer) -> None:
        if not answer.is_done:
            self.access = self.refresh = ""
            return
        self.access, self.refresh = answer.body["access"], answer.body["refresh"]
        self.id = answer.body.get("user", {}).get("id", self.id)
        # Renewed before it ends.
        self.access_until = self.world.clock.now + ACCESS_GOOD_FOR / 2


def _is_replay_of_another(first: Answer, again: Answer) -> bool:
    """What was done stays done: the same bytes, or "come back later"."""
    is_late = again.status in (HTTPStatus.CONFLICT, HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE)
    return not is_late and again.raw != first.raw
