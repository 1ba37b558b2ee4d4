"""What must have one winner, raced for over HTTP.

`python -m contri.local env -- python -m benchmarks.live_races [--rounds 30]`, against a whole Contri as `make run`
starts it, with threads that call at the same instant. Exits with 1 when one race does not hold.
"""

import argparse
import json
import os
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import partial
from threading import Barrier
from typing import Any
from uuid import uuid4

import httpx
from rich.console import Console

from contri.demo.client import Person
from contri.demo.people import DEMO_PASSWORD, DEMO_PIN
from contri.demo.story import Story
from contri.tests.live import LiveContri, live_contri

WRONG_PIN = "914736"
TIMEOUT_SECONDS = 120.0
AGED = "from accounts.models import PinToken; PinToken.objects.update(expires_at='2020-01-01T00:00:00Z')"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was raced for, and whether it held."""

    name: str
    told: str
    holds: bool


class Races:
    """Three people with money and PINs, and as many more as want a seat."""

    def __init__(self, live: LiveContri, story: Story, http: httpx.Client) -> None:
        self._live, self._http = live, http
        self._ada, self._bola, self._chidi = story.people

    def run(self, *, rounds: int, callers: int, guesses: int, seekers: int) -> Iterator[Outcome]:
        """One after the other."""
        yield self._one_key(callers)
        yield self._one_refresh_token(rounds)
        yield self._one_pin_token(callers // 2)
        yield self._pin_tokens_of_no_use()
        yield self._one_seat(min(rounds, 10), seekers)
        yield self._guesses(guesses)
        yield self._books()

    def _one_key(self, callers: int) -> Outcome:
        before, key, proof = self._ada.get("/wallet")["balance"], str(uuid4()), self._proof(self._ada)
        answers = at_once(callers, lambda: self._send(self._ada, proof, key))
        bodies = {answer.content for answer in answers}
        moved = _kobo(before) - _kobo(self._ada.get("/wallet")["balance"])
        told = f"{len(bodies)} answer, {_codes(answers)}; ₦{moved / 100:.2f} moved"
        return Outcome(f"one Idempotency-Key, {callers} at once", told, (len(bodies), moved) == (1, 100))

    def _one_refresh_token(self, rounds: int) -> Outcome:
        body = {"email": self._chidi.email, "password": DEMO_PASSWORD}
        token, good = self._http.post("/api/v1/auth/login", json=body).json()["refresh"], 0
        for _ in range(rounds):
            trade = partial(self._http.post, "/api/v1/auth/refresh", json={"refresh": token})
            answers = at_once(8, trade)
            pairs = {(answer.status_code, answer.content) for answer in answers}
            good += len(pairs) == 1 and answers[0].status_code == 200
            token = answers[0].json()["refresh"]
        return Outcome("one refresh token, 8 at once", f"one pair in {good} of {rounds} rounds", good == rounds)

    def _one_pin_token(self, callers: int) -> Outcome:
        proof = self._proof(self._bola)
        answers = at_once(callers, lambda: self._send(self._bola, proof, str(uuid4())))
        done = sum(answer.status_code == 201 for answer in answers)
        return Outcome(f"one PIN token, {callers} transfers at once", _codes(answers), done == 1)

    def _pin_tokens_of_no_use(self) -> Outcome:
        """Used, somebody else's, for something else, altered, expired."""
        used, mine = self._proof(self._ada), self._proof(self._ada)
        self._send(self._ada, used, str(uuid4()))
        tried = {
            "used": (self._ada, used),
            "another's": (self._bola, mine),
            "for withdrawing": (self._ada, self._ada.pin_token(DEMO_PIN, "withdraw")),
            "altered": (self._ada, mine[:-1] + ("a" if mine[-1] != "a" else "b")),
        }
        answers = {name: self._send(who, proof, str(uuid4())) for name, (who, proof) in tried.items()}
        self._live.manage("shell", "-c", AGED)
        answers["expired"] = self._send(self._ada, mine, str(uuid4()))
        codes = {name: answer.json()["code"] for name, answer in answers.items()}
        return Outcome("PIN tokens of no use", json.dumps(codes), set(codes.values()) == {"pin_token_invalid"})

    def _one_seat(self, rounds: int, seekers: int) -> Outcome:
        crowd, good, codes = [self._newcomer(number) for number in range(seekers)], 0, Counter[str]()
        for _ in range(rounds):
            circle = self._ada.post("/circles", {"name": "One seat", **_rules()}, expected=201)
            answers = at_once(seekers, partial(self._next_joins, iter(crowd), circle["invite_code"]))
            taken = self._ada.get(f"/circles/{circle['id']}")["seats_taken"]
            good += (sum(answer.status_code == 201 for answer in answers), taken) == (1, 2)
            codes.update(_code(answer) for answer in answers)
        told = f"one sat down in {good} of {rounds} rounds: {dict(codes)}"
        return Outcome(
            f"the last seat, {seekers} at once", told, good == rounds and set(codes) <= {"201", "circle_full"}
        )

    def _guesses(self, guesses: int) -> Outcome:
        answers = at_once(
            guesses, lambda: self._call(self._chidi, "/auth/pin/verify", {"pin": WRONG_PIN, "purpose": "transfer"})
        )
        codes = Counter(_code(answer) for answer in answers)
        # All of them wait for one row: whoever waits too long is turned away unheard (503), which is no guess either.
        holds = codes["pin_incorrect"] <= 5 and set(codes) <= {"pin_incorrect", "pin_locked", "service_unavailable"}
        return Outcome(f"{guesses} guesses at a PIN at once", str(dict(codes)), holds)

    def _books(self) -> Outcome:
        audit = self._live.manage("audit_ledger", "--json")
        findings = json.loads(audit.stdout)["findings"]
        return Outcome("the books afterwards", f"{len(findings)} findings", not findings)

    def _proof(self, who: Person) -> str:
        return who.pin_token(DEMO_PIN, "transfer")

    def _send(self, who: Person, proof: str, key: str) -> httpx.Response:
        to = self._bola if who is self._ada else self._ada
        body = {"recipient_email": to.email, "amount": "1.00"}
        return self._call(who, "/wallet/transfer", body, {"X-Pin-Token": proof, "Idempotency-Key": key})

    def _next_joins(self, waiting: Iterator[Person], code: str) -> httpx.Response:
        return self._call(next(waiting), "/circles/join", {"invite_code": code})

    def _call(
        self, who: Person, path: str, body: Mapping[str, Any], headers: Mapping[str, str] | None = None
    ) -> httpx.Response:
        own = {"Authorization": f"Bearer {who.access}", **(headers or {})}
        return self._http.post(f"/api/v1{path}", json=dict(body), headers=own)

    def _newcomer(self, number: int) -> Person:
        person = Person(self._http, f"seeker{number}-{uuid4().hex[:8]}@example.ng", DEMO_PASSWORD, "Efe", "Ojo")
        names = {"first_name": person.first_name, "last_name": person.last_name}
        answer = person.post(
            "/auth/signup", {"email": person.email, "password": person.password, **names}, expected=201
        )
        person.access = answer["access"]
        return person


