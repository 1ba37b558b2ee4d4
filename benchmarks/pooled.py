"""The whole suite behind PgBouncer in transaction mode, as production runs. Needs the program `pgbouncer`.

    python -m contri.local with -- python -m benchmarks.pooled [what goes to pytest]

A session of the database lives for one transaction here and is closed after it (`server_lifetime = 0`): whatever relies
on a setting, a lock, a cursor or a statement that a session keeps, fails.
"""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.parse import SplitResult, urlsplit, urlunsplit

import psycopg

from contri.local.data import service_user
from contri.local.ports import free_ports

# As ops/pgbouncer/pgbouncer.ini; the pool is as large as the largest race of the suite.
INI = """
[databases]
* = host={host} port={port}

[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {listen}
unix_socket_dir =
auth_type = plain
auth_file = {folder}/users
pool_mode = transaction
default_pool_size = 150
max_client_conn = 500
server_lifetime = 0
ignore_startup_parameters = options, extra_float_digits
server_reset_query =
"""
# Restoring sets what holds for its session; production restores without the pooler as well.
DIRECT = ("contri/backups/tests/test_backups.py::test_what_was_backed_up_is_what_is_restored",)
# PgBouncer hands no settings of a session on: as in production they belong to the login.
LIMITS = {"lock_timeout": "3s", "statement_timeout": "120s", "idle_in_transaction_session_timeout": "10s"}


def main() -> int:
    """Put the pooler before the server, run pytest, and end the pooler."""
    server = urlsplit(os.environ["DATABASE_URL"])
    with psycopg.connect(server.geturl(), autocommit=True) as session:
        for name, value in LIMITS.items():
            session.execute(f"ALTER ROLE {server.username} SET {name} = '{value}'")
    (listen,) = free_ports(1)
    with tempfile.TemporaryDirectory() as folder:
        pooler = subprocess.Popen(_command(Path(folder), server, listen))  # noqa: S603 - a program of our own choosing
        pooled = urlunsplit(server._replace(netloc=server.netloc.replace(f":{server.port}", f":{listen}")))
        try:
            _wait(pooled)
            without = [f"--deselect={test}" for test in DIRECT]
            command = [sys.executable, "-m", "pytest", "-n", "2", *without, *sys.argv[1:]]
            done = subprocess.run(command, env=os.environ | {"DATABASE_URL": pooled}, check=False)  # noqa: S603 - as above
            return done.returncode
        finally:
            pooler.terminate()
            pooler.wait()


def _command(folder: Path, server: SplitResult, listen: int) -> list[str]:
    ini = INI.format(host=server.hostname, port=server.port, listen=listen, folder=folder)
    (folder / "pgbouncer.ini").write_text(ini)
    (folder / "users").write_text(f'"{server.username}" "{server.password}"\n')
    user = service_user()
    if user is None:
        return ["pgbouncer", "-q", str(folder / "pgbouncer.ini")]
    # It refuses to be root.
    for path in (folder, *folder.iterdir()):
        os.chown(path, user.uid, user.gid)
    return ["pgbouncer", "-q", "-u", user.name, str(folder / "pgbouncer.ini")]


def _wait(url: str) -> None:
    deadline = time.monotonic() + 30
    while True:
        try:
            return psycopg.connect(url).close()
        except psycopg.OperationalError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.2)


if __name__ == "__main__":
    raise SystemExit(main())
