"""The rehearsal of going back to a moment: `python -m benchmarks.point_in_time`.

Does to a throw-away PostgreSQL what docs/operating.md says to do with production's: its log is archived, a base is
taken, money moves before the chosen moment and after it, the data is lost; the base is unpacked, the log replayed to
that moment, the books looked at while it waits there, and the server let go on. Exits with 1 when anything is not as it
was.
"""

import os
import shutil
import subprocess
import sys
import tarfile
import time
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import IO, cast
from uuid import uuid4

import django
import psycopg
from django.core.management import call_command

from contri.local.data import service_user
from contri.local.environment import Ports, local_values
from contri.local.keys import kept_keys
from contri.local.ports import free_ports
from contri.local.postgres import SUPERUSER, EmbeddedPostgres
from contri.local.programs import postgres_programs
from contri.local.throwaway import throwaway_folder
from contri.local.valkey import EmbeddedValkey

# As docker-compose.yml: a segment is whole under its name or not there at all.
ARCHIVE = "test ! -f {wal}/%f && cp %p {wal}/%f.new && mv {wal}/%f.new {wal}/%f"
BEFORE, AFTER = 40, 30
PATIENCE_SECONDS = 60.0


class Machine:
    """One PostgreSQL over a folder, its archive beside it."""

    def __init__(self, folder: Path, keys: dict[str, str]) -> None:
        self.server = EmbeddedPostgres(folder, keys)
        self._password = keys["POSTGRES_SUPERUSER_PASSWORD"]
        self._user = service_user()
        self._programs = postgres_programs(self._user)
        self.data, self.wal = folder / "data", folder / "wal"

    def archive(self) -> None:
        """Have every piece of the log kept from now on."""
        self.server.start()
        self.wal.mkdir()
        self._give(self.wal)
        self.say("ALTER SYSTEM SET archive_mode = on")
        self.say(f"ALTER SYSTEM SET archive_command = '{ARCHIVE.format(wal=self.wal)}'")
        self.server.stop()
        self.server.start()

    def base(self, to: Path) -> None:
        """Take a base to start from."""
        with to.open("wb") as file:
            self._run(
                ["pg_basebackup", *self._where, "--pgdata=-", "--format=tar", "--wal-method=none", "-cfast"], file
            )

    def lose(self) -> None:
        """Whatever had not been archived yet goes as well: the moment must have been, a minute ago."""
        self.say("SELECT pg_switch_wal()")
        deadline = time.monotonic() + PATIENCE_SECONDS
        while self.say("SELECT count(*) FROM pg_ls_dir('pg_wal/archive_status') AS f WHERE f LIKE '%.ready'")[0][0]:
            if time.monotonic() > deadline:
                raise SystemExit("The log is not archived.")
            time.sleep(0.1)
        self.server.stop()
        shutil.rmtree(self.data)

    def go_back(self, base: Path, moment: datetime) -> None:
        """Unpack the base, and replay to `moment`; there it waits."""
        self.data.mkdir(mode=0o700)
        with tarfile.open(base) as tar:
            tar.extractall(self.data, filter="tar")
        with (self.data / "postgresql.auto.conf").open("a") as settings:
            settings.write(f"restore_command = 'cp {self.wal}/%f %p'\nrecovery_target_time = '{moment.isoformat()}'\n")
            settings.write(f"port = {self._port}\nlisten_addresses = '127.0.0.1'\nunix_socket_directories = ''\n")
        (self.data / "recovery.signal").touch()
        for path in (self.data, *self.data.rglob("*")):
            self._give(path)
        self._pg_ctl("start", "-l", str(self.data / "recovery.log"))
        self._until("SELECT pg_is_wal_replay_paused()")

    def go_on(self) -> None:
        """From here on it is a database like any other."""
        self.say("SELECT pg_wal_replay_resume()")
        self._until("SELECT NOT pg_is_in_recovery()")

    def stop(self) -> None:
        """For good."""
        if (self.data / "postmaster.pid").exists():
            self._pg_ctl("stop", "-m", "fast")

    def say(self, statement: str) -> list[tuple[object, ...]]:
        """To the server, as its superuser."""
        with psycopg.connect(
            host="127.0.0.1",
            port=self._port,
            user=SUPERUSER,
            password=self._password,
            dbname="postgres",
            autocommit=True,
        ) as session:
            done = session.execute(statement)
            return done.fetchall() if done.description else []

    @property
    def _port(self) -> int:
        return int(self.server.owner_url.rpartition(":")[2].partition("/")[0])

    @property
    def _where(self) -> Sequence[str]:
        return ("-h", "127.0.0.1", "-p", str(self._port), "-U", SUPERUSER)

    def _until(self, question: str) -> None:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while self.say(question) != [(True,)]:
            if time.monotonic() > deadline:
                raise SystemExit(f"Never came true: {question}")
            time.sleep(0.1)

    def _give(self, path: Path) -> None:
        if self._user is not None:
            os.chown(path, self._user.uid, self._user.gid)

    def _pg_ctl(self, *arguments: str) -> None:
        self._run(["pg_ctl", "-D", str(self.data), "-w", "-s", *arguments], subprocess.DEVNULL)

    def _run(self, command: list[str], output: IO[bytes] | int) -> None:
        subprocess.run(  # noqa: S603 - PostgreSQL's own programs
            [str(self._programs / command[0]), *command[1:]],
            env={"PATH": os.environ["PATH"], "LC_ALL": "C", "PGPASSWORD": self._password},
            stdout=output,
            user=self._user.uid if self._user else None,
            group=self._user.gid if self._user else None,
            extra_groups=[] if self._user else None,
            cwd=self.data.parent,
            check=True,
        )


