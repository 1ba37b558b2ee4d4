"""What POST /wallet/transfer costs, with everything on, beside hand-written peers. See README.md for how to run it.

All contenders are up all the time and take turns, several rounds; medians are told. What counts is CPU for one request,
of the web server, PostgreSQL and Valkey together: it holds where requests a second depend on the machine.
"""

import argparse
import asyncio
import itertools
import json
import os
import statistics
from dataclasses import asdict, dataclass
from pathlib import Path

import django
from django.core.management import call_command
from redis import Redis
from rich.console import Console
from rich.progress import track
from rich.table import Table

from benchmarks.http.load import at_rate, flat_out
from benchmarks.http.serving import CONTENDERS, Contender, WebServer, cpu_seconds_of_tree
from benchmarks.ledger.measuring import Server
from benchmarks.picture import bars
from contri.local.data import service_user
from contri.local.ports import free_ports
from contri.local.programs import postgres_programs

CONNECTIONS = 16
# More than any contender answers in a second on two cores.
MOST_A_SECOND = 2500
# What is to be reached against each peer: (figure, at most or at least, how much of the peer's).
GOALS = [("per_second", "≥", 1.5), ("cpu_ms", "≤", 0.65), ("p99_ms", "≤", 0.7)]


@dataclass(frozen=True, slots=True)
class Measured:
    """Requests a second flat out, CPU milliseconds of each (and how many of them are the web server's), and at half
    load the milliseconds that 99 in 100 stay below."""

    per_second: float
    cpu_ms: float
    web_ms: float
    p99_ms: float


def main() -> None:
    """Prepare, take turns, tell."""
    options = _options()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "contri.settings")
    django.setup()
    call_command("migrate", verbosity=0)
    servers: list[WebServer] = []
    try:
        for contender, port in zip(CONTENDERS, free_ports(len(CONTENDERS)), strict=True):
            servers.append(WebServer(contender, port))
        for server in servers:
            server.wait()
        rounds = Bench(servers, options.seconds).rounds(options.rounds)
    finally:
        for server in servers:
            server.stop()
    medians = {name: _median(runs) for name, runs in rounds.items()}
    _tell(medians)
    if options.keep:
        _keep(options.keep, rounds, medians)


class Bench:
    """Turns over servers that are up."""

    def __init__(self, servers: list[WebServer], seconds: float) -> None:
        from benchmarks.http.people import People

        self._servers, self._seconds = servers, seconds
        self._people = People()
        self._database = Server(os.environ["DATABASE_URL"], postgres_programs(service_user()) / "pgbench")
        self._valkey = int(Redis.from_url(os.environ["REDIS_URL"]).info()["process_id"])
        for server in servers:
            self._flat_out(server, 1.0)

    def rounds(self, count: int) -> dict[str, list[Measured]]:
        """So many turns for everybody, by name."""
        flat: dict[str, list[tuple[float, float, float]]] = {server.contender.name: [] for server in self._servers}
        for _ in track(range(count), "flat out", console=Console(stderr=True)):
            for server in self._servers:
                flat[server.contender.name].append(self._flat_out(server, self._seconds))
            self._tidy()
        # The same rate for everybody: half of what the slowest can do, so that nobody is asked for more than half.
        half = min(statistics.median(run[0] for run in runs) for runs in flat.values()) / 2
        p99: dict[str, list[float]] = {name: [] for name in flat}
        for _ in track(range(count), f"{half:.0f} a second", console=Console(stderr=True)):
            for server in self._servers:
                p99[server.contender.name].append(self._p99(server, half))
            self._tidy()
        return {
            name: [Measured(*run, late) for run, late in zip(runs, p99[name], strict=True)]
            for name, runs in flat.items()
        }

    def _flat_out(self, server: WebServer, seconds: float) -> tuple[float, float, float]:
        requests = self._requests(server, int(MOST_A_SECOND * seconds))
        web, stores = server.cpu_seconds(), self._stores_cpu_seconds()
        elapsed, answered = asyncio.run(flat_out(server.port, requests, connections=CONNECTIONS, seconds=seconds))
        web, stores = server.cpu_seconds() - web, self._stores_cpu_seconds() - stores
        return answered / elapsed, (web + stores) / answered * 1000, web / answered * 1000

    def _p99(self, server: WebServer, rate: float) -> float:
        requests = self._requests(server, int(rate * self._seconds))
        took = asyncio.run(at_rate(server.port, requests, rate=rate, connections=CONNECTIONS, seconds=self._seconds))
        return statistics.quantiles(took, n=100)[98]

    def _requests(self, server: WebServer, count: int) -> "itertools.chain[bytes]":
        requests = self._people.requests(count, port=server.port, path=server.contender.path)
        # The first one asked for makes all the PIN tokens: before the clock runs, not while it does.
        return itertools.chain([next(requests)], requests)

    def _stores_cpu_seconds(self) -> float:
        return self._database.cpu_seconds() + cpu_seconds_of_tree(self._valkey)

    def _tidy(self) -> None:
        from benchmarks.http.people import tidy

        tidy(self._database.url)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--seconds", type=float, default=3.0, help="of each turn")
    parser.add_argument("--keep", type=Path, help="a folder for results.json and results.svg")
    return parser.parse_args()


def _median(runs: list[Measured]) -> Measured:
    return Measured(*(statistics.median(getattr(run, figure) for run in runs) for figure in Measured.__slots__))


def _tell(medians: dict[str, Measured]) -> None:
    console = Console()
    table = Table("", "a second", "CPU ms", "of it the web server's", "p99 ms at half load")
    for name, measured in medians.items():
        row = (f"{figure:.2f}" for figure in (measured.cpu_ms, measured.web_ms, measured.p99_ms))
        table.add_row(name, f"{measured.per_second:.0f}", *row)
    console.print(table)
    for ours, peer, figure, ratio, sign, goal in _reached(medians):
        mark = "reached" if (ratio <= goal if sign == "≤" else ratio >= goal) else "MISSED"
        console.print(f"{mark}: {figure} of {ours} is {ratio:.2f}× {peer} (goal {sign} {goal}×)")


def _reached(medians: dict[str, Measured]) -> list[tuple[str, str, str, float, str, float]]:
    return [
        (mine.name, peer.name, figure, _ratio(medians, mine, peer, figure), sign, goal)
        for mine in CONTENDERS
        for peer in CONTENDERS
        for figure, sign, goal in GOALS
        if mine.is_ours and not peer.is_ours
    ]


def _ratio(medians: dict[str, Measured], mine: Contender, peer: Contender, figure: str) -> float:
    ratio: float = getattr(medians[mine.name], figure) / getattr(medians[peer.name], figure)
    return ratio


def _keep(folder: Path, rounds: dict[str, list[Measured]], medians: dict[str, Measured]) -> None:
    results = {
        "medians": {name: asdict(measured) for name, measured in medians.items()},
        "goals": [list(goal) for goal in _reached(medians)],
        "rounds": {name: [asdict(run) for run in runs] for name, runs in rounds.items()},
    }
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "results.json").write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    picture = bars("CPU for one transfer request, µs", {name: m.cpu_ms * 1000 for name, m in medians.items()})
    (folder / "results.svg").write_text(picture, encoding="utf-8")


if __name__ == "__main__":
    main()
