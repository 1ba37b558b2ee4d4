"""Databases that exist for one simulation: copies of an empty Contri whose clock is virtual."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast
from uuid import uuid4

import psycopg
from django.core.management import call_command
from django.db import connection, connections
from psycopg import sql

from contri.simulation.shortcuts import functions

# Where Contri's own SQL and Django's ask for the time, in a database whose search path leads here first.
CLOCK = """
CREATE SCHEMA simulated;
CREATE TABLE simulated.moment (at timestamptz NOT NULL);
INSERT INTO simulated.moment VALUES (pg_catalog.now());
CREATE FUNCTION simulated.clock() RETURNS timestamptz LANGUAGE sql STABLE AS 'SELECT at FROM simulated.moment';
CREATE FUNCTION simulated.now() RETURNS timestamptz LANGUAGE sql STABLE AS 'SELECT simulated.clock()';
CREATE FUNCTION simulated.statement_timestamp() RETURNS timestamptz LANGUAGE sql STABLE AS 'SELECT simulated.clock()';
CREATE FUNCTION simulated.clock_timestamp() RETURNS timestamptz LANGUAGE sql STABLE AS 'SELECT simulated.clock()';
CREATE FUNCTION simulated.transaction_timestamp() RETURNS timestamptz LANGUAGE sql STABLE
    AS 'SELECT simulated.clock()';
"""
DEFAULTS_THAT_TELL_THE_TIME = """
SELECT format('ALTER TABLE %s ALTER COLUMN %I SET DEFAULT simulated.clock()', d.adrelid::regclass, a.attname)
FROM pg_attrdef d JOIN pg_attribute a ON a.attrelid = d.adrelid AND a.attnum = d.adnum
WHERE pg_get_expr(d.adbin, d.adrelid) ~* '(statement_timestamp|clock_timestamp|now|transaction_timestamp)\\(\\)'
   OR pg_get_expr(d.adbin, d.adrelid) ~* 'CURRENT_TIMESTAMP'
"""
FUNCTIONS_THAT_TELL_THE_TIME = """
SELECT regexp_replace(pg_get_functiondef(p.oid), '\\m((clock|statement|transaction)_timestamp|now)\\(\\)',
                      'simulated.clock()', 'g')
FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
WHERE n.nspname = 'public' AND p.prosrc ~* '\\m((clock|statement|transaction)_timestamp|now)\\(\\)'
"""

# What PostgreSQL cleans up and learns by itself, at moments of its own, may change the order of rows that tie.
TABLES_LEFT_ALONE = """
SELECT format('ALTER TABLE %s SET (autovacuum_enabled = off)', oid::regclass)
FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
"""


@contextmanager
def template(of: str = "") -> Iterator[str]:
    """The name of a migrated, empty database with a virtual clock, gone afterwards; a copy of `of` if that is given."""
    name = f"simulation_{uuid4().hex}"
    if of:
        _let_go()
        _administrate("CREATE DATABASE {} TEMPLATE {}", name, of)
    else:
        _administrate("CREATE DATABASE {}", name)
    try:
        with django_on(name):
            if not of:
                call_command("migrate", verbosity=0)
            _make_clock_virtual()
        _administrate("ALTER DATABASE {} SET search_path = simulated, public, pg_catalog", name)
        yield name
    finally:
        _drop(name)


@contextmanager
def scratch_database(of: str) -> Iterator[None]:
    """A fresh copy of the template `of`, on which Django works until the end of the block."""
    with copied(of) as name, django_on(name):
        yield


@contextmanager
def copied(of: str) -> Iterator[str]:
    """The name of a copy of `of`, gone at the end of the block."""
    name = f"simulation_{uuid4().hex}"
    _administrate("CREATE DATABASE {} TEMPLATE {}", name, of)
    try:
        _administrate("ALTER DATABASE {} SET search_path = simulated, public, pg_catalog", name)
        # Power cuts are made here, not suffered: nothing has to reach a disk.
        _administrate("ALTER DATABASE {} SET synchronous_commit = off", name)
        yield name
    finally:
        _drop(name)


def _drop(name: str) -> None:
    # Not by force: whoever may not end autovacuum's processes, which PostgreSQL ends by itself, would be refused.
    _administrate("DROP DATABASE {}", name)


def _make_clock_virtual() -> None:
    with connection.cursor() as cursor:
        cursor.execute(CLOCK)
        for query in (DEFAULTS_THAT_TELL_THE_TIME, FUNCTIONS_THAT_TELL_THE_TIME, TABLES_LEFT_ALONE):
            cursor.execute(query)
            for (statement,) in cursor.fetchall():
                cursor.execute(statement)
        for function in functions():
            cursor.execute(function)


@contextmanager
def django_on(name: str) -> Iterator[None]:
    """Point Django at another database of the same server, without a pool: one person works here, and may be killed."""
    settings = connection.settings_dict
    options = {key: value for key, value in settings["OPTIONS"].items() if key != "pool"}
    # Nobody waits here, and a migration takes as long as it takes.
    changes = {"NAME": name, "OPTIONS": options}
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


def _administrate(statement: str, *names: str) -> None:
    parameters = {key: connection.settings_dict[key.upper()] for key in ("host", "port", "user", "password")}
    with psycopg.connect(**parameters, dbname="postgres", autocommit=True) as server:
        server.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))
