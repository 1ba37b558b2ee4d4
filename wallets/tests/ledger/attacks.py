"""Raw SQL against the ledger, as somebody at a psql prompt would write it."""

from contextlib import contextmanager
from typing import Any
from uuid import UUID

import psycopg
import pytest
from django.db import DatabaseError, connection, transaction

from contri.core.models import uuid7


def sql(statement: str, *parameters: Any) -> list[tuple[object, ...]]:
    """Run one statement; its rows, if it has any."""
    with connection.cursor() as cursor:
        cursor.execute(statement, list(parameters) or None)
        return cursor.fetchall() if cursor.description else []


@contextmanager
def refused_by(guard: str):
    """What happens inside must be refused by the constraint, trigger or SQLSTATE of this name, and by nothing else."""
    with pytest.raises(DatabaseError) as caught, transaction.atomic():  # noqa: PT012 - what is tried is the caller's
        yield
        # Foreign keys and the like that wait for the commit.
        sql("SET CONSTRAINTS ALL IMMEDIATE")
    cause = caught.value.__cause__
    assert isinstance(cause, psycopg.Error)
    named = {cause.sqlstate, cause.diag.constraint_name, _trigger_of(cause)}
    assert guard in named, f"refused by {named}: {cause}"


def _trigger_of(cause) -> str | None:
    """The guards' own triggers name themselves by their function's argument; see ledger_refuse."""
    if cause.sqlstate != "LG007":
        return None
    message = cause.diag.message_primary.partition(": ")[2]
    [name] = {row[0] for row in sql("SELECT tgname FROM pg_trigger WHERE tgargs = %s::bytea", message.encode() + b"\0")}
    return str(name)


def new_journal(*, key: str = "") -> UUID:
    journal = uuid7()
    sql(
        "INSERT INTO ledger_journal (id, scope, key, source, source_id, fingerprint)"
        " VALUES (%s, 'attack', %s, 'attack', %s, '')",
        *(journal, key or str(journal), UUID(int=7)),
    )
    return journal


def insert_transfer(debit: UUID, credit: UUID, amount: int, **columns: Any) -> UUID:
    """A plain INSERT of one transfer into a journal of its own."""
    values: dict[str, Any] = {
        "id": uuid7(),
        "journal_id": columns.pop("journal_id", None) or new_journal(),
        "debit_account_id": debit,
        "credit_account_id": credit,
        "amount": amount,
        "kind": "attack",
    } | columns
    places = ", ".join(["%s"] * len(values))
    statement = f"INSERT INTO ledger_transfer ({', '.join(values)}) VALUES ({places})"  # noqa: S608 - our own names
    sql(statement, *values.values())
    return UUID(str(values["id"]))
