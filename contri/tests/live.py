"""A whole running Contri for end-to-end tests: `make run`'s own supervisor over a data folder of its own."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from contri.local.ports import free_ports
from contri.local.throwaway import throwaway_folder

# However busy the machine is: nothing is proved by how long it takes.
START_SECONDS = 300.0
STOP_SECONDS = 30.0
KEPT_VARIABLES = ("PATH", "HOME", "LANG", "TMPDIR")


@dataclass(frozen=True, slots=True)
class LiveContri:
    """Web, worker, beat, sandbox and embedded servers, as processes."""

    base_url: str
    sandbox_url: str
    environ: Mapping[str, str]

    def manage(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run `manage.py` by hand, as an operator would, in a shell that knows nothing but where the data is."""
        command = [sys.executable, "manage.py", *arguments]
        return subprocess.run(  # noqa: S603 - our own command line
            command,
            cwd=settings.BASE_DIR,
            env=dict(self.environ),
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )


@contextmanager
def live_contri(**variables: str) -> Iterator[LiveContri]:
    """Start everything over an empty data folder, told these variables; end and remove all of it afterwards."""
    port, sandbox_port = free_ports(2)
    kept = {name: os.environ[name] for name in KEPT_VARIABLES if name in os.environ}
    with throwaway_folder() as folder:
        data = folder.root / "run"
        by_hand = {**kept, "CONTRI_DATA": str(data)}
        environ = {**by_hand, **variables, "PORT": str(port), "SANDBOX_PORT": str(sandbox_port)}
        with _supervisor(environ, run_env=data / "run.env", log=folder.root / "run.log"):
            yield LiveContri(f"http://127.0.0.1:{port}", f"http://127.0.0.1:{sandbox_port}", by_hand)


@contextmanager
def _supervisor(environ: Mapping[str, str], *, run_env: Path, log: Path) -> Iterator[None]:
    command = [sys.executable, "-m", "contri.local", "run"]
    with log.open("w") as output:
        supervisor = subprocess.Popen(  # noqa: S603 - our own command line
            command, cwd=settings.BASE_DIR, env=environ, stdout=output, stderr=output
        )
        try:
            _wait_until_up(supervisor, run_env, log)
            yield
        finally:
            supervisor.terminate()
            supervisor.wait(STOP_SECONDS)


def _wait_until_up(supervisor: subprocess.Popen[bytes], run_env: Path, log: Path) -> None:
    """The supervisor leaves `run.env` once the web server answers."""
    deadline = time.monotonic() + START_SECONDS
    while not run_env.exists():
        if supervisor.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"Contri did not come up:\n{log.read_text()[-4000:]}")
        time.sleep(0.1)
