"""Starting and ending processes so that none is left behind, not even when their parent is killed outright."""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO

from contri.local.data import ServiceUser

Process = subprocess.Popen[bytes]

PATIENCE_SECONDS = 10.0

# Loaded here and not in the child: between fork and exec nothing may allocate or take a lock it need not.
_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None
_PR_SET_PDEATHSIG = 1


def spawn(
    argv: Sequence[str | Path],
    *,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    user: ServiceUser | None = None,
    output: IO[bytes] | int | None = None,
    last_wish: signal.Signals = signal.SIGTERM,
) -> Process:
    """Start `argv` in a process group of its own, so that a Ctrl-C at the terminal reaches only its supervisor.

    `output` takes both its streams. `last_wish` is the signal that the kernel sends it, on Linux, when the thread that
    called this dies; call it from a thread that lives as long as the process should.
    """
    return subprocess.Popen(
        [str(part) for part in argv],
        env=dict(env) if env is not None else None,
        cwd=cwd,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT if output is not None else None,
        process_group=0,
        user=user.uid if user else None,
        group=user.gid if user else None,
        extra_groups=[] if user else None,
        preexec_fn=_bound_to_parent(last_wish),
    )


def end(process: Process, *, polite: signal.Signals = signal.SIGTERM, patience: float = PATIENCE_SECONDS) -> None:
    """Ask a process to end, with its group; after `patience` seconds kill what is left of them."""
    signal_group(process, polite)
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(timeout=patience)
    reap(process)


def reap(process: Process) -> None:
    """Kill whatever is left of a process and its group: the leader may be gone and its children not."""
    signal_group(process, signal.SIGKILL)
    process.wait()


def signal_group(process: Process, signal_number: signal.Signals) -> None:
    """Send a signal to a process and all that it started."""
    # Nobody left in the group; macOS says "not permitted" when only zombies are.
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal_number)


def is_running(pid: int) -> bool:
    """Whether a process with this id is at work, whosever it is. One that has ended and waits to be reaped is not."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return not _is_zombie(pid)


def command_of(pid: int) -> str:
    """The command line of a process, or "" when it cannot be told. Guards against ids that were given out anew."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        return _listed(pid, "command")


def end_stray(pid: int, polite: signal.Signals, *, patience: float = PATIENCE_SECONDS) -> None:
    """End a process left by a run that was killed; SIGKILL after `patience` seconds."""
    with contextlib.suppress(ProcessLookupError):
        for signal_number in (polite, signal.SIGKILL):
            os.kill(pid, signal_number)
            deadline = time.monotonic() + patience
            while is_running(pid) and time.monotonic() < deadline:
                time.sleep(0.02)
            if not is_running(pid):
                return


def _listed(pid: int, column: str) -> str:
    """What `ps` says of a process, where there is no /proc; "" when it is gone."""
    command = ["ps", "-o", f"{column}=", "-p", str(pid)]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout


def _is_zombie(pid: int) -> bool:
    """Whether a process has ended and its parent has not looked: in a container nobody may ever look."""
    try:
        status = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return _listed(pid, "stat").startswith("Z")
    # The name of the program stands in brackets and may hold anything; the state follows the last one.
    return status.rpartition(")")[2].split()[0] == "Z"


def _bound_to_parent(last_wish: signal.Signals) -> Callable[[], None] | None:
    if _libc is None:
        return None
    libc, parent = _libc, os.getpid()

    def in_the_child() -> None:
        libc.prctl(_PR_SET_PDEATHSIG, int(last_wish), 0, 0, 0)
        if os.getppid() != parent:
            os._exit(1)

    return in_the_child
