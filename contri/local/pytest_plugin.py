"""For `pytest -p contri.local.pytest_plugin`: real servers and a complete environment before Django reads its settings.

The session's first process starts a throw-away PostgreSQL and Valkey, unless DATABASE_URL or REDIS_URL name others, and
ends them with the session. Workers of pytest-xdist share the servers; each has a database (pytest-django sees to that),
a Valkey key space and sandbox ports of its own. Nothing else of the surrounding environment counts: tests must never
reach a provider that somebody's shell happens to name.
"""

import gc
import json
import os
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import pytest

from contri.local.environment import SANDBOX_TARGETS, Ports, local_values
from contri.local.faults import LocalFaultError
from contri.local.ports import free_ports
from contri.local.throwaway import throwaway_folder, throwaway_keys, throwaway_servers

WORKER = "PYTEST_XDIST_WORKER"
NOTHING = ""


# Looking for garbage as often as Python does takes a tenth of a session: models and modules are many, and stay.
gc.set_threshold(50_000, 20, 50)


def pytest_collection_finish() -> None:
    """What is loaded by now need not be looked at again."""
    gc.freeze()


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> None:
    """Runs before pytest-django's hook of this name, which loads the settings."""
    options = early_config.known_args_namespace
    if options.help or options.version:
        return
    if worker := os.environ.get(WORKER):
        os.environ.update(_worker_values(worker))
        return
    stack = ExitStack()
    early_config.add_cleanup(stack.close)
    try:
        os.environ.update(_session_values(stack))
    except LocalFaultError as fault:
        raise pytest.UsageError(str(fault)) from fault


@pytest.fixture
def mortal_postgres() -> Iterator[str]:
    """The owner's URL of a PostgreSQL that is this test's own, so that it may be killed."""
    with throwaway_folder() as folder:
        keys = throwaway_keys(folder)
        # Naming a Redis keeps a second Valkey from starting.
        with throwaway_servers(folder, keys, {"REDIS_URL": NOTHING}) as servers:
            yield servers.owner_url


def _session_values(stack: ExitStack) -> dict[str, str]:
    folder = stack.enter_context(throwaway_folder())
    keys = throwaway_keys(folder)
    servers = stack.enter_context(throwaway_servers(folder, keys, os.environ))
    values = local_values(
        stage="test",
        # The owner: it makes the test databases, migrates them and may empty their tables between tests.
        database_url=servers.owner_url,
        redis_url=servers.redis_url,
        ports=_own_ports(),
        keys=keys,
        sandbox_data=folder.sandbox,
    )
    return values | {
        "PUBLIC_BASE_URL": "http://testserver",
        # Django's test client has no port to deliver to: the sandbox records its webhooks and tests post them.
        "SANDBOX_WEBHOOK_BASE_URL": NOTHING,
    }


def _worker_values(worker: str) -> dict[str, str]:
    ports = _own_ports()
    # A worker has the session's keys in its environment, one of them inside FCM_CREDENTIALS only.
    keys = {**os.environ, "FCM_PRIVATE_KEY": json.loads(os.environ["FCM_CREDENTIALS"])["private_key"]}
    fresh = local_values(
        stage="test", database_url=NOTHING, redis_url=NOTHING, ports=ports, keys=keys, sandbox_data=Path(NOTHING)
    )
    own = (*SANDBOX_TARGETS, "FCM_CREDENTIALS", "SANDBOX_PORT", "SANDBOX_SMTP_PORT")
    return {name: fresh[name] for name in own} | {
        "SANDBOX_DATA": f"{os.environ['SANDBOX_DATA']}-{worker}",
        "REDIS_URL": _with_key_space(os.environ["REDIS_URL"], 1 + int(worker.removeprefix("gw"))),
    }


def _own_ports() -> Ports:
    return Ports(*free_ports(3))


def _with_key_space(redis_url: str, number: int) -> str:
    return urlunsplit(urlsplit(redis_url)._replace(path=f"/{number}"))
