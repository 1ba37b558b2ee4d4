"""`make run`: the whole of Contri under one process that starts it in order and ends all of it.

Order: one copy only → ports free → servers → sandbox → migrations → demo people → web, worker, beat. Any of them that
ends by itself ends the run: half a Contri that looks alive would be worse than none.
"""

import http.client
import signal
import sys
import time
from collections.abc import Callable, Mapping

from contri.local import checks
from contri.local.attach import leave_running_servers
from contri.local.children import Children
from contri.local.console import Console
from contri.local.data import PROJECT_ROOT, DataFolder
from contri.local.environment import SANDBOX_TARGETS, Ports, chosen_ports, filled, local_values
from contri.local.faults import LocalFaultError
from contri.local.keys import kept_keys
from contri.local.locks import FileLock, holder_of
from contri.local.ports import LOOPBACK, remembered_port
from contri.local.processes import PATIENCE_SECONDS
from contri.local.servers import LocalServers
from contri.local.welcome import welcome

# One that has ended is noticed at once; a machine that does ten other things is slow, not broken.
READY_SECONDS = 180.0
TICK_SECONDS = 0.1
# Without its access log: Contri writes a line of its own for each request.
DAPHNE = ("-m", "daphne", "--verbosity=0")
CELERY = ("-m", "celery", "--quiet", "-A", "contri")
# One worker talks to nobody: without gossip and mingle it is up two seconds earlier.
WORKER_OPTIONS = ("--concurrency=2", "--loglevel=INFO", "--without-gossip", "--without-mingle")
BEAT_OPTIONS = ("--loglevel=INFO", "--pidfile=", "--scheduler=django_celery_beat.schedulers:DatabaseScheduler")
# In a container root is who we are; on loopback, with tasks in JSON, Celery's six lines about it help nobody.
UNPERTURBED = {"PYTHONWARNINGS": "ignore:You're running the worker with superuser privileges"}


class _StopRequestedError(Exception):
    """Ctrl-C, or a signal that asks for the end: not a fault."""


