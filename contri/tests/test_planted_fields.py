"""Whatever else a body says, only what a route takes counts.

Each call that writes is made as it should be, and again with every name that any answer or table of Contri has, planted
beside the fields that the route takes: ids, owners, balances, states, moments, powers. The answer and every row of the
database must come out the same; and nothing that was planted may be found anywhere in them.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, models
from drf_spectacular.generators import SchemaGenerator

from contri.tests.casting import ROWS, Cast, Row
from contri.tests.taken import taken_by

pytestmark = pytest.mark.django_db

Rows = dict[str, list[dict[str, Any]]]
WRITES = ("post", "put", "patch", "delete")
# Found again wherever they get to.
PLANTED: dict[str, Any] = {
    "string": "planted-5f3a",
    "integer": 987_654_321,
    "number": 987_654_321,
    "uuid": "0badc0de-0bad-7bad-8bad-0badc0de0bad",
    "date": "2001-02-03",
    "date-time": "2001-02-03T04:05:06Z",
    "boolean": True,
    "array": ["planted-5f3a"],
    "object": {"planted-5f3a": "planted-5f3a"},
}
TRACES = ("planted-5f3a", "987654321", "0badc0de", "2001-02-03")
TYPES: tuple[tuple[type, str], ...] = (
    (models.BooleanField, "boolean"),
    (models.UUIDField, "uuid"),
    (models.ForeignKey, "uuid"),
    (models.DateTimeField, "date-time"),
    (models.DateField, "date"),
    (models.IntegerField, "integer"),
    (models.JSONField, "object"),
)
MANY_NAMES = 400
# Kept to tell one body from another, which these are.
KNOWS_THE_BODY = "fingerprint"


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    made: dict[str, Any] = SchemaGenerator().get_schema(public=True)
    return made


def every_name(schema: dict[str, Any]) -> dict[str, Any]:
    """What to plant, by each name that an answer or a table has."""
    of_tables = {
        name: PLANTED[next((type_ for kind, type_ in TYPES if isinstance(field, kind)), "string")]
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        for name in (field.name, field.attname)
    }
    of_answers = {
        name: PLANTED[_type_of(field)]
        for component in schema["components"]["schemas"].values()
        for name, field in component.get("properties", {}).items()
    }
    return of_tables | of_answers


def _type_of(field: dict[str, Any]) -> str:
    kinds = [field.get("format"), field.get("type")]
    return next((kind for kind in kinds if isinstance(kind, str) and kind in PLANTED), "string")


def everything_kept() -> Counter[tuple[str, str]]:
    """Every row of every table."""
    with connection.cursor() as cursor:
        tables = connection.introspection.table_names(cursor)
        each = [f"SELECT '{table}', to_jsonb(t)::text FROM \"{table}\" t" for table in tables]  # noqa: S608 - our own
        cursor.execute(" UNION ALL ".join(each))
        return Counter(cursor.fetchall())


def changed_since(before: Counter[tuple[str, str]]) -> Rows:
    """Rows that came, and those that went; a row that is another now has done both."""
    now, changed = everything_kept(), defaultdict(list)
    for is_here, rows in ((True, now - before), (False, before - now)):
        for table, row in rows.elements():
            values = {name: value for name, value in json.loads(row).items() if KNOWS_THE_BODY not in name}
            changed[table].append(values | {"is here": is_here})
    return changed


def without(kept: Rows, fleeting: set[tuple[str, str]]) -> dict[str, list[str]]:
    """The rows but for the columns that are others each time, in an order of their own."""
    return {
        table: sorted(
            json.dumps({name: value for name, value in row.items() if (table, name) not in fleeting}) for row in rows
        )
        for table, rows in kept.items()
    }


def fleeting_columns(once: Rows, again: Rows) -> set[tuple[str, str]]:
    """Columns that come out otherwise when the same is done again: ids, moments, what is encrypted."""
    return {
        (table, name)
        for table, rows in once.items()
        for name in (rows[0] if rows else ())
        if sorted(json.dumps(row[name]) for row in rows)
        != sorted(json.dumps(row[name]) for row in again.get(table, ()))
    }


def lines_of(answer: Any) -> dict[str, str]:
    """An answer's values by where they are."""
    if "json" not in answer.headers.get("Content-Type", ""):
        return {"": str(answer.status_code)}
    return dict(_leaves(json.loads(answer.content or b"null"), "")) | {"": str(answer.status_code)}


def _leaves(value: Any, where: str) -> Iterator[tuple[str, str]]:
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, part in parts:
        yield from _leaves(part, f"{where}.{name}")
    if not isinstance(value, dict | list):
        yield where, json.dumps(value)


def changed_by(cast: Cast, row: Row, besides: dict[str, Any], at_first: Counter[tuple[str, str]]) -> list[str]:
    """What is not as it would be without what was planted `besides`."""
    outcomes = []
    for planted in ({}, {}, besides):
        with cast.calling(row.whoever_may, row, besides=planted) as answer:
            outcomes.append((lines_of(answer), changed_since(at_first)))
    (told, kept), (told_again, kept_again), (told_planted, kept_planted) = outcomes
    fleeting = fleeting_columns(kept, kept_again)
    before, after = without(kept, fleeting), without(kept_planted, fleeting)
    steady = {where: value for where, value in told.items() if told_again.get(where) == value}
    found = [table for table in before | after if before.get(table) != after.get(table)]
    found += [where for where, value in steady.items() if told_planted.get(where) != value]
    everything = json.dumps(kept_planted) + json.dumps(told_planted)
    return found + [trace for trace in TRACES if trace in everything]


WRITING = [row for row in ROWS if row.call.method in WRITES and row.call.route.partition("/")[0] != "webhooks"]


def test_no_field_that_a_route_does_not_take_changes_anything(cast, schema):
    names, at_first = every_name(schema), everything_kept()
    changed = {}
    for row in WRITING:
        taken = taken_by(row, schema)
        besides = {name: value for name, value in names.items() if name not in taken}
        if found := changed_by(cast, row, besides, at_first):
            changed[row.call] = found

    assert changed == {}
    assert len(names) > MANY_NAMES
