"""Does an answer, or its time, tell whether an address has an account?

Each door that takes an address from somebody who is not signed in is asked about people we have and about people we do
not have, in turn, each address once. The clock runs from the request to the answer, with nothing but our own code and
PostgreSQL between them.
"""

import json
import math
import re
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password
from django.test import Client

from accounts.models import User

WRONG = "not-their-password-1"
# Below this nobody measures anything over a network, whatever they repeat.
NEGLIGIBLE_MS = 0.25
CSRF = re.compile(r'name="csrfmiddlewaretoken" value="[^"]*"')


@dataclass(frozen=True, slots=True)
class Door:
    """One way to ask about an address."""

    name: str
    ask: Callable[[Client, str, str], Any]


@dataclass(frozen=True, slots=True)
class Measured:
    """Milliseconds for known and unknown addresses, and every answer that was given."""

    name: str
    known: list[float]
    unknown: list[float]
    answers: set[str]

    @property
    def difference(self) -> float:
        """Of the medians; positive where known addresses take longer."""
        return statistics.median(self.known) - statistics.median(self.unknown)

    @property
    def noise(self) -> float:
        """Two standard errors of that difference, estimated from the middle halves."""
        return 2 * math.sqrt(_squared_error(self.known) + _squared_error(self.unknown))

    @property
    def tells(self) -> bool:
        """Whether somebody could learn from it who has an account."""
        return len(self.answers) != 1 or abs(self.difference) > max(self.noise, NEGLIGIBLE_MS)


def json_door(path: str, **more: str) -> Callable[[Client, str, str], Any]:
    """A route of the API."""

    def ask(client: Client, email: str, address: str) -> Any:
        body = json.dumps({"email": email, **more})
        return client.post(f"/api/v1{path}", body, content_type="application/json", REMOTE_ADDR=address)

    return ask


def form_door(**more: str) -> Callable[[Client, str, str], Any]:
    """The page that closes accounts."""

    def ask(client: Client, email: str, address: str) -> Any:
        return client.post("/close-account", {"email": email, **more}, REMOTE_ADDR=address)

    return ask


DOORS = (
    Door("log in with a wrong password", json_door("/auth/login", password=WRONG)),
    Door("forget the password", json_door("/auth/password/forgot")),
    Door("ask for another verification mail", json_door("/auth/email/resend")),
    Door("close the account with a wrong password", form_door(password=WRONG)),
    Door("have a closing link mailed", form_door()),
)


def people(count: int) -> list[str]:
    """Make `count` people who wait for verification, and return their addresses. One hash serves them all."""
    password = make_password("Ajo-with-friends-1")
    made = [
        User(email=f"known{number}@example.ng", first_name="Ada", last_name="Obi", password=password)
        for number in range(count)
    ]
    User.objects.bulk_create(made)
    EmailAddress.objects.bulk_create([EmailAddress(user=user, email=user.email, primary=True) for user in made])
    return [user.email for user in made]


def measure(door: Door, known: list[str]) -> Measured:
    """Ask about each of `known` and about as many strangers, in turn."""
    client = Client()
    measured = Measured(door.name, [], [], set())
    for number, email in enumerate(known):
        # Each from an address of its own, so that no limit is met; the first of each pair changes.
        pair = [(email, measured.known), (f"stranger{number}@example.ng", measured.unknown)]
        for turn, (asked, times) in enumerate(pair if number % 2 else pair[::-1]):
            began = time.perf_counter()
            answer = door.ask(client, asked, f"10.{turn}.{number // 250}.{number % 250}")
            times.append((time.perf_counter() - began) * 1000)
            measured.answers.add(told(answer, asked))
    return measured


def told(answer: Any, email: str) -> str:
    """An answer without what differs in every one: the request's id, the form's token and the address itself."""
    body = CSRF.sub("", answer.content.decode())
    for varying in (answer.headers["X-Request-ID"], email):
        body = body.replace(varying, "")
    return f"{answer.status_code} {body}"


def _squared_error(times: list[float]) -> float:
    first, _, third = statistics.quantiles(times, n=4)
    deviation = (third - first) / 1.349
    return (1.253 * deviation) ** 2 / len(times)
