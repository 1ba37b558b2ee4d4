"""How manage.py finds the servers of a running copy."""

import pytest

from contri.local.attach import adopt_running_servers, leave_running_servers
from contri.local.data import DataFolder
from contri.local.locks import FileLock

LEFT = {"STAGE": "local", "DATABASE_URL": "postgresql://app", "SENTRY_DSN": "", "PIN_PEPPER": 'it\'s "odd" $HOME'}


@pytest.fixture
def data(tmp_path):
    return DataFolder(tmp_path)


@pytest.fixture
def running(data):
    lock = FileLock(data.lock)
    assert lock.take()
    leave_running_servers(data, LEFT, owner_url="postgresql://owner")
    yield lock
    lock.release()


def adopted(data, *, command="audit_ledger", **environ):
    adopt_running_servers(environ, argv=["manage.py", command], data=data)
    return environ


def test_a_bare_command_gets_the_variables_of_the_running_copy(data, running):
    assert adopted(data) == LEFT


def test_migrating_by_hand_is_done_as_the_owner(data, running):
    assert adopted(data, command="migrate") == LEFT | {"DATABASE_URL": "postgresql://owner"}


def test_what_is_set_is_kept(data, running):
    assert adopted(data, PIN_PEPPER="mine") == LEFT | {"PIN_PEPPER": "mine"}


@pytest.mark.parametrize("chosen", [{"STAGE": "production"}, {"DATABASE_URL": "postgresql://mine"}])
def test_a_chosen_environment_is_left_alone(data, running, chosen):
    assert adopted(data, **chosen) == chosen


def test_what_a_dead_copy_left_is_not_believed(data, running):
    running.release()

    assert data.run_env.exists()
    assert adopted(data) == {}


def test_without_any_run_nothing_is_guessed(data):
    assert adopted(data) == {}


def test_only_the_owner_of_the_run_can_read_it(data, running):
    assert data.run_env.stat().st_mode & 0o777 == 0o600
