"""The story of one circle, from three sign-ups to the last payout and a withdrawal.

Told over HTTP only, as the app would: `manage.py demo_story` plays it for people, the end-to-end test for the machine.
Each step does something, checks what the server says about it to the kobo, and returns one sentence for the reader.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any, Self, TypeVar
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import httpx

from contri.core.moments import lagos_day
from contri.demo.client import TIMEOUT_SECONDS, Person, Sandbox
from contri.demo.people import DEMO_PASSWORD, DEMO_PIN

T = TypeVar("T")

PATIENCE_SECONDS = 40.0
POLL_SECONDS = 0.2
NAMES = (("Ada", "Okafor"), ("Bola", "Adeyemi"), ("Chidi", "Eze"))
CONTRIBUTION = "5000.00"
POT = "15000.00"
WITHDRAWAL = "6000.00"
LEFT_AFTER_WITHDRAWAL = "9000.00"
WEEK = timedelta(days=7)


class StoryError(Exception):
    """The server did not do what the story says it does."""


@dataclass
class Story:
    """One telling, as a context. `turn_cycles` plays the beat up to the end of a day in Lagos."""

    base_url: str
    sandbox_url: str
    turn_cycles: Callable[[date], None]
    http: httpx.Client = field(init=False)
    people: list[Person] = field(default_factory=list)
    circle_id: str = ""
    invite_code: str = ""
    first_due: date = field(default_factory=lambda: lagos_day(datetime.now(UTC)) + timedelta(days=1))

    def __enter__(self) -> Self:
        self.http = httpx.Client(base_url=self.base_url, timeout=TIMEOUT_SECONDS)
        return self

    def __exit__(self, *_error: object) -> None:
        self.http.close()

    def steps(self) -> Iterator[tuple[str, Callable[[], str]]]:
        """Titles and acts, in order."""
        yield "Three people sign up", self.sign_up
        yield "They open their verification mails", self.verify_mails
        yield "They log in and set a PIN", self.log_in
        yield f"Each deposits ₦{POT} with Paystack", self.deposit
        yield "One hosts a weekly circle of three, two join by code", self.gather
        yield "The host starts the circle", self.start
        for number in (1, 2, 3):
            yield f"Cycle {number} is collected and paid out", partial(self.turn, number)
        yield "Every balance is right to the kobo", self.check_totals
        yield "One proves a BVN with Smile ID", self.prove_identity
        yield "Links a bank account", self.link_bank
        yield f"Withdraws ₦{WITHDRAWAL}", self.withdraw

    def sign_up(self) -> str:
        """POST /auth/signup, three times."""
        telling = uuid4().hex[:8]
        self.people = [self._newcomer(first, last, telling) for first, last in NAMES]
        return ", ".join(person.email for person in self.people)

    def verify_mails(self) -> str:
        """The key in each mail, from the mailbox page, goes to POST /auth/email/verify."""
        with Sandbox(self.sandbox_url) as sandbox:
            for person in self.people:
                key = eventually(f"a mail to {person.email}", partial(_key_mailed_to, person, sandbox))
                person.post("/auth/email/verify", {"key": key})
                expect(person.get("/users/me")["is_verified"], True, f"{person.name} is verified")
        return "three mails arrived, three addresses are verified"

    def log_in(self) -> str:
        """POST /auth/login and POST /auth/pin."""
        for person in self.people:
            person.access = ""
            person.access = person.post("/auth/login", {"email": person.email, "password": person.password})["access"]
            person.post("/auth/pin", {"pin": DEMO_PIN, "password": person.password}, expected=204)
        return "three sessions, three PINs"

    def deposit(self) -> str:
        """Initialize, pay on the hosted page, and wait until webhook and worker have credited the wallet."""
        with Sandbox(self.sandbox_url) as sandbox:
            for person in self.people:
                answer = person.post("/wallet/deposit", {"amount": POT}, expected=201)
                expect(person.get("/wallet")["balance"], "0.00", f"{person.name}'s balance before paying")
                sandbox.pay(answer["authorization_url"])
        for person in self.people:
            eventually(f"{person.name}'s deposit", partial(_holds, person, POT))
        return f"each wallet holds ₦{POT}"

    def gather(self) -> str:
        """POST /circles by the host, POST /circles/join by the others."""
        host, *others = self.people
        rules = {"amount": CONTRIBUTION, "frequency": "weekly", "size": 3, "cycle_start_date": str(self.first_due)}
        circle = host.post("/circles", {"name": "Market women", **rules}, expected=201)
        self.circle_id, self.invite_code = circle["id"], circle["invite_code"]
        for person in others:
            person.post("/circles/join", {"invite_code": self.invite_code}, expected=201)
        return f"invite code {self.invite_code}, pot ₦{POT}, first due {self.first_due}"

    def start(self) -> str:
        """POST /circles/{id}/start: slots and the whole calendar are written."""
        host = self.people[0]
        circle = host.post(f"/circles/{self.circle_id}/start")
        expect(circle["status"], "scheduled", "the circle's status")
        cycles = host.get(f"/circles/{self.circle_id}/cycles")
        return "; ".join(
            f"{cycle['number']}: {cycle['due_at']} {cycle['recipient']['display_name']}" for cycle in cycles
        )

    def turn(self, number: int) -> str:
        """The beat up to the due day: contributions are collected from the wallets, the slot's holder is paid."""
        self.turn_cycles(self.first_due + WEEK * (number - 1))
        cycle = self.people[0].get(f"/circles/{self.circle_id}/cycles")[number - 1]
        expect(cycle["status"], "closed", f"cycle {number}")
        expect(cycle["collected"], POT, f"collected in cycle {number}")
        balances = ", ".join(f"{person.name} ₦{person.get('/wallet')['balance']}" for person in self.people)
        return f"{cycle['recipient']['display_name']} took ₦{POT}; now {balances}"

    def check_totals(self) -> str:
        """Completed circle, empty pot, everybody saved and received the same."""
        circle = self.people[0].get(f"/circles/{self.circle_id}")
        expect(circle["status"], "completed", "the circle's status")
        expect(circle["pot_balance"], "0.00", "the pot")
        for person in self.people:
            expect(person.get("/users/dashboard")["total_saved"], POT, f"{person.name}'s total_saved")
            wallet = person.get("/wallet")
            expect((wallet["balance"], wallet["held"]), (POT, "0.00"), f"{person.name}'s wallet")
        return f"the circle is completed, everyone saved ₦{POT} and took ₦{POT}"

    def prove_identity(self) -> str:
        """POST /users/me/kyc, then wait for the callback that the worker confirms with the provider."""
        ada = self.people[0]
        claim = {"id_type": "bvn", "id_number": _fresh_bvn(), "date_of_birth": "1990-04-02"}
        ada.post("/users/me/kyc", {**claim, "first_name": ada.first_name, "last_name": ada.last_name}, expected=202)
        eventually("the BVN check", lambda: ada.get("/users/me")["kyc_tier"] == 1)
        return f"{ada.name} is at tier 1"

    def link_bank(self) -> str:
        """POST /banks with a PIN token; the bank's answer bears the name, which fits."""
        ada = self.people[0]
        account = {"account_number": _fresh_account_number(), "bank_code": "058"}
        with Sandbox(self.sandbox_url) as sandbox:
            sandbox.open_bank_account(**account, account_name=f"{ada.first_name} {ada.last_name}".upper())
        token = ada.pin_token(DEMO_PIN, "bank_account")
        bank = ada.post("/banks", account, expected=201, X_Pin_Token=token)
        expect(bank["status"], "verified", "the bank account's status")
        return f"{bank['bank_name']} ••••{bank['account_number_last4']}, {bank['account_name']}"

    def withdraw(self) -> str:
        """POST /wallet/withdraw: held at once, settled when the transfer's webhook has been verified."""
        ada = self.people[0]
        body = {"amount": WITHDRAWAL, "bank_account_id": ada.get("/banks")[0]["id"]}
        token = ada.pin_token(DEMO_PIN, "withdraw")
        transaction = ada.post("/wallet/withdraw", body, expected=202, X_Pin_Token=token)["transaction"]
        expect(ada.get("/wallet")["balance"], LEFT_AFTER_WITHDRAWAL, "the balance right after")
        path = f"/wallet/transactions/{transaction['id']}"
        eventually("the transfer", lambda: ada.get(path)["status"] == "succeeded")
        wallet = ada.get("/wallet")
        expect((wallet["balance"], wallet["held"]), (LEFT_AFTER_WITHDRAWAL, "0.00"), "the wallet at the end")
        return f"₦{WITHDRAWAL} reached the bank, ₦{wallet['balance']} is left"

    def _newcomer(self, first: str, last: str, telling: str) -> Person:
        email = f"{first}.{telling}@story.contri.ng".lower()
        person = Person(self.http, email, DEMO_PASSWORD, first, last)
        body = {"email": email, "password": DEMO_PASSWORD, "first_name": first, "last_name": last}
        answer = person.post("/auth/signup", body, expected=201)
        person.id, person.access = answer["user"]["id"], answer["access"]
        return person


