"""One backup: a dump of everything at one moment, encrypted on its way to the disk, and a note about it beside it.

Encrypted with age to public keys only: whoever takes the machine that makes backups cannot read a single one. The note
is in clear and holds no more than counts, so that a restore can be compared with what was there.
"""

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Any

import psycopg
import pyrage
from psycopg import sql

from contri.backups.programs import database_name, environment, reading_from

SUFFIX = ".dump.age"
CHUNK = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Note:
    """What is known about a backup without opening it. `rows` counts every table at the moment of the dump."""

    name: str
    taken_at: str
    bytes: int
    sha256: str
    rows: dict[str, int]


class NotWholeError(Exception):
    """A backup is not what its note says."""


def make_backup(*, folder: Path, recipients: tuple[str, ...], at: datetime) -> Note:
    """Dump the database into `folder`, readable by the holders of `recipients`' private keys only.

    A backup cut short leaves no file of that name behind.

    Raises:
        ProgramFailedError: pg_dump could not.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    name = f"contri-{at:%Y%m%dT%H%M%SZ}"
    draft = folder / f"{name}.new"
    keys = [pyrage.x25519.Recipient.from_str(recipient) for recipient in recipients]
    try:
        with _snapshot() as (snapshot, rows), draft.open("wb") as file:
            arguments = ("--format=custom", "--compress=gzip:3", f"--snapshot={snapshot}")
            with reading_from("pg_dump", *arguments, database=database_name()) as dump:
                pyrage.encrypt_io(dump, file, keys)
        note = Note(name, at.isoformat(), draft.stat().st_size, _sha256(draft), rows)
        (folder / f"{name}.json").write_text(json.dumps(asdict(note), indent=2) + "\n")
        draft.rename(folder / f"{name}{SUFFIX}")
    finally:
        draft.unlink(missing_ok=True)
    return note


def open_backup(note: Note, *, folder: Path, identity: str, into: IO[bytes]) -> None:
    """Write the dump of `note` in clear to `into`.

    Raises:
        NotWholeError: the file is not the one that the note is about.
        pyrage.DecryptError: it was made for somebody else's key.
    """
    file = folder / f"{note.name}{SUFFIX}"
    if _sha256(file) != note.sha256:
        raise NotWholeError(f"{file.name} is not what its note says: damaged, or exchanged")
    with file.open("rb") as sealed:
        pyrage.decrypt_io(sealed, into, [pyrage.x25519.Identity.from_str(identity)])


def notes_in(folder: Path) -> list[Note]:
    """All backups in `folder`, oldest first."""
    files = (file for file in folder.glob("contri-*.json") if file.with_name(file.stem + SUFFIX).exists())
    notes = [Note(**json.loads(file.read_text())) for file in files]
    return sorted(notes, key=lambda note: note.taken_at)


def forget_backup(note: Note, *, folder: Path) -> None:
    """Remove a backup and its note."""
    (folder / f"{note.name}{SUFFIX}").unlink(missing_ok=True)
    (folder / f"{note.name}.json").unlink(missing_ok=True)


def count_rows(cursor: psycopg.Cursor[Any]) -> dict[str, int]:
    """How many rows each table has, as the cursor's transaction sees it."""
    cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename")
    return {table: _count(cursor, table) for (table,) in cursor.fetchall()}


def connect(database: str) -> psycopg.Connection[Any]:
    """A connection of one's own, without the time limits of a request."""
    told = environment(database)
    return psycopg.connect(
        host=told.get("PGHOST"),
        port=told.get("PGPORT"),
        user=told.get("PGUSER"),
        password=told.get("PGPASSWORD"),
        dbname=database,
    )


@contextmanager
def _snapshot() -> Iterator[tuple[str, dict[str, int]]]:
    """One moment of the database: its name for pg_dump, and what there was. Held as long as the dump takes."""
    with connect(database_name()) as own, own.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        cursor.execute("SELECT pg_export_snapshot()")
        (snapshot,) = cursor.fetchone() or ("",)
        yield str(snapshot), count_rows(cursor)


def _count(cursor: psycopg.Cursor[Any], table: str) -> int:
    cursor.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table)))
    (count,) = cursor.fetchone() or (0,)
    return int(count)


def _sha256(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()
