"""One test database is built by migrations; every further worker of pytest-xdist gets a copy of it."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest
from django.core.management import call_command
from django.db import connection
from psycopg import sql
from pytest_django import DjangoDbBlocker

RUN = os.environ.get("PYTEST_XDIST_TESTRUNUID")
# Any number that nothing else locks.
BUILDING = 7_041_977


@pytest.fixture(scope="session")
def django_db_keepdb(django_db_modify_db_settings: None, django_db_blocker: DjangoDbBlocker) -> Iterator[bool]:
    """Whether pytest-django finds its database ready. It does in a worker; what is alone has nobody to copy from."""
    if RUN is None:
        yield False
        return
    pattern, name = f"test_contri_{RUN[:8]}", connection.settings_dict["TEST"]["NAME"]
    with django_db_blocker.unblock(), _administrator() as server:
        # Until it is unlocked or its connection ends; who comes second finds the pattern ready.
        server.execute("SELECT pg_advisory_lock(%s)", [BUILDING])
        _drop(server, name)
        if not server.execute("SELECT FROM pg_database WHERE datname = %s", [pattern]).rowcount:
            _build(server, pattern)
        server.execute(_statement("CREATE DATABASE {} TEMPLATE {}", name, pattern))
    yield True
    with django_db_blocker.unblock(), _administrator() as server:
        connection.close()
        connection.close_pool()  # type: ignore[attr-defined]
        _drop(server, name)
        _drop(server, pattern)


def _build(server: "psycopg.Connection[tuple[object, ...]]", name: str) -> None:
    server.execute(_statement("CREATE DATABASE {}", name))
    usual, connection.settings_dict["NAME"] = connection.settings_dict["NAME"], name
    try:
        call_command("migrate", verbosity=0, run_syncdb=True)
    finally:
        connection.close()
        connection.close_pool()  # type: ignore[attr-defined]
        connection.settings_dict["NAME"] = usual


@contextmanager
def _administrator() -> Iterator["psycopg.Connection[tuple[object, ...]]"]:
    parameters = {key: connection.settings_dict[key.upper()] for key in ("host", "port", "user", "password")}
    with psycopg.connect(**parameters, dbname="postgres", autocommit=True) as server:
        yield server


def _drop(server: "psycopg.Connection[tuple[object, ...]]", name: str) -> None:
    server.execute(_statement("DROP DATABASE IF EXISTS {} WITH (FORCE)", name))


def _statement(text: str, *names: str) -> sql.Composed:
    return sql.SQL(text).format(*map(sql.Identifier, names))
