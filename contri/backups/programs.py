"""PostgreSQL's own programs, told where our database is."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from django.conf import settings
from django.db import connection


class ProgramFailedError(Exception):
    """pg_dump or pg_restore ended with a fault; the message is the last line of what it said."""


def database_name() -> str:
    """The database that Contri works on."""
    return str(connection.settings_dict["NAME"])


def environment(database: str) -> dict[str, str]:
    """libpq's variables for `database` on our server. The password travels here: arguments are visible to everybody."""
    told = connection.settings_dict
    given = {"PGHOST": told["HOST"], "PGPORT": told["PORT"], "PGUSER": told["USER"], "PGPASSWORD": told["PASSWORD"]}
    return {**{name: str(value) for name, value in given.items() if value}, "PGDATABASE": database}


@contextmanager
def reading_from(program: str, *arguments: str, database: str) -> Iterator[IO[bytes]]:
    """What a program writes, as it writes it.

    Raises:
        ProgramFailedError: it ended with a fault, whether or not everything was read.
    """
    with _started(program, arguments, database, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None  # noqa: S101 - for mypy; it was asked for
        yield process.stdout


@contextmanager
def writing_to(program: str, *arguments: str, database: str) -> Iterator[IO[bytes]]:
    """A program's standard input; closed at the end, and then waited for.

    Raises:
        ProgramFailedError: as `reading_from`.
    """
    with _started(program, arguments, database, stdin=subprocess.PIPE) as process:
        assert process.stdin is not None  # noqa: S101 - for mypy; it was asked for
        yield process.stdin
        process.stdin.close()


@contextmanager
def _started(
    program: str, arguments: tuple[str, ...], database: str, *, stdin: int | None = None, stdout: int | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    path = Path(settings.PG_PROGRAMS) / program if settings.PG_PROGRAMS else Path(program)
    with subprocess.Popen(  # noqa: S603 - our own command line
        [path, *arguments], env=environment(database), stdin=stdin, stdout=stdout, stderr=subprocess.PIPE
    ) as process:
        try:
            yield process
        except BaseException:
            process.kill()
            raise
        complaints = process.stderr.read().decode(errors="replace") if process.stderr else ""
    if process.returncode != 0:
        raise ProgramFailedError(f"{program}: {(complaints.strip().splitlines() or ['no reason given'])[-1]}")