def at_once(count: int, act: Callable[[], httpx.Response]) -> list[httpx.Response]:
    """What `count` threads were answered that called together."""
    barrier = Barrier(count, timeout=TIMEOUT_SECONDS)

    def run(_: int) -> httpx.Response:
        barrier.wait()
        return act()

    with ThreadPoolExecutor(count) as threads:
        return list(threads.map(run, range(count)))


@contextmanager
def races(live: LiveContri) -> Iterator[Races]:
    """The people, signed up and with money."""

    def turn_cycles(_day: date) -> None:
        raise RuntimeError("nobody races for a turn of a circle: no cycle is turned here")

    with (
        Story(live.base_url, live.sandbox_url, turn_cycles) as story,
        httpx.Client(
            base_url=live.base_url, timeout=TIMEOUT_SECONDS, limits=httpx.Limits(max_connections=None)
        ) as http,
    ):
        story.sign_up()
        story.log_in()
        story.deposit()
        yield Races(live, story, http)


def _rules() -> dict[str, Any]:
    first_due = datetime.now(UTC).date() + timedelta(days=20)
    return {"amount": "100.00", "frequency": "weekly", "size": 2, "cycle_start_date": str(first_due)}


def _code(answer: httpx.Response) -> str:
    return str(answer.json().get("code", answer.status_code) if answer.is_error else answer.status_code)


def _codes(answers: list[httpx.Response]) -> str:
    return str(dict(Counter(map(_code, answers))))


def _kobo(naira: str) -> int:
    return int(naira.replace(".", ""))


def main() -> int:
    """Race and tell; 1 when something does not hold."""
    parser = argparse.ArgumentParser(prog="benchmarks.live_races", description=__doc__)
    parser.add_argument("--rounds", type=int, default=30, help="rounds of each race that has rounds")
    rounds = parser.parse_args().rounds
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "contri.settings")
    console, holds = Console(), True
    with live_contri() as live, races(live) as all_of_them:
        for outcome in all_of_them.run(rounds=rounds, callers=100, guesses=200, seekers=8):
            told = f"{'holds' if outcome.holds else 'BROKEN'}  {outcome.name}: {outcome.told}"
            console.print(told, highlight=False, soft_wrap=True)
            holds &= outcome.holds
    return int(not holds)


if __name__ == "__main__":
    raise SystemExit(main())
