"""Running pgbench and counting the CPU time that the server's processes spent meanwhile."""

import os
import re
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

import psycopg

CONTENDERS = Path(__file__).parent / "contenders"
TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Measured:
    """One run: server CPU in microseconds for each operation, and operations a second."""

    cpu_us: float
    per_second: float


@dataclass(frozen=True, slots=True)
class Contender:
    """A pgbench script (or pgbench's own, for `tpcb`), how many clients run it, how many transfers one run of it is."""

    name: str
    script: str
    clients: int = 4
    transfers: int = 1


class Server:
    """The PostgreSQL behind `url`, on this machine."""

    def __init__(self, url: str, pgbench: Path) -> None:
        self.url = url
        self._pgbench = pgbench
        with psycopg.connect(url) as session:
            self._postmaster = _parent_of(session.info.backend_pid)

    def prepare(self, books: str) -> None:
        """Make pgbench's tables and ours."""
        self._run("-i", "-s", "10", "-q")
        with psycopg.connect(self.url, autocommit=True) as session:
            session.execute(books)

    def measure(self, contender: Contender, seconds: int) -> Measured:
        """Run one contender for a while."""
        script = ["-b", contender.script] if contender.script == "tpcb-like" else ["-f", _script(contender.script)]
        before = self.cpu_seconds()
        out = self._run("-n", "-M", "prepared", "-c", str(contender.clients), "-T", str(seconds), *script)
        # The time of a session is added to the postmaster's children when that has noticed its end.
        time.sleep(0.2)
        spent = self.cpu_seconds() - before
        [done] = re.findall(r"actually processed: (\d+)", out)
        [failed] = re.findall(r"failed transactions: (\d+)", out) or ["0"]
        if int(failed):
            raise RuntimeError(f"{contender.name}: {failed} transactions failed")
        operations = int(done) * contender.transfers
        return Measured(spent / operations * 1e6, operations / seconds)

    def tidy(self) -> None:
        """Fold, and let autovacuum's work not fall into somebody's turn."""
        with psycopg.connect(self.url, autocommit=True) as session:
            session.execute("DELETE FROM ledger_unfolded")
            session.execute("VACUUM (ANALYZE) ledger_account, ledger_unfolded, ledger_transfer, ledger_journal")
            session.execute("VACUUM pgbench_accounts, pgbench_branches, pgbench_tellers, pgbench_history")

    def version(self) -> str:
        """What the server says it is."""
        with psycopg.connect(self.url) as session:
            [(version,)] = session.execute("SELECT version()").fetchall()
            return str(version)

    def _run(self, *arguments: str) -> str:
        done = subprocess.run(  # noqa: S603 - a program of our own choosing
            [self._pgbench, *arguments, self.url], capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise RuntimeError(done.stderr.strip().splitlines()[-1])
        return done.stdout

    def cpu_seconds(self) -> float:
        """User and system time of the postmaster's children, those that have ended included."""
        ticks = sum(stat_of(self._postmaster)[11:15])
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit() and (stat := stat_of(int(entry.name))) and stat[1] == self._postmaster:
                ticks += stat[11] + stat[12]
        return ticks / TICKS_PER_SECOND


def _script(name: str) -> str:
    return str(CONTENDERS / f"{name}.sql")


def _parent_of(pid: int) -> int:
    return stat_of(pid)[1]


def stat_of(pid: int) -> list[int]:
    """The numbers of /proc/PID/stat from the state on (proc(5) counts it as field 3); empty when it has ended."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except (FileNotFoundError, ProcessLookupError):
        return []
    fields = text.rpartition(")")[2].split()
    return [0, *(int(field) for field in fields[1:])]
