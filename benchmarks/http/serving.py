"""The contenders, each started by the command that anybody would start it by, and what they cost."""

import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.ledger.measuring import TICKS_PER_SECOND, stat_of

PEERS = Path(".local/peers-http")
READY_SECONDS = 120.0


@dataclass(frozen=True, slots=True)
class Contender:
    """A name, the program that serves it (`{port}` is filled in), and where it takes transfers."""

    name: str
    command: str
    path: str

    @property
    def is_ours(self) -> bool:
        """Whether it is Contri, under whichever server."""
        return self.path == OURS


UVICORN = "uvicorn --workers 2 --log-level warning --port {port}"
OURS = "/api/v1/wallet/transfer"
CONTENDERS = [
    Contender("FastAPI + SQLModel, sync", f"{UVICORN} benchmarks.http.peers.fastapi_sync:app", "/wallet/transfer"),
    Contender("FastAPI + SQLModel, async", f"{UVICORN} benchmarks.http.peers.fastapi_async:app", "/wallet/transfer"),
    Contender(
        "Contri under granian",
        "granian --interface wsgi --workers 2 --blocking-threads 2 --log-level warning --port {port}"
        " contri.wsgi:application",
        OURS,
    ),
    Contender(
        "Contri under gunicorn",
        "gunicorn --worker-class gthread --workers 2 --threads 4 --keep-alive 75 --log-level warning"
        " --bind 127.0.0.1:{port} contri.wsgi:application",
        OURS,
    ),
]


class WebServer:
    """A contender that is starting or up."""

    def __init__(self, contender: Contender, port: int) -> None:
        self.contender, self.port = contender, port
        module, *arguments = contender.command.format(port=port).split()
        self._process = subprocess.Popen(  # noqa: S603 - a program of our own choosing
            [sys.executable, "-m", module, *arguments],
            env=os.environ | {"PYTHONPATH": f"{PEERS}:."},
            # A line of log a request costs what it costs; nobody has to read it.
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def cpu_seconds(self) -> float:
        """User and system time of all its processes so far."""
        return cpu_seconds_of_tree(self._process.pid)

    def stop(self) -> None:
        """End it, its workers with it."""
        self._process.terminate()
        try:
            self._process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def wait(self) -> None:
        """Until it answers.

        Raises:
            RuntimeError: it does not come up.
        """
        deadline = time.monotonic() + READY_SECONDS
        while True:
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{self.port}{self.contender.path}", timeout=1)
            except urllib.error.HTTPError:
                return
            except OSError as error:
                if time.monotonic() > deadline or self._process.poll() is not None:
                    raise RuntimeError(f"{self.contender.name} does not come up: {error}") from error
                time.sleep(0.1)


def cpu_seconds_of_tree(*roots: int) -> float:
    """User and system time of these processes and of everything that they have started and that still runs."""
    stats = {int(entry.name): stat_of(int(entry.name)) for entry in Path("/proc").iterdir() if entry.name.isdigit()}
    ticks, waiting = 0, list(roots)
    while waiting:
        pid = waiting.pop()
        if stat := stats.get(pid):
            ticks += stat[11] + stat[12]
            waiting += _children(pid, stats)
    return ticks / TICKS_PER_SECOND


def _children(pid: int, stats: dict[int, list[int]]) -> Sequence[int]:
    return [child for child, stat in stats.items() if stat and stat[1] == pid]
