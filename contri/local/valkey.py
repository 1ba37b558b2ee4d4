"""An embedded Valkey (it speaks Redis's protocol) over one folder. Never two over one folder."""

import signal
import socket
import time
from pathlib import Path

from contri.local.faults import LocalFaultError
from contri.local.keys import write_private
from contri.local.ports import LOOPBACK, read_number, remembered_port
from contri.local.processes import Process, command_of, end, end_stray, is_running, spawn
from contri.local.programs import valkey_program

START_SECONDS = 15.0
DATABASES = 64


class EmbeddedValkey:
    """One server over `folder`, on a loopback port that the folder remembers, with the password from `keys`."""

    def __init__(self, folder: Path, keys: dict[str, str]) -> None:
        self._folder = folder
        self._password = keys["VALKEY_PASSWORD"]
        self._port = 0
        self._process: Process | None = None

    @property
    def process(self) -> Process | None:
        """The running server, None when stopped."""
        return self._process

    def url(self, database: int = 0) -> str:
        """Where it answers; `database` is one of the `DATABASES` key spaces (publish and subscribe know no spaces)."""
        return f"redis://:{self._password}@{LOOPBACK}:{self._port}/{database}"

    def start(self) -> None:
        """Start the server on its folder and wait until it answers.

        Raises:
            LocalFaultError: it does not come up; the sentence says why.
        """
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._end_stray_server()
        self._port = remembered_port(self._port_note)
        # A file and not arguments: those can be read by every user of the machine, and there is a password.
        write_private(self._folder / "valkey.conf", self._configuration())
        with self._log.open("ab") as log:
            self._process = spawn([valkey_program(), self._folder / "valkey.conf"], cwd=self._folder, output=log)
        try:
            self._wait_until_ready(self._process)
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Let it write what it holds and end. Harmless when stopped already."""
        if self._process is not None:
            end(self._process)
            self._process = None

    @property
    def _log(self) -> Path:
        return self._folder / "valkey.log"

    @property
    def _port_note(self) -> Path:
        return self._folder / "port"

    @property
    def _pid_file(self) -> Path:
        return self._folder / "valkey.pid"

    def _configuration(self) -> str:
        settings = {
            "bind": LOOPBACK,
            "port": self._port,
            "requirepass": self._password,
            "databases": DATABASES,
            "dir": f'"{self._folder}"',
            "pidfile": f'"{self._pid_file}"',
            # A queued nudge may be lost (a sweep finds its row), but a planned stop should lose nothing.
            "appendonly": "yes",
            "appendfsync": "everysec",
            "save": '""',
            # Full memory must be an error that is seen: evicting would drop rate limits and sessions in silence.
            "maxmemory": "256mb",
            "maxmemory-policy": "noeviction",
        }
        return "".join(f"{name} {value}\n" for name, value in settings.items())

    def _wait_until_ready(self, process: Process) -> None:
        deadline = time.monotonic() + START_SECONDS
        while not self._answers():
            if process.poll() is not None or time.monotonic() > deadline:
                raise LocalFaultError(f"The embedded Valkey did not start (log: {self._log}).")
            time.sleep(0.01)

    def _answers(self) -> bool:
        try:
            with socket.create_connection((LOOPBACK, self._port), timeout=1) as connection:
                connection.sendall(f"AUTH {self._password}\r\nPING\r\n".encode())
                answer = b""
                while answer.count(b"\r\n") < 2:
                    received = connection.recv(256)
                    if not received:
                        return False
                    answer += received
        except OSError:
            return False
        # While it still reads its file back it answers -LOADING.
        return answer == b"+OK\r\n+PONG\r\n"

    def _end_stray_server(self) -> None:
        """A supervisor that was killed may have left its server: end it before a second one writes the same file."""
        pid, port = read_number(self._pid_file), read_number(self._port_note)
        if pid is None:
            return
        # Ours, and no other process that was given the same id since: Valkey shows its address as its title.
        if port is not None and is_running(pid) and f"valkey-server {LOOPBACK}:{port}" in command_of(pid):
            end_stray(pid, signal.SIGTERM)
        self._pid_file.unlink(missing_ok=True)
