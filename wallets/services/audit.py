"""Auditing: is everything in the books as it must be? Every finding is located to the account, the transfer or both.

The checks are the queries in `wallets/sql/audit/`, one rule a file, the rule on its first lines: in `ledger/` what the
ledger must be by itself, beside it what the tables around it must be. Higher apps add their own with `register`.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from wallets.services.sealing import broken_seals

_QUERIES = Path(__file__).resolve().parent.parent / "sql" / "audit"
# A replay may take as long as it takes, and wants its sorts in memory.
_SETTINGS = (
    "SET LOCAL statement_timeout = 0; SET LOCAL work_mem = '128MB'; SET LOCAL idle_in_transaction_session_timeout = 0"
)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is not as it must be, and where."""

    check: str
    finding: str
    account: UUID | None = None
    seq: int | None = None
    transfer: UUID | None = None

    def as_json(self) -> dict[str, Any]:
        """The finding in JSON's types."""
        return {name: str(value) if isinstance(value, UUID) else value for name, value in asdict(self).items()}


@dataclass(frozen=True, slots=True)
class Check:
    """One rule of the books: `find` yields where it is broken. `sql` is the question itself, where it is one query."""

    name: str
    rule: str
    find: Callable[[], Iterable[Finding]]
    sql: str = ""


_registered: list[Check] = []


def register(check: Check) -> None:
    """Add a check of other tables against the ledger; called in `AppConfig.ready()`."""
    _registered.append(check)


def ledger_checks() -> list[Check]:
    """What an audit looks at inside the ledger."""
    return [*_from_folder(_QUERIES / "ledger"), Check("seals", "Sealed days are what they were.", _seal_findings)]


def trial_balance() -> list[Check]:
    """The one check that is cheap enough for every few minutes."""
    return [_from_file(_QUERIES / "ledger" / "01_trial_balance.sql")]


def checks() -> list[Check]:
    """Everything that an audit looks at, in the order it does."""
    return [*ledger_checks(), *_from_folder(_QUERIES), *_registered]


def audit_ledger(
    *, of: Sequence[Check] | None = None, on_check: Callable[[Check], None] = lambda check: None
) -> list[Finding]:
    """Run every check, or those given, over one and the same moment of the books, while others go on writing.

    Returns all findings. Called inside a transaction it sees what that transaction sees.
    """
    findings: list[Finding] = []
    is_outermost = not connection.in_atomic_block
    with transaction.atomic():
        with connection.cursor() as cursor:
            if is_outermost:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            cursor.execute(_SETTINGS)
        for check in checks() if of is None else of:
            on_check(check)
            findings.extend(check.find())
    return findings


def _from_folder(folder: Path) -> list[Check]:
    return [_from_file(path) for path in sorted(folder.glob("*.sql"))]


def _from_file(path: Path) -> Check:
    sql = path.read_text(encoding="utf-8")
    comment = [line.removeprefix("-- ") for line in sql.splitlines() if line.startswith("--")]
    name = path.stem.partition("_")[2]
    return Check(name, " ".join(comment), lambda: _query_findings(name, sql), sql)


def _query_findings(name: str, sql: str) -> Iterator[Finding]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        for account, seq, transfer, finding in cursor.fetchall():
            yield Finding(name, finding, account, seq, transfer)


def _seal_findings() -> Iterator[Finding]:
    for broken in broken_seals():
        yield Finding("seals", f"{broken.day}: {broken.finding}")
