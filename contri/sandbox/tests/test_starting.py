"""How the sandbox starts, refuses to start, and ends."""

import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from contri.local.ports import free_ports
from contri.sandbox.environment import SandboxRefusedError, read_environment
from contri.sandbox.testing import SandboxClient


def environment(folder: Path, **more: str) -> dict[str, str]:
    port, smtp_port = free_ports(2)
    own = {"SANDBOX_PORT": str(port), "SANDBOX_SMTP_PORT": str(smtp_port), "SANDBOX_DATA": str(folder)}
    return {**os.environ, **own, **more}


def python(environ: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 - our own command line
        [sys.executable, *arguments], env=environ, capture_output=True, text=True, timeout=30, check=False
    )


def is_up(environ: dict[str, str]) -> bool:
    with SandboxClient(f"http://127.0.0.1:{environ['SANDBOX_PORT']}") as client:
        return client.is_up()


def test_it_refuses_to_run_in_production(tmp_path):
    ended = python(environment(tmp_path, STAGE="production"), "-m", "contri.sandbox")

    assert (ended.returncode, ended.stderr) == (
        1,
        "The sandbox pretends to be a bank and refuses to run where STAGE is production.\n",
    )


def test_its_settings_cannot_be_imported_in_production(tmp_path):
    ended = python(environment(tmp_path, STAGE="production"), "-c", "import contri.sandbox.settings")

    assert ended.returncode == 1
    assert "SandboxRefusedError" in ended.stderr


@pytest.mark.parametrize("variable", ["SANDBOX_PORT", "SANDBOX_SMTP_PORT"])
def test_a_taken_port_is_one_sentence(tmp_path, variable):
    environ = environment(tmp_path)
    with socket.create_server(("127.0.0.1", int(environ[variable]))):
        ended = python(environ, "-m", "contri.sandbox")

    assert (ended.returncode, ended.stderr) == (
        1,
        f"Port {environ[variable]} ({variable}) cannot be used: Address already in use.\n",
    )


def test_values_that_are_none_are_refused():
    for wrong in ({"SANDBOX_PORT": "http"}, {"SANDBOX_SMTP_PORT": "70000"}, {"SANDBOX_SETTLE_SECONDS": "soon"}):
        with pytest.raises(SandboxRefusedError, match=next(iter(wrong))):
            read_environment(wrong)


def test_everything_has_a_default():
    environment = read_environment({})

    assert (environment.port, environment.smtp_port, environment.webhook_base_url) == (8001, 8002, "")
    assert environment.base_url == "http://127.0.0.1:8001"


def test_it_ends_with_whoever_started_it(tmp_path):
    """Killed outright, a test run leaves no sandbox behind: the end of its stdin tells it."""
    environ = environment(tmp_path)
    starter = (
        "import os, time\n"
        "from contri.sandbox.testing import running_sandbox\n"
        "with running_sandbox(os.environ):\n"
        "    print('up', flush=True)\n"
        "    time.sleep(60)\n"
    )
    process = subprocess.Popen(  # noqa: S603 - our own command line
        [sys.executable, "-c", starter], env=environ, stdout=subprocess.PIPE, text=True
    )
    with process:
        assert process.stdout is not None
        assert process.stdout.readline() == "up\n"
        assert is_up(environ)
        process.kill()

    deadline = time.monotonic() + 5
    while is_up(environ):
        assert time.monotonic() < deadline, "the sandbox outlived its starter"
        time.sleep(0.05)


def test_its_migrations_say_what_its_models_say(tmp_path):
    environ = environment(tmp_path, DJANGO_SETTINGS_MODULE="contri.sandbox.settings")

    ended = python(environ, "-m", "django", "makemigrations", "--check", "--dry-run")

    assert (ended.returncode, ended.stdout) == (0, "No changes detected\n")
