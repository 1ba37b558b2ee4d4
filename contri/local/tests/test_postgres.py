"""The embedded PostgreSQL."""

import os
import signal
from pathlib import Path

import psycopg
import pytest

from contri.local.data import service_user
from contri.local.faults import LocalFaultError
from contri.local.keys import fresh_keys
from contri.local.postgres import EmbeddedPostgres
from contri.local.processes import Process, is_running
from contri.local.throwaway import throwaway_folder

KEYS = fresh_keys()


@pytest.fixture(scope="module")
def folder():
    with throwaway_folder() as data:
        yield data.postgres


@pytest.fixture(scope="module")
def server(folder):
    server = EmbeddedPostgres(folder, KEYS)
    server.start()
    yield server
    server.stop()


def rows(url, query):
    with psycopg.connect(url) as connection:
        return connection.execute(query).fetchall()


def process_owner(pid):
    return Path(f"/proc/{pid}").stat().st_uid


def test_what_is_committed_is_durable_and_checked(server):
    settings = ("fsync", "synchronous_commit", "full_page_writes", "data_checksums")

    assert rows(server.owner_url, f"SELECT {', '.join(f'current_setting({name!r})' for name in settings)}") == [
        ("on", "on", "on", "on")
    ]


def test_the_database_sorts_by_code_point_and_knows_utf_8(server):
    assert rows(
        server.owner_url,
        "SELECT pg_encoding_to_char(encoding), datlocprovider, datlocale FROM pg_database WHERE datname = 'contri'",
    ) == [("UTF8", "b", "C.UTF-8")]


def test_the_app_may_log_in_and_change_nothing_of_the_schema(server):
    assert rows(server.app_url, "SELECT current_user, rolsuper, rolcreaterole, rolcreatedb FROM pg_roles"
                " WHERE rolname = current_user") == [("contri_app", False, False, False)]  # fmt: skip
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        rows(server.app_url, "CREATE TABLE mine ()")


def test_the_app_gets_the_rights_of_the_run_time_role_that_a_migration_made(server):
    server.grant_runtime_role()  # nothing to grant yet
    with psycopg.connect(server.owner_url) as migration:
        migration.execute("CREATE ROLE contri_runtime NOLOGIN")
        migration.execute("CREATE TABLE kept (id int)")
        migration.execute("GRANT SELECT ON kept TO contri_runtime")
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        rows(server.app_url, "SELECT id FROM kept")

    server.grant_runtime_role()
    server.grant_runtime_role()

    assert rows(server.app_url, "SELECT id FROM kept") == []


@pytest.mark.parametrize("wrong", ["", "guess"])
def test_nobody_gets_in_without_the_password(server, wrong):
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(server.owner_url.replace(KEYS["POSTGRES_OWNER_PASSWORD"], wrong))


def running(server: EmbeddedPostgres) -> Process:
    assert server.process is not None
    return server.process


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has to step down")
def test_started_by_root_it_runs_as_nobody(server):
    user = service_user()

    assert user is not None
    assert process_owner(server.process.pid) == user.uid


def test_a_second_start_finds_the_data_again_and_a_killed_server_is_no_obstacle(tmp_path_factory):
    with throwaway_folder() as data:
        first = EmbeddedPostgres(data.postgres, KEYS)
        first.start()
        with psycopg.connect(first.owner_url) as connection:
            connection.execute("CREATE TABLE kept AS SELECT 7 AS id")
        killed = running(first)
        killed.send_signal(signal.SIGKILL)
        killed.wait()

        second = EmbeddedPostgres(data.postgres, KEYS)
        second.start()
        try:
            assert rows(second.owner_url, "SELECT id FROM kept") == [(7,)]
        finally:
            second.stop()


def test_a_server_left_over_is_ended_before_another_starts_on_its_folder():
    with throwaway_folder() as data:
        left_over = EmbeddedPostgres(data.postgres, KEYS)
        left_over.start()
        ended = running(left_over)

        other = EmbeddedPostgres(data.postgres, KEYS)
        other.start()
        try:
            assert ended.wait(timeout=5) == 0
            assert rows(other.owner_url, "SELECT 1") == [(1,)]
        finally:
            other.stop()


def test_a_pid_file_that_names_somebody_else_is_cleared_and_they_are_let_be(folder, server):
    server.stop()
    innocent = os.getpid()
    (folder / "data" / "postmaster.pid").write_text(f"{innocent}\n{folder / 'data'}\n")

    server.start()

    assert is_running(innocent)
    assert rows(server.owner_url, "SELECT 1") == [(1,)]


def test_data_made_with_other_keys_is_refused_in_one_sentence(folder, server):
    server.stop()
    with pytest.raises(LocalFaultError, match=r"If its keys were lost, remove .* to start anew\.$"):
        EmbeddedPostgres(folder, fresh_keys()).start()

    server.start()
