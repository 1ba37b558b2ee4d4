"""Ending processes, and what happens to them when their parent is killed."""

import signal
import subprocess
import sys
import time

import pytest

from contri.local.data import PROJECT_ROOT
from contri.local.processes import end, is_running, spawn

STUBBORN = """
import signal, subprocess, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
grandchild = subprocess.Popen([sys.executable, "-c", STUBBORN_TOO])
print(grandchild.pid, flush=True)
time.sleep(60)
""".replace("STUBBORN_TOO", repr("import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(60)"))

PARENT = """
import sys, time
from contri.local.processes import spawn
print(spawn(["sleep", "60"]).pid, flush=True)
time.sleep(60)
"""


def gone(pid, within=5.0):
    deadline = time.monotonic() + within
    while is_running(pid) and time.monotonic() < deadline:
        time.sleep(0.01)
    return not is_running(pid)


def test_a_process_that_ignores_the_request_is_killed_with_its_children():
    process = spawn([sys.executable, "-c", STUBBORN], output=subprocess.PIPE)
    assert process.stdout is not None
    grandchild = int(process.stdout.readline())

    end(process, patience=0.1)
    process.stdout.close()

    assert process.returncode == -signal.SIGKILL
    assert gone(grandchild)


def test_a_child_that_outlives_its_parent_in_the_group_is_killed_too():
    leaver = "import subprocess; print(subprocess.Popen(['sleep', '60'], stdout=subprocess.DEVNULL).pid, flush=True)"
    process = spawn([sys.executable, "-c", leaver], output=subprocess.PIPE)
    assert process.stdout is not None
    orphan = int(process.stdout.readline())
    process.wait()
    assert is_running(orphan)

    end(process, patience=0.1)
    process.stdout.close()

    assert gone(orphan)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child of its parent's death")
def test_nothing_survives_a_parent_that_was_killed_outright():
    with subprocess.Popen([sys.executable, "-c", PARENT], stdout=subprocess.PIPE, cwd=PROJECT_ROOT) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        parent.kill()

    assert gone(child)