def main() -> int:
    """Rehearse, and tell each step."""
    with throwaway_folder() as folder:
        keys = kept_keys(folder.keys)
        machine, valkey = Machine(folder.postgres, keys), EmbeddedValkey(folder.valkey, keys)
        valkey.start()
        try:
            machine.archive()
            _settle_in(machine, valkey, keys, folder.sandbox)
            return _rehearse(machine, folder.root / "base.tar")
        finally:
            machine.stop()
            valkey.stop()


def _settle_in(machine: Machine, valkey: EmbeddedValkey, keys: dict[str, str], sandbox: Path) -> None:
    os.environ |= local_values(
        stage="local",
        database_url=machine.server.owner_url,
        redis_url=valkey.url(),
        ports=Ports(*free_ports(3)),
        keys=keys,
        sandbox_data=sandbox,
    )
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "contri.settings")
    django.setup()
    call_command("migrate", verbosity=0)


def _rehearse(machine: Machine, base: Path) -> int:
    _pay(BEFORE)
    machine.base(base)
    _tell("a base is taken", f"{base.stat().st_size / 2**20:.0f} MiB")
    _pay(BEFORE)
    moment = cast("datetime", machine.say("SELECT clock_timestamp()")[0][0])
    _pay(AFTER)
    _tell(f"{_paid()} payments, the last {AFTER} after the moment to go back to", moment.isoformat())
    _hang_up()
    machine.lose()
    _tell("all data is lost", "but the archived log")

    began = time.monotonic()
    machine.go_back(base, moment)
    _tell("the log is replayed to that moment", f"{time.monotonic() - began:.1f} s")
    is_good = _is_as_it_was("there it waits, and can be read")
    _hang_up()
    machine.go_on()
    is_good &= _is_as_it_was("it goes on")
    _pay(1)
    is_good &= _paid() == 2 * BEFORE + 1
    _tell("the next payment is booked", "ok" if is_good else "BAD")
    _hang_up()
    return 0 if is_good else 1


def _is_as_it_was(step: str) -> bool:
    from wallets.services import audit_ledger

    findings, paid = audit_ledger(), _paid()
    is_good = not findings and paid == 2 * BEFORE
    _tell(step, f"{'ok' if is_good else 'BAD'}: {paid} payments, {len(findings)} findings of audit_ledger")
    return is_good


def _pay(times: int) -> None:
    from django.db import transaction

    from accounts.models import User
    from wallets import chart, ledger
    from wallets.ledger import Leg
    from wallets.services import open_wallets

    person = User.objects.get_or_create(email="ada@example.ng", first_name="Ada", last_name="Okafor")[0]
    with transaction.atomic():
        (wallet,) = open_wallets(user_ids=[person.pk]).values()
        leg = Leg(chart.clearing_account("paystack"), chart.wallet_account(wallet.pk), 100, "deposit")
    for _ in range(times):
        with transaction.atomic():
            source_id = uuid4()
            ledger.post(
                scope="rehearsal",
                key=str(source_id),
                source="rehearsal",
                source_id=source_id,
                legs=[leg],
                initiator_id=None,
            )


def _paid() -> int:
    from wallets.models import LedgerJournal

    return LedgerJournal.objects.filter(source="rehearsal").count()


def _hang_up() -> None:
    from django.db import connection

    connection.close()
    connection.close_pool()  # type: ignore[attr-defined]  # PostgreSQL's has one


def _tell(step: str, figure: str) -> None:
    print(f"{step:<70} {figure}", flush=True)  # noqa: T201 - a command's answer


if __name__ == "__main__":
    sys.exit(main())
