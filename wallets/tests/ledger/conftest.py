"""A database of its own for tests that commit, race, break or kill."""

from collections.abc import Iterator
from uuid import uuid4

import psycopg
import pytest
from django.db import connection, connections
from psycopg import sql


@pytest.fixture
def scratch_books(django_db_setup, django_db_blocker) -> Iterator[None]:
    """Books that are empty and nobody else's: a copy of the test database, which Django uses until the test is over.

    A ledger cannot be cleaned: nothing in it can be deleted. So it is thrown away whole.
    """
    settings = connection.settings_dict
    original, options = settings["NAME"], settings["OPTIONS"]
    scratch = f"scratch_{uuid4().hex}"
    with django_db_blocker.unblock():
        _let_go()
        _administrate("CREATE DATABASE {} TEMPLATE {}", scratch, original)
        settings["NAME"] = scratch
        settings["OPTIONS"] = options | {"pool": {"min_size": 0, "max_size": 110, "timeout": 30}}
        try:
            yield
        finally:
            _let_go()
            settings["NAME"], settings["OPTIONS"] = original, options
            _administrate("DROP DATABASE {} WITH (FORCE)", scratch)


def _let_go() -> None:
    connections.close_all()
    connection.close_pool()


def _administrate(statement: str, *names: str) -> None:
    parameters = {key: connection.settings_dict[key.upper()] for key in ("host", "port", "user", "password")}
    with psycopg.connect(**parameters, dbname="postgres", autocommit=True) as server:
        server.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))