class Supervisor:
    """One run, from the lock to the last child."""

    def __init__(self, data: DataFolder, environ: Mapping[str, str], console: Console) -> None:
        self._data = data
        self._environ = environ
        self._console = console
        self._children = Children(console, PROJECT_ROOT)
        self._stops_asked = 0
        self._started_at = time.monotonic()

    def run(self) -> None:
        """Stay until somebody asks for the end.

        Raises:
            LocalFaultError: something is in the way, or a child ended by itself; everything has been stopped by then.
        """
        self._data.create()
        lock = FileLock(self._data.lock)
        if not lock.take():
            raise LocalFaultError(
                f"Contri is running here already (process {holder_of(self._data.lock)}): stop that copy first."
            )
        try:
            self._listen_for_signals()
            self._run_alone()
        except _StopRequestedError:
            self._console.say("Stopped. The data is kept in .local/ for the next run.")
        finally:
            lock.release()

    def _run_alone(self) -> None:
        ports = chosen_ports(self._environ, smtp=remembered_port(self._data.smtp_port))
        with_sandbox = not all(name in self._environ for name in SANDBOX_TARGETS)
        checks.require_free_ports(ports, with_sandbox=with_sandbox)
        keys = kept_keys(self._data.keys)
        servers = LocalServers(self._data, keys, self._environ)
        try:
            self._start_servers(servers)
            own = self._local_values(servers, ports, keys)
            values = filled(self._environ, own)
            checks.require_sound_environment(values)
            self._prepare(servers, values, ports, with_sandbox=with_sandbox)
            self._serve(values, ports)
            leave_running_servers(self._data, {name: values[name] for name in own}, owner_url=servers.owner_url)
            self._console.say(welcome(ports, seconds=time.monotonic() - self._started_at, with_sandbox=with_sandbox))
            while True:
                self._pause()
        finally:
            self._stop(servers)

    def _start_servers(self, servers: LocalServers) -> None:
        self._console.say("Contri starts: PostgreSQL and Valkey first …")
        servers.start()
        for name, process in servers.processes.items():
            self._children.watch(name, process)
        checks.require_database(servers.app_url)
        checks.require_redis(servers.redis_url)
        self._pause()

    def _local_values(self, servers: LocalServers, ports: Ports, keys: Mapping[str, str]) -> dict[str, str]:
        return local_values(
            stage="local",
            database_url=servers.app_url,
            redis_url=servers.redis_url,
            ports=ports,
            keys=keys,
            sandbox_data=self._data.sandbox,
        )

    def _prepare(self, servers: LocalServers, values: Mapping[str, str], ports: Ports, *, with_sandbox: bool) -> None:
        as_owner = {**values, "DATABASE_URL": servers.owner_url}
        if with_sandbox:
            # Beside the migrations, which take about as long as it does to come up.
            self._start("sandbox", values, "-m", "contri.sandbox")
        else:
            self._console.say("No sandbox: every address that it stands in for is set.")
        self._run_to_end("migrate", as_owner, "manage.py", "migrate", "--no-input")
        self._run_to_end("migrate", as_owner, "manage.py", "grant_runtime_role")
        servers.grant_runtime_role()
        if with_sandbox:
            self._wait_for("sandbox", lambda: _answers(ports.sandbox, "/"))
        if values["STAGE"] == "local":
            self._run_to_end("seed", as_owner, "manage.py", "seed_demo")

    def _serve(self, values: Mapping[str, str], ports: Ports) -> None:
        values = {**values, "PROMETHEUS_MULTIPROC_DIR": str(self._data.fresh_counts())}
        self._start("web", values, *DAPHNE, "-b", LOOPBACK, "-p", str(ports.web), "contri.asgi:application")
        self._start("worker", {**values, **UNPERTURBED}, *CELERY, "worker", *WORKER_OPTIONS)
        self._start("beat", values, *CELERY, "beat", *BEAT_OPTIONS)
        self._wait_for("web", lambda: _answers(ports.web, "/healthz/live"))

    def _start(self, name: str, values: Mapping[str, str], *arguments: str) -> None:
        # Unbuffered: a line that is shown only when the pipe is full is no line.
        self._children.start(name, [sys.executable, *arguments], {**values, "PYTHONUNBUFFERED": "1"})

    def _run_to_end(self, name: str, values: Mapping[str, str], *arguments: str) -> None:
        self._start(name, values, *arguments)
        while (code := self._pause(until=name)) is None:
            pass
        if code != 0:
            raise LocalFaultError(
                f"{name} failed ({_in_words(code)}); its lines above say why. Everything was stopped."
            )

    def _wait_for(self, name: str, is_ready: Callable[[], bool]) -> None:
        deadline = time.monotonic() + READY_SECONDS
        while not is_ready():
            if time.monotonic() > deadline:
                raise LocalFaultError(f"{name} did not answer within {READY_SECONDS:.0f} s. Everything was stopped.")
            self._pause()

    def _pause(self, *, until: str | None = None) -> int | None:
        """Attend to the children for a moment; the exit code of `until` once that has ended.

        Raises:
            _StopRequestedError: a signal came.
            LocalFaultError: any other child ended.
        """
        self._children.attend(TICK_SECONDS)
        if self._stops_asked:
            raise _StopRequestedError
        for name, code in self._children.ended().items():
            if name == until:
                return code
            raise LocalFaultError(f"{name} ended by itself ({_in_words(code)}), so everything was stopped.")
        return None

    def _stop(self, servers: LocalServers) -> None:
        self._data.run_env.unlink(missing_ok=True)
        # Asked twice means now.
        self._children.end(patience=lambda: PATIENCE_SECONDS if self._stops_asked < 2 else 0)
        servers.stop()

    def _listen_for_signals(self) -> None:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._note_stop)

    def _note_stop(self, _number: int, _frame: object) -> None:
        """Only noted: raising here could fall between a child's start and its being known."""
        self._stops_asked += 1


def _answers(port: int, path: str) -> bool:
    """Whether an HTTP server there answers anything at all."""
    connection = http.client.HTTPConnection(LOOPBACK, port, timeout=1)
    try:
        connection.request("GET", path)
        connection.getresponse()
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
    return True


def _in_words(code: int) -> str:
    return f"exit code {code}" if code >= 0 else f"ended by {signal.Signals(-code).name}"
