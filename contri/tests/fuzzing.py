"""What schemathesis makes of the schema, sent by people of the cast, and the answers held against the schema again."""

from collections import Counter
from contextlib import ExitStack
from random import Random
from typing import Any
from zlib import crc32

from django.core.cache import cache
from django.db import DatabaseError, connection, transaction
from schemathesis import Case, Response
from schemathesis.core.failures import Failure, FailureGroup
from schemathesis.generation.stateful.state_machine import APIStateMachine
from schemathesis.schemas import BaseSchema
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from contri.tests.casting import ROWS, Cast, Row, undone
from contri.tests.taken import shape
from contri.tests.things import picture

AnyCase = Case[Any]

CHECKS = [
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
# Mostly people for whom there is something to find.
CALLERS = ("member", "member", "host", "host", "host", "stranger", "ex-member")
# How often a call gets what lets it past its doors: an id that is there, a field as it should be, a token, a key.
OFTEN = 0.85


ROW_OF: dict[tuple[str, tuple[str, ...]], Row] = {(row.call.method, shape(row.call.route)): row for row in ROWS}


class Fuzzer:
    """Makes calls and remembers what was wrong with their answers, by call and fault."""

    def __init__(self, cast: Cast):
        self._cast = cast
        self.found: dict[tuple[str, str], str] = {}
        self.answers: Counter[tuple[str, int]] = Counter()

    def try_alone(self, case: AnyCase) -> None:
        """One call, of which nothing remains."""
        with undone():
            self.dress(case)
            self.look(case, case.call())

    def dress(self, case: AnyCase, number: int = 0, known: str = "") -> None:
        """Put somebody's name to a call, and what is theirs into it, but for the ids that earlier answers gave.

        The same call, as the `number`th of a life, is always made in the same way.
        """
        cache.clear()
        chance = Random(crc32(repr((case.method, case.path, case.body, case.query, number)).encode("utf-8", "replace")))
        row = ROW_OF[case.method.lower(), shape(case.path)]
        _fill_address(case, row.address(self._cast.things.in_circle(row.circle)), chance, known)
        if isinstance(case.body, dict):
            _fill_body(case.body, row.sent(self._cast.things.in_circle(row.circle)), chance)
        case.headers.update(self._headers(chance, number))

    def _headers(self, chance: Random, number: int) -> dict[str, str]:
        usual = self._cast.headers_of(chance.choice(CALLERS), f"fuzz-{number}")
        return {name: value for name, value in usual.items() if chance.random() < OFTEN or name == "X-Caller"}

    def look(self, case: AnyCase, response: Response) -> None:
        """Hold an answer against the schema, and let the database check what it leaves for the commit."""
        call = f"{case.method} {case.path}"
        self.answers[call, response.status_code] += 1
        for fault in (*_faults(case, response), *_faults_at_commit()):
            sent = f"{case.path_parameters} {case.query} {case.body!r}"
            self.found.setdefault((call, fault), f"{sent[:500]} -> {response.status_code} {response.content[:500]!r}")


def _fill_address(case: AnyCase, address: str, chance: Random, known: str) -> None:
    parts = zip(case.path.split("/"), address.split("/"), strict=True)
    for name, value in ((name.strip("{}"), value) for name, value in parts if name.startswith("{")):
        if str(case.path_parameters.get(name)) not in known and chance.random() < OFTEN:
            case.path_parameters[name] = value


def _fill_body(body: dict[str, Any], usual: dict[str, Any], chance: Random) -> None:
    if chance.random() > OFTEN:
        return
    for name, value in usual.items():
        if chance.random() < OFTEN:
            body[name] = picture() if name == "image" else value


def _faults(case: AnyCase, response: Response) -> list[str]:
    is_problem = "application/problem+json" in (response.headers.get("content-type") or [""])[0]
    if response.status_code == 500 or (response.status_code > 500 and not is_problem):
        return [f"{response.status_code}"]
    try:
        case.validate_response(response, checks=CHECKS)
    except FailureGroup as group:
        return [str(fault) for fault in group.exceptions]
    except Failure as fault:
        return [str(fault)]
    return []


def _faults_at_commit() -> list[str]:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    except DatabaseError as fault:
        return [f"at the commit: {fault}"]
    return []


def life_of(schema: BaseSchema, fuzzer: Fuzzer) -> type[APIStateMachine]:
    """Calls after each other, along the links from what one answers to what another takes; nothing remains of them."""

    class Life(schema.as_state_machine()):  # type: ignore[misc]
        """What one answer names, the next calls use."""

        def setup(self) -> None:
            self._end = ExitStack()
            self._end.enter_context(undone())
            self._known: list[str] = []

        def before_call(self, case: AnyCase) -> None:
            fuzzer.dress(case, len(self._known), " ".join(self._known))

        def after_call(self, response: Response, case: AnyCase) -> None:
            super().after_call(response, case)
            self._known.append(response.content.decode("utf-8", "replace"))

        def validate_response(self, response: Response, case: AnyCase, *_more: Any, **_options: Any) -> None:
            fuzzer.look(case, response)

        def teardown(self) -> None:
            self._end.close()

    return Life
