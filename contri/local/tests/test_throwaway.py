"""`python -m contri.local with | env`: one command in an environment of its own."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest

from contri.local.data import PROJECT_ROOT

PRINT_ENVIRONMENT = "import json, os; print(json.dumps(dict(os.environ)), flush=True)"
NAMES = ("DATABASE_URL", "REDIS_URL", "PAYSTACK_BASE_URL", "PIN_PEPPER", "STAGE")


def local(*arguments, **environ):
    surroundings = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return subprocess.Popen(
        [sys.executable, "-m", "contri.local", *arguments],
        cwd=PROJECT_ROOT,
        env=surroundings | environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def answers(url):
    try:
        psycopg.connect(url, connect_timeout=2).close()
    except psycopg.OperationalError:
        return False
    return True


def test_a_command_finds_servers_while_it_runs_and_they_end_with_it():
    check = (
        "import os, psycopg, redis; psycopg.connect(os.environ['DATABASE_URL']);"
        " assert redis.Redis.from_url(os.environ['REDIS_URL']).ping(); "
    )
    run = local("with", "--", sys.executable, "-c", check + PRINT_ENVIRONMENT)
    output, errors = run.communicate()

    assert (run.returncode, errors) == (0, "")
    environ = json.loads(output)
    assert set(NAMES) <= set(environ)
    assert not answers(environ["DATABASE_URL"])
    assert not Path(environ["SANDBOX_DATA"]).parent.exists()


@pytest.mark.parametrize(
    ("code", "expected"), [("raise SystemExit(7)", 7), ("import os; os.kill(os.getpid(), 9)", 137)]
)
def test_the_exit_code_is_the_commands(code, expected):
    run = local("env", "--", sys.executable, "-c", code)

    run.communicate()

    assert run.returncode == expected


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child of its parent's death")
def test_a_run_that_is_killed_outright_leaves_no_server():
    run = local("with", "--", sys.executable, "-c", PRINT_ENVIRONMENT + "; import time; time.sleep(3)")
    url = json.loads(run.stdout.readline())["DATABASE_URL"]
    assert answers(url)

    run.send_signal(signal.SIGKILL)
    run.communicate()

    deadline = time.monotonic() + 5
    while answers(url) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not answers(url)


def test_servers_of_ones_own_are_used_and_none_is_started():
    given = {"DATABASE_URL": "postgresql://me@127.0.0.1:1/mine", "REDIS_URL": "redis://127.0.0.1:1/0"}
    run = local("with", "--", sys.executable, "-c", PRINT_ENVIRONMENT, **given)
    output, _ = run.communicate()

    environ = json.loads(output)
    assert {name: environ[name] for name in given} == given


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["env"], "Say what to run: python -m contri.local env -- COMMAND …\n"),
        (["env", "--", "no-such-program"], "Cannot run no-such-program: No such file or directory.\n"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_sentence(arguments, sentence):
    run = local(*arguments)

    assert run.communicate() == ("", sentence)
    assert run.returncode == 1
