"""Measure the ledger in PostgreSQL: `python -m contri.local with -- python -m benchmarks.ledger`.

Everybody runs on the same throw-away server with durable settings, in turns, several rounds; medians are told.
What counts is the server's CPU for one transfer: it holds where transfers a second depend on the machine.
"""

import argparse
import json
import os
import statistics
from pathlib import Path

import django
from django.core.management import call_command
from rich.console import Console
from rich.progress import track
from rich.table import Table

from benchmarks.ledger.measuring import Contender, Measured, Server
from benchmarks.picture import bars
from contri.local.data import service_user
from contri.local.programs import postgres_programs

HERE = Path(__file__).parent
CONTENDERS = [
    Contender("pgbench TPC-B-like", "tpcb-like"),
    Contender("bare transfer", "bare"),
    Contender("full post", "post"),
    Contender("full post of ten legs, each", "post_ten", transfers=10),
    Contender("ten contributions collected, each", "collect_ten", transfers=10),
    Contender("replay of a key", "replay"),
    Contender("uncontended, 8 clients", "post", clients=8),
    Contender("all into one pot, 8 clients", "one_pot", clients=8),
    Contender("all through one deferred account, 8 clients", "one_deferred", clients=8),
    Contender("uncontended, 32 clients", "post", clients=32),
    Contender("all into one pot, 32 clients", "one_pot", clients=32),
    Contender("all through one deferred account, 32 clients", "one_deferred", clients=32),
]
# What is to be reached: (what, against what, which figure, at most or at least, how much of it).
GOALS = [
    ("bare transfer", "pgbench TPC-B-like", "cpu_us", "≤", 1.15),
    ("full post", "pgbench TPC-B-like", "cpu_us", "≤", 1.5),
    ("replay of a key", "full post", "cpu_us", "≤", 0.15),
    ("all into one pot, 8 clients", "uncontended, 8 clients", "per_second", "≥", 0.3),
    ("all into one pot, 32 clients", "uncontended, 32 clients", "per_second", "≥", 0.25),
    ("all through one deferred account, 8 clients", "uncontended, 8 clients", "per_second", "≥", 0.9),
    ("all through one deferred account, 32 clients", "uncontended, 32 clients", "per_second", "≥", 0.9),
]


def main() -> None:
    """Prepare, take turns, tell."""
    options = _options()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "contri.settings")
    django.setup()
    call_command("migrate", verbosity=0)
    server = Server(os.environ["DATABASE_URL"], postgres_programs(service_user()) / "pgbench")
    server.prepare((HERE / "books.sql").read_text(encoding="utf-8"))
    rounds: dict[str, list[Measured]] = {contender.name: [] for contender in CONTENDERS}
    for _ in track(range(options.rounds), "rounds", console=Console(stderr=True)):
        for contender in CONTENDERS:
            rounds[contender.name].append(server.measure(contender, options.seconds))
        server.tidy()
    medians = {name: _median(runs) for name, runs in rounds.items()}
    _tell(medians)
    _keep(options.keep, server, rounds, medians)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--seconds", type=int, default=2, help="of each turn")
    parser.add_argument("--keep", type=Path, help="a folder for results.json and results.svg")
    return parser.parse_args()


def _median(runs: list[Measured]) -> Measured:
    return Measured(
        statistics.median(run.cpu_us for run in runs),
        statistics.median(run.per_second for run in runs),
    )


def _tell(medians: dict[str, Measured]) -> None:
    console = Console()
    unit = medians["pgbench TPC-B-like"].cpu_us
    table = Table("", "CPU µs", "× TPC-B", "a second")
    for name, measured in medians.items():
        row = (f"{measured.cpu_us:.0f}", f"{measured.cpu_us / unit:.2f}", f"{measured.per_second:.0f}")
        table.add_row(name, *row)
    console.print(table)
    for what, against, ratio, sign, goal in _reached(medians):
        mark = "reached" if (ratio <= goal if sign == "≤" else ratio >= goal) else "MISSED"
        console.print(f"{mark}: {what} is {ratio:.2f}× {against} (goal {sign} {goal}×)")


def _reached(medians: dict[str, Measured]) -> list[tuple[str, str, float, str, float]]:
    return [
        (what, against, getattr(medians[what], figure) / getattr(medians[against], figure), sign, goal)
        for what, against, figure, sign, goal in GOALS
    ]


def _keep(folder: Path | None, server: Server, rounds: dict[str, list[Measured]], medians: dict[str, Measured]) -> None:
    if folder is None:
        return
    results = {
        "server": server.version(),
        "rounds": {name: [[run.cpu_us, run.per_second] for run in runs] for name, runs in rounds.items()},
        "medians": {name: [measured.cpu_us, measured.per_second] for name, measured in medians.items()},
        "goals": [list(goal) for goal in _reached(medians)],
    }
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "results.json").write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    (folder / "results.svg").write_text(
        bars("Server CPU for one transfer, µs", {name: m.cpu_us for name, m in medians.items()}), encoding="utf-8"
    )


if __name__ == "__main__":
    main()
