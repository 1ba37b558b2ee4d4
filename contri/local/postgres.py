"""An embedded PostgreSQL over one folder: made once, started, given its roles, stopped. Never two over one folder."""

import os
import re
import shutil
import signal
import subprocess
import time
from pathlib import Path

from contri.local.data import ServiceUser, may_enter, service_user
from contri.local.faults import LocalFaultError
from contri.local.keys import write_private
from contri.local.ports import LOOPBACK, remembered_port
from contri.local.processes import Process, command_of, end, end_stray, is_running, spawn
from contri.local.programs import postgres_programs

START_SECONDS = 30.0
DATABASE = "contri"
SUPERUSER = "postgres"
OWNER_ROLE = "contri_owner"
APP_ROLE = "contri_app"
RUNTIME_ROLE = "contri_runtime"

# The owner migrates: it may make the run-time role and the test databases. The app may only log in; what it is allowed
# comes with RUNTIME_ROLE, which a migration makes (see `grant_runtime_role`).
_BOOTSTRAP = f"""
SELECT format('CREATE ROLE %I LOGIN', name) FROM unnest(ARRAY['{OWNER_ROLE}', '{APP_ROLE}']) AS name
 WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name) \\gexec
ALTER ROLE {OWNER_ROLE} CREATEDB CREATEROLE PASSWORD :'owner_password';
ALTER ROLE {OWNER_ROLE} SET createrole_self_grant = 'set, inherit';
ALTER ROLE {APP_ROLE} PASSWORD :'app_password';
SELECT 'CREATE DATABASE {DATABASE} OWNER {OWNER_ROLE}'
 WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = '{DATABASE}') \\gexec
"""

_GRANT_RUNTIME_ROLE = f"""
SELECT 'GRANT {RUNTIME_ROLE} TO {APP_ROLE}' WHERE EXISTS (SELECT FROM pg_roles WHERE rolname = '{RUNTIME_ROLE}') \\gexec
"""


