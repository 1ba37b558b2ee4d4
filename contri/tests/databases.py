"""One test database is built by migrations; every further worker of pytest-xdist gets a copy of it."""

import fcntl
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from django.core.management import call_command
from django.db import connection
from psycopg import sql
from pytest_django import DjangoDbBlocker

RUN = os.environ.get("PYTEST_XDIST_TESTRUNUID")


@pytest.fixture(scope="session")
def django_db_keepdb(django_db_modify_db_settings: None, django_db_blocker: DjangoDbBlocker) -> Iterator[bool]:
    """Whether pytest-django finds its database ready. It does in a worker; what is alone has nobody to copy from."""
    if RUN is None:
        yield False
        return
    pattern, name = f"test_contri_{RUN[:8]}", connection.settings_dict["TEST"]["NAME"]
    with django_db_blocker.unblock(), _one_at_a_time(), _administrator() as server:
        _drop(server, name)
        if not server.execute("SELECT FROM pg_database WHERE datname = %s", [pattern]).rowcount:
            _build(server, pattern)
        server.execute(_statement("CREATE DATABASE {} TEMPLATE {}", name, pattern))
    yield True
    (Path(tempfile.gettempdir()) / f"contri-tests-{RUN}.lock").unlink(missing_ok=True)
    with django_db_blocker.unblock(), _administrator() as server:
        connection.close()
        connection.close_pool()  # type: ignore[attr-defined]
        _drop(server, name)
        _drop(server, pattern)


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    """The workers of a run, that is; who comes second finds the pattern ready."""
    # Not a lock of the database's: a pooler in transaction mode forgets those between two statements.
    with (Path(tempfile.gettempdir()) / f"contri-tests-{RUN}.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _build(server: "psycopg.Connection[tuple[object, ...]]", name: str) -> None:
    server.execute(_statement("CREATE DATABASE {}", name))
    usual, connection.settings_dict["NAME"] = connection.settings_dict["NAME"], name
    try:
        call_command("migrate", verbosity=0, run_syncdb=True)
    finally:
        connection.close()
        connection.close_pool()  # type: ignore[attr-defined]
        connection.settings_dict["NAME"] = usual
    # A pooler may keep a connection that we gave back, and a database in use cannot be copied.
    server.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name])


@contextmanager
def _administrator() -> Iterator["psycopg.Connection[tuple[object, ...]]"]:
    parameters = {key: connection.settings_dict[key.upper()] for key in ("host", "port", "user", "password")}
    with psycopg.connect(**parameters, dbname="postgres", autocommit=True) as server:
        yield server


def _drop(server: "psycopg.Connection[tuple[object, ...]]", name: str) -> None:
    server.execute(_statement("DROP DATABASE IF EXISTS {} WITH (FORCE)", name))


def _statement(text: str, *names: str) -> sql.Composed:
    return sql.SQL(text).format(*map(sql.Identifier, names))
