"""A database of its own for tests that commit, race, break or kill."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast
from uuid import uuid4

import environ
import psycopg
import pytest
from django.db import connection, connections
from django.db.migrations.executor import MigrationExecutor
from psycopg import sql
from psycopg.errors import InsufficientPrivilege

# More than the largest race, so that nobody waits for a connection instead of a lock.
ROOMY_POOL = {"min_size": 0, "max_size": 110, "timeout": 30}


@pytest.fixture(scope="session")
def empty_books(django_db_blocker) -> Iterator[str]:
    """The name of a database that has the ledger and nothing else, for copying."""
    name = f"books_{uuid4().hex}"
    with django_db_blocker.unblock():
        _administrate("CREATE DATABASE {}", name)
        with _django_on(name):
            MigrationExecutor(connection).migrate([("wallets", "0002_ledger_guards")])
        yield name
        _drop(name)


@pytest.fixture
def scratch_books(empty_books, django_db_blocker) -> Iterator[None]:
    """Empty books that are nobody else's, on which Django works until the test is over.

    A ledger cannot be cleaned: nothing in it can be deleted. So it is thrown away whole.
    """
    name = f"books_{uuid4().hex}"
    with django_db_blocker.unblock():
        _administrate("CREATE DATABASE {} TEMPLATE {}", name, empty_books)
        with _django_on(name):
            yield
        _drop(name)


@pytest.fixture
def mortal_books(mortal_postgres, django_db_blocker) -> Iterator[None]:
    """Empty books on a server of their own, which may be killed."""
    address = environ.Env.db_url_config(mortal_postgres)
    with (
        django_db_blocker.unblock(),
        _django_on(**{key: address[key] for key in ("NAME", "HOST", "PORT", "USER", "PASSWORD")}),
    ):
        MigrationExecutor(connection).migrate([("wallets", "0002_ledger_guards")])
        yield


@contextmanager
def _django_on(name: str = "", **address: Any) -> Iterator[None]:
    """Point Django at another database, of the same server unless more than a name is given, in all threads."""
    settings = connection.settings_dict
    changes = (address or {"NAME": name}) | {"OPTIONS": settings["OPTIONS"] | {"pool": ROOMY_POOL}}
    usual = {key: settings[key] for key in changes}
    _let_go()
    settings |= changes
    try:
        yield
    finally:
        _let_go()
        settings |= usual


def _let_go() -> None:
    connections.close_all()
    cast(Any, connection).close_pool()


def _drop(name: str) -> None:
    for _ in range(60):
        try:
            return _administrate("DROP DATABASE {} WITH (FORCE)", name)
        except InsufficientPrivilege:
            # Autovacuum is at work there, which only a superuser may send away.
            time.sleep(0.5)
    raise TimeoutError(f"{name} is still in use")


def _administrate(statement: str, *names: str) -> None:
    parameters = {key: connection.settings_dict[key.upper()] for key in ("host", "port", "user", "password")}
    with psycopg.connect(**parameters, dbname="postgres", autocommit=True) as server:
        server.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))