def expect(actual: Any, wanted: Any, what: str) -> None:
    """Stop the story when the server says something else than it should.

    Raises:
        StoryError: `actual` is not `wanted`.
    """
    if actual != wanted:
        raise StoryError(f"{what}: expected {wanted!r}, the server says {actual!r}")


def eventually(what: str, look: Callable[[], T | None]) -> T:
    """Look again and again until there is something true to see; workers and webhooks take their moment.

    Raises:
        StoryError: nothing within `PATIENCE_SECONDS`.
    """
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        if seen := look():
            return seen
        time.sleep(POLL_SECONDS)
    raise StoryError(f"{what} did not come within {PATIENCE_SECONDS:.0f} s")


def _holds(person: Person, balance: str) -> bool:
    return bool(person.get("/wallet")["balance"] == balance)


def _key_mailed_to(person: Person, sandbox: Sandbox) -> str | None:
    """The verification key that the newest mail to `person` links to."""
    mails = sandbox.mails_to(person.email)
    links: list[str] = mails[0]["links"] if mails else []
    keys = [key for link in links for key in parse_qs(urlsplit(link).query).get("key", [])]
    return keys[0] if keys else None


def _fresh_bvn() -> str:
    """Eleven digits nobody else in this database has; 22 begins every real BVN."""
    return f"22{uuid4().int % 10**9:09d}"


def _fresh_account_number() -> str:
    return f"30{uuid4().int % 10**8:08d}"
