"""The proof that a backup is one: restored into a database of its own, counted, audited, and thrown away."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from urllib.parse import quote
from uuid import uuid4

from django.conf import settings
from psycopg import sql

from contri.backups.archive import Note, connect, count_rows, open_backup
from contri.backups.programs import database_name, environment, writing_to

AUDITS = ("audit_ledger", "audit_circles")
RESTORE = ("--no-owner", "--no-privileges", "--exit-on-error")


@dataclass(frozen=True, slots=True)
class Drill:
    """What came out of one."""

    backup: str
    rows: int
    # Tables whose count is not the note's, with both counts.
    differences: dict[str, tuple[int, int]]
    # What the audits said that were not content.
    complaints: dict[str, str]
    restore_seconds: float
    audit_seconds: float

    @property
    def is_good(self) -> bool:
        """Whether everything is there and the books balance."""
        return not self.differences and not self.complaints


def drill(note: Note, *, folder: Path, identity: str) -> Drill:
    """Restore a backup beside the live database, on the same server, and look whether all of it is there and right.

    Raises:
        NotWholeError, ProgramFailedError: it cannot even be restored.
    """
    with _fresh_database() as database:
        started = monotonic()
        with writing_to("pg_restore", *RESTORE, f"--dbname={database}", database=database) as into:
            open_backup(note, folder=folder, identity=identity, into=into)
        restored = monotonic()
        rows = _rows_of(database)
        complaints = {audit: said for audit in AUDITS if (said := _complaint_of(audit, database))}
        return Drill(
            backup=note.name,
            rows=sum(rows.values()),
            differences=differences(note.rows, rows),
            complaints=complaints,
            restore_seconds=round(restored - started, 2),
            audit_seconds=round(monotonic() - restored, 2),
        )


def differences(noted: dict[str, int], found: dict[str, int]) -> dict[str, tuple[int, int]]:
    """The tables whose counts are not the same, with the one that was noted and the one that was found."""
    tables = sorted(noted.keys() | found.keys())
    return {
        table: (noted.get(table, 0), found.get(table, 0))
        for table in tables
        if noted.get(table, 0) != found.get(table, 0)
    }


@contextmanager
def _fresh_database() -> Iterator[str]:
    name = f"contri_drill_{uuid4().hex[:12]}"
    _run(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(name)))
    try:
        yield name
    finally:
        _run(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def _run(statement: sql.Composed) -> None:
    with connect(database_name()) as own:
        own.autocommit = True
        own.execute(statement)


def _rows_of(database: str) -> dict[str, int]:
    with connect(database) as own, own.cursor() as cursor:
        cursor.execute("ANALYZE")
        return count_rows(cursor)


def _complaint_of(audit: str, database: str) -> str:
    """Run an audit, a command like any other, on the restored database; empty when it is content."""
    done = subprocess.run(  # noqa: S603 - our own command line
        [sys.executable, "manage.py", audit, "--json"],
        cwd=settings.BASE_DIR,
        env={**os.environ, "DATABASE_URL": _url_of(database)},
        capture_output=True,
        text=True,
        check=False,
    )
    return "" if done.returncode == 0 else (done.stdout or done.stderr)[-2000:]


def _url_of(database: str) -> str:
    told = environment(database)
    login = f"{quote(told.get('PGUSER', ''))}:{quote(told.get('PGPASSWORD', ''), safe='')}"
    return f"postgresql://{login}@{told.get('PGHOST', '')}:{told.get('PGPORT', '5432')}/{database}"