class EmbeddedPostgres:
    """One server over `folder`, on a loopback port that the folder remembers, with passwords from `keys`."""

    def __init__(self, folder: Path, keys: dict[str, str], *, max_connections: int = 100) -> None:
        self._folder = folder
        self._data = folder / "data"
        self._keys = keys
        self._max_connections = max_connections
        self._user = service_user()
        self._programs = postgres_programs(self._user)
        self._port = 0
        self._process: Process | None = None

    @property
    def owner_url(self) -> str:
        """For migrations: the role that owns the database."""
        return self._url(OWNER_ROLE, "POSTGRES_OWNER_PASSWORD")

    @property
    def app_url(self) -> str:
        """For everything that serves: the role with no more than the run-time rights."""
        return self._url(APP_ROLE, "POSTGRES_APP_PASSWORD")

    @property
    def process(self) -> Process | None:
        """The running server, None when stopped."""
        return self._process

    def start(self) -> None:
        """Make the cluster if there is none, start it and wait until it answers with its roles and database in place.

        Raises:
            LocalFaultError: it cannot be made or does not come up; the sentence says why.
        """
        self._prepare_folder()
        self._end_stray_server()
        if not self._data.exists():
            _make_cluster(self._data, self._programs, self._user, self._keys["POSTGRES_SUPERUSER_PASSWORD"])
        self._port = remembered_port(self._folder / "port")
        self._process = self._launch()
        try:
            self._wait_until_ready(self._process)
            self._run_sql(
                _BOOTSTRAP,
                owner_password=self._keys["POSTGRES_OWNER_PASSWORD"],
                app_password=self._keys["POSTGRES_APP_PASSWORD"],
            )
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Fast shutdown: sessions are ended, everything committed is on disk. Harmless when stopped already."""
        if self._process is not None:
            end(self._process, polite=signal.SIGINT)
            self._process = None

    def grant_runtime_role(self) -> None:
        """Let the app's login use the run-time role, once the migrations have made that."""
        self._run_sql(_GRANT_RUNTIME_ROLE)

    def _url(self, role: str, password: str) -> str:
        return f"postgresql://{role}:{self._keys[password]}@{LOOPBACK}:{self._port}/{DATABASE}"

    def _prepare_folder(self) -> None:
        self._folder.mkdir(mode=0o711, parents=True, exist_ok=True)
        if self._user is not None and not may_enter(self._user, self._folder):
            raise LocalFaultError(
                f"PostgreSQL cannot run as root, and {self._user.name} cannot reach {self._folder}: "
                "run as an ordinary user, or open the way to that folder."
            )

    def _launch(self) -> Process:
        settings = {
            "listen_addresses": LOOPBACK,
            "port": self._port,
            # Loopback only: the path of a socket would be too long in a deep checkout.
            "unix_socket_directories": "",
            "max_connections": self._max_connections,
            "timezone": "UTC",
            "log_timezone": "UTC",
        }
        options = [f"--{name}={value}" for name, value in settings.items()]
        with self._log.open("ab") as log:
            return spawn(
                [self._programs / "postgres", "-D", self._data, *options],
                env=_server_environment(),
                user=self._user,
                output=log,
                last_wish=signal.SIGINT,
            )

    @property
    def _log(self) -> Path:
        return self._folder / "postgres.log"

    def _wait_until_ready(self, process: Process) -> None:
        deadline = time.monotonic() + START_SECONDS
        while _state_in_pid_file(self._data) != (process.pid, "ready"):
            if process.poll() is not None:
                raise LocalFaultError(
                    f"The embedded PostgreSQL did not start: {_last_complaint(self._log)} (log: {self._log})."
                )
            if time.monotonic() > deadline:
                raise LocalFaultError(
                    f"The embedded PostgreSQL was not ready after {START_SECONDS:.0f} s (log: {self._log})."
                )
            time.sleep(0.01)

    def _run_sql(self, sql: str, **variables: str) -> None:
        environment = _server_environment() | {"PGPASSWORD": self._keys["POSTGRES_SUPERUSER_PASSWORD"]}
        # The values travel in the script, on stdin: an argument could be read by every user of the machine.
        settings = "".join(f"\\set {name} '{value}'\n" for name, value in variables.items())
        where = ["-h", LOOPBACK, "-p", str(self._port), "-U", SUPERUSER, "-d", "postgres"]
        done = subprocess.run(
            [self._programs / "psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", *where],
            input=settings + sql,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            complaint = done.stderr.strip().splitlines()[-1:] or ["no reason given"]
            raise LocalFaultError(
                f"The embedded PostgreSQL refused to set up its roles: {complaint[0]}. "
                f"If its keys were lost, remove {self._folder} to start anew."
            )

    def _end_stray_server(self) -> None:
        """A supervisor that was killed may have left its server: end it, or clear away the note of a dead one."""
        pid, _ = _state_in_pid_file(self._data)
        if pid is None:
            return
        if is_running(pid) and f"postgres -D {self._data} " in command_of(pid):
            end_stray(pid, signal.SIGINT)
        # By now nobody serves this folder. Left there, the note would stop the start if its id was given out anew.
        (self._data / "postmaster.pid").unlink(missing_ok=True)


def _make_cluster(data: Path, programs: Path, user: ServiceUser | None, password: str) -> None:
    """Run initdb beside `data` and rename the result into place, so that an initdb cut short is never started."""
    draft = data.with_name("data.new")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(mode=0o700)
    password_file = data.with_name("password")
    write_private(password_file, password)
    if user is not None:
        os.chown(draft, user.uid, user.gid)
        os.chown(password_file, user.uid, user.gid)
    made = subprocess.run(
        [
            *(programs / "initdb", "-D", draft, "-U", SUPERUSER, "--auth=scram-sha-256", f"--pwfile={password_file}"),
            *("--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--data-checksums"),
        ],
        env=_server_environment(),
        user=user.uid if user else None,
        group=user.gid if user else None,
        extra_groups=[] if user else None,
        capture_output=True,
        text=True,
        check=False,
    )
    password_file.unlink()
    if made.returncode != 0:
        shutil.rmtree(draft, ignore_errors=True)
        complaint = made.stderr.strip().splitlines()[-1:] or ["no reason given"]
        raise LocalFaultError(f"The embedded PostgreSQL could not make its data folder {data}: {complaint[0]}")
    draft.rename(data)


def _server_environment() -> dict[str, str]:
    """What the programs need of our environment, and nothing (PGDATA, PGOPTIONS, LC_ALL…) that would bend them."""
    kept = {name: os.environ[name] for name in ("PATH", "TMPDIR", "LD_LIBRARY_PATH") if name in os.environ}
    return kept | {"LC_ALL": "C", "TZ": "UTC"}


def _state_in_pid_file(data: Path) -> tuple[int | None, str]:
    """The process id and state ("starting", "ready", …) in postmaster.pid; line 1 and line 8 by PostgreSQL's format."""
    try:
        lines = (data / "postmaster.pid").read_text().splitlines()
    except OSError:
        return None, ""
    pid = int(lines[0]) if lines and lines[0].strip().isdigit() else None
    return pid, lines[7].strip() if len(lines) > 7 else ""


def _last_complaint(log: Path) -> str:
    complaints = re.findall(r"(?:FATAL|PANIC|ERROR): +(.+)", log.read_text(errors="replace"))
    return complaints[-1] if complaints else "it gave no reason"
