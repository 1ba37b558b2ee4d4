"""The calls of the role matrix, made by each role, of which nothing remains but the answer."""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from string import Template
from typing import Any
from unittest.mock import patch

from argon2 import PasswordHasher
from django.contrib.auth.models import Group
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import override_settings
from rest_framework.test import APIClient

from accounts.models import User
from accounts.tests.factories import PIN
from circles.tests.world import person
from contri.tests.role_matrix import MATRIX
from contri.tests.routes import Call
from contri.tests.things import Things, picture

NOWHERE = "019ac3c0-1111-7222-8333-000000000000"
ROLES = ("anonymous", "stranger", "ex-member", "member", "host")
GROUPS = {"support": "support", "finance": "finance maker"}
STAFF = (*GROUPS, "superuser")
REFUSED = 400
ASK_FOR_A_PIN = ("banks", "wallet/")
# What a hole means where its name does not say it: whose bank account, whose card, who waits to be let in.
HOLES = {
    ("circles/<uuid:circle_id>/members/<uuid:membership_id>/approve", "membership_id"): "applicant_id",
    ("banks/<uuid:pk>", "pk"): "bank_id",
    ("banks/<uuid:pk>/primary", "pk"): "bank_id",
    ("cards/<uuid:pk>", "pk"): "card_id",
    ("cards/<uuid:pk>/default", "pk"): "card_id",
    ("wallet/transactions/<uuid:pk>", "pk"): "line_id",
    ("circles/handovers/<str:code>", "code"): "place",
    ("circles/handovers/<str:code>/take", "code"): "place",
}


@dataclass(frozen=True, eq=False)
class Row:
    """What one call is sent, where, and what each role is answered."""

    call: Call
    told: dict[str, int]
    circle: str
    body: str

    @property
    def is_form(self) -> bool:
        """Whether it is sent as a form, for the picture in it."""
        return '"image"' in self.body

    @property
    def whoever_may(self) -> str:
        """A role that the call really does something for."""
        return next((who for who in ("member", "host", "stranger") if self.told[who] < REFUSED), "member")

    def address(self, ids: Mapping[str, str]) -> str:
        """Where it is sent; a hole that `ids` have nothing for is filled with an id that nobody has."""
        return "/api/v1/" + "/".join(_filled(part, self.call, ids) for part in self.call.route.split("/"))

    def sent(self, ids: Mapping[str, str]) -> Any:
        """Its body; with an image in it, it is sent as a form."""
        body = json.loads(Template(self.body).safe_substitute(ids))
        return body | {"image": SimpleUploadedFile("stall.png", picture())} if self.is_form else body


def _filled(part: str, call: Call, ids: Mapping[str, str]) -> str:
    if not part.startswith("<"):
        return part
    name = part.strip("<>").partition(":")[2]
    return ids.get(HOLES.get((call.route, name), name), NOWHERE)


def rows_of(matrix: str) -> Iterator[Row]:
    """The rows of a table: a line each, and the body beneath it, indented."""
    for chunk in re.split(r"\n(?=\S)", matrix.strip()):
        line, _, body = chunk.partition("\n")
        method, route, circle, *statuses = line.split()
        yield Row(Call(route, method), dict(zip(ROLES, map(int, statuses), strict=True)), circle, body.strip() or "{}")


ROWS = list(rows_of(MATRIX))


class Cast:
    """Everybody, each with a telephone that is signed in."""

    def __init__(self, things: Things, signed_in: Callable[[User], APIClient], pin_token: Callable[[User], str]):
        self.things = things
        self._people: dict[str, User] = {
            "stranger": _with_money(),
            "ex-member": things.former,
            "member": things.member,
            "host": things.host,
            "host elsewhere": things.elsewhere,
            "superuser": _with_money(is_staff=True, is_superuser=True),
            **{role: _clerk(group) for role, group in GROUPS.items()},
        }
        self._phones = {who: signed_in(person) for who, person in self._people.items()} | {"anonymous": APIClient()}
        self._pin_token = pin_token

    def told(self, who: str, row: Row, *, at: Mapping[str, str] | None = None) -> tuple[int, bytes, dict[str, str]]:
        """Status, body and headers of a call, of which nothing remains but that; `at` other things than the row's."""
        with self.calling(who, row, at=at) as response:
            return response.status_code, response.getvalue(), dict(response.headers)

    def headers_of(self, who: str, key: str) -> dict[str, str]:
        """What somebody's phone sends with a call that moves money; their access token as `X-Caller`."""
        person = self._people[who]
        token: str = self._phones[who]._credentials["HTTP_AUTHORIZATION"]  # type: ignore[attr-defined]
        return {"X-Caller": token, "Idempotency-Key": key, "X-Pin-Token": self._pin_token(person)}

    def calling(
        self, who: str, row: Row, *, at: Mapping[str, str] | None = None, besides: Mapping[str, Any] | None = None
    ) -> AbstractContextManager[Any]:
        """Make a call, with more in its body perhaps."""
        ids = self.things.in_circle(row.circle)
        body = row.sent(ids)
        # A form has no place for what is nested.
        more = {name: str(value) if row.is_form else value for name, value in (besides or {}).items()}
        return self.sending(who, row, more | body, to=row.address(ids if at is None else at))

    @contextmanager
    def sending(
        self, who: str, row: Row, body: Any, *, to: str, headers: Mapping[str, str] | None = None
    ) -> Iterator[Any]:
        """Send anything; what it did can be seen until the end of the block, and nothing of it remains."""
        usual = {"Idempotency-Key": "role-matrix", "X-Request-ID": "role-matrix-request"}
        kind = {"content_type": "application/json"}
        if isinstance(body, dict):
            kind = {"format": "multipart" if row.is_form else "json"}
        cache.clear()
        with undone():
            if who in self._people and row.call.route.startswith(ASK_FOR_A_PIN):
                usual["X-Pin-Token"] = self._pin_token(self._people[who])
            send = getattr(self._phones[who], row.call.method)
            response = send(to, body, headers=usual | dict(headers or {}), **kind)
            yield response
            # A file is closed by whoever has read it.
            response.getvalue()


@contextmanager
def cheap_hashes() -> Iterator[None]:
    """Passwords and PINs that nobody steals here need not cost a thief anything."""
    hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    hashers = ["accounts.tests.hashers.CheapArgon2"]
    with override_settings(PASSWORD_HASHERS=hashers), patch("accounts.pin_hashing._HASHER", hasher):
        yield


def _with_money(**kind: Any) -> User:
    return person("90000.00", pin=PIN, tier=3, **kind)


def _clerk(group: str) -> User:
    clerk = _with_money(is_staff=True)
    clerk.groups.add(Group.objects.get(name=group))
    return clerk


@contextmanager
def undone() -> Iterator[None]:
    """Whatever is done in here is taken back. A savepoint of Django's own would keep durable verbs from running."""
    savepoint = transaction.savepoint()
    try:
        yield
    finally:
        transaction.set_rollback(False)
        transaction.savepoint_rollback(savepoint)
