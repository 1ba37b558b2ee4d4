"""`check --database default --deploy`: is the database still the one whose rules the migrations wrote?

Compares the triggers, functions and constraints of the ledger, the guards of the audit trail and of what takes two
people, and the run-time role's rights with what they should be: a guard that somebody switched off "for a moment"
shows at the next deployment.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from django.apps import AppConfig
from django.core import checks
from django.core.checks import CheckMessage, Error, Tags
from django.db import connections, models

from wallets.models import ledger as tables
from wallets.services.runtime_role import RUNTIME_ROLE

_SQL = Path(__file__).resolve().parent / "sql"
# In the order of their migrations: a later file may replace a function of an earlier one.
_FILES = (
    *("accounts.sql", "move.sql", "fold.sql", "guards.sql", "post.sql", "audit.sql", "owed.sql", "transfer.sql"),
    *("two_people.sql", "staff_money.sql"),
)
# Guards of lower apps that money relies on: who did what, and what takes two people.
_LOWER_TRIGGERS = {
    "audit_append_only",
    "audit_waits_for_chain",
    "audit_link_append_only",
    "staff_request_guarded",
    "tier_rule_as_decided",
    "tier_rule_changes_as_decided",
    "tier_rule_stays",
}
_TABLES: tuple[type[models.Model], ...] = (
    tables.LedgerAccount,
    tables.LedgerJournal,
    tables.LedgerRefusal,
    tables.LedgerTransfer,
    tables.LedgerUnfolded,
    tables.LedgerSeal,
)
# What the run-time role may do to whole tables; `grants.sql` adds single columns.
_TABLE_RIGHTS = {
    "ledger_account": {"SELECT"},
    "ledger_journal": {"SELECT"},
    "ledger_refusal": {"SELECT", "INSERT"},
    "ledger_transfer": {"SELECT"},
    "ledger_unfolded": {"SELECT", "DELETE"},
    "ledger_seal": {"SELECT"},
    "django_admin_log": {"SELECT", "INSERT"},
    "audit_link": {"SELECT", "INSERT"},
    "staff_request": {"SELECT", "INSERT"},
}
# And the only columns of these tables that it may ever change.
_CHANGEABLE = {
    ("ledger_account", "status"),
    *(("staff_request", column) for column in ("status", "decided_by_id", "decided_reason", "decided_at")),
}


def register() -> None:
    """Make Django run the check; called in `AppConfig.ready()`."""
    checks.register(check_ledger_guards, Tags.database, deploy=True)


def check_ledger_guards(
    app_configs: Sequence[AppConfig] | None, databases: Sequence[str] | None = None, **_: Any
) -> list[CheckMessage]:
    """Every guard in place and unchanged, the run-time role with its rights and no more."""
    if "default" not in (databases or ()):
        return []
    return [*_missing_triggers(), *_changed_functions(), *_missing_constraints(), *_wrong_rights(), *_wrong_login()]


def _missing_triggers() -> Iterator[CheckMessage]:
    created = re.compile(r"^CREATE (?:CONSTRAINT )?TRIGGER (\w+)", re.MULTILINE)
    expected = {name for text in _sources() for name in created.findall(text)} | _LOWER_TRIGGERS
    active = {name for (name,) in _rows("SELECT tgname FROM pg_trigger WHERE tgenabled IN ('O', 'A')")}
    for name in sorted(expected - active):
        yield Error(f"The trigger {name} is missing or switched off.", id="wallets.E001")


def _changed_functions() -> Iterator[CheckMessage]:
    expected = {
        name: body
        for text in _sources()
        for name, body in re.findall(
            r"^CREATE (?:OR REPLACE )?FUNCTION (\w+)\(.*?AS \$\$(.*?)\$\$", text, re.MULTILINE | re.DOTALL
        )
    }
    bodies = dict(_rows("SELECT proname, prosrc FROM pg_proc WHERE proname = ANY (%s)", list(expected)))
    for name in sorted(name for name, body in expected.items() if bodies.get(name) != body):
        yield Error(f"The ledger's function {name} is not the one in wallets/sql.", id="wallets.E002")


def _missing_constraints() -> Iterator[CheckMessage]:
    expected = {constraint.name for table in _TABLES for constraint in table._meta.constraints}
    present = {name for (name,) in _rows("SELECT conname FROM pg_constraint WHERE convalidated")}
    present |= {name for (name,) in _rows("SELECT relname FROM pg_class c JOIN pg_index i ON i.indexrelid = c.oid")}
    for name in sorted(expected - present):
        yield Error(f"The ledger's constraint {name} is missing.", id="wallets.E003")


def _wrong_rights() -> Iterator[CheckMessage]:
    if not _rows("SELECT FROM pg_roles WHERE rolname = %s", RUNTIME_ROLE):
        yield checks.Warning(
            f"There is no role {RUNTIME_ROLE}.",
            hint="Have an administrator create it, run `manage.py grant_runtime_role`, and serve as a member of it.",
            id="wallets.W001",
        )
        return
    for table, expected in _TABLE_RIGHTS.items():
        held = {
            right
            for (right,) in _rows(
                "SELECT privilege FROM unnest(%s::text[]) AS privilege WHERE has_table_privilege(%s, %s, privilege)",
                *(["SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "TRIGGER"], RUNTIME_ROLE, table),
            )
        }
        if held != expected:
            yield Error(
                f"{RUNTIME_ROLE} may {_words(held)} {table}; it should {_words(expected)}.",
                hint="Run `manage.py grant_runtime_role` as the owner.",
                id="wallets.E004",
            )
    if _rows("SELECT WHERE has_schema_privilege(%s, 'public', 'CREATE')", RUNTIME_ROLE):
        yield Error(f"{RUNTIME_ROLE} may create things in the schema public.", id="wallets.E006")
    changeable = set(
        _rows(
            "SELECT attrelid::regclass::text, attname FROM pg_attribute"
            " WHERE attrelid = ANY (%s::regclass[]) AND attnum > 0 AND NOT attisdropped"
            " AND has_column_privilege(%s, attrelid, attnum, 'UPDATE')",
            *(list(_TABLE_RIGHTS), RUNTIME_ROLE),
        )
    )
    for table, column in sorted(changeable - _CHANGEABLE):
        yield Error(f"{RUNTIME_ROLE} may update {table}.{column}.", id="wallets.E005")


def _wrong_login() -> Iterator[CheckMessage]:
    """Whoever owns the tables could switch the guards off: that is for migrations, not for serving."""
    owns = _rows("SELECT FROM pg_tables WHERE tablename = 'ledger_transfer' AND pg_has_role(tableowner, 'MEMBER')")
    if owns:
        yield checks.Warning(
            "This login owns the ledger's tables.",
            hint=f"Serve as a login that is only a member of {RUNTIME_ROLE}; keep the owner for `migrate`.",
            id="wallets.W002",
        )


def _words(rights: Iterable[str]) -> str:
    return ", ".join(sorted(rights)) or "nothing"


def _sources() -> list[str]:
    return [(_SQL / name).read_text(encoding="utf-8") for name in _FILES]


def _rows(statement: str, *parameters: Any) -> list[tuple[Any, ...]]:
    with connections["default"].cursor() as cursor:
        cursor.execute(statement, list(parameters) or None)
        return list(cursor.fetchall())
