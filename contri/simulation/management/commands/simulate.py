"""`manage.py simulate`: weeks of savings circles in seconds, with everything going wrong that can."""

import json
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from rich.progress import Progress

from contri.simulation.beginning import Beginning, beginning
from contri.simulation.fleet import run_fleet
from contri.simulation.report import Observer, write_counts, write_life
from contri.simulation.scratch import template
from contri.simulation.shrinking import shrink
from contri.simulation.simulation import Outcome, Plan, simulate
from contri.simulation.trouble import FAULTS

MINUTES_A_DAY = 24 * 60
# In so many steps every fault strikes, or something keeps it from striking.
ENOUGH_STEPS = 1_000


class Command(BaseCommand):
    """Simulates one seed or many; fails when one of them breaks a rule."""

    help = "Run the real services through simulated lives. A seed that fails plays again, byte for byte."

    def add_arguments(self, parser: CommandParser) -> None:
        """What to simulate."""
        parser.add_argument("--seed", type=int, default=1, help="the first seed")
        parser.add_argument("--seeds", type=int, default=1, help="how many")
        parser.add_argument("--jobs", type=int, default=1, help="processes that share the seeds")
        parser.add_argument("--members", type=int, default=Plan.members)
        parser.add_argument("--circles", type=int, default=Plan.circles)
        parser.add_argument("--steps", type=int, default=Plan.steps)
        parser.add_argument("--days", type=int, default=30)
        parser.add_argument("--pace", type=int, default=0, help="minutes from step to step, instead of --days")
        parser.add_argument("--faults", default="all", help="all, none, or names separated by commas")
        parser.add_argument("--without", default="", help="steps in which nobody acts, as --shrink prints them")
        parser.add_argument("--trace", action="store_true", help="print what happened")
        parser.add_argument("--shrink", action="store_true", help="make a failure as short as possible")
        parser.add_argument(
            "--report", type=Path, help="a folder for pictures: of the first seed's life, and of what went wrong in all"
        )
        parser.add_argument("--json", action="store_true", help="one line of JSON a seed")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run all seeds, tell each outcome, and fail if one failed."""
        happened: Counter[str] = Counter()
        achieved: Counter[str] = Counter()
        failed = 0
        for outcome in self._lives(options):
            happened.update(outcome.happened)
            achieved.update(outcome.achieved)
            failed += bool(outcome.error)
            self._tell(outcome, options)
        if not options["json"]:
            self._tell_counts("What people achieved", achieved, sorted(achieved))
            self._tell_counts("What went wrong", happened, sorted(_faults(options["faults"])))
        if options["report"]:
            write_counts(options["report"], happened, achieved)
        if failed:
            raise CommandError(f"{failed} seed(s) broke a rule")
        unseen = sorted(fault for fault in _faults(options["faults"]) if not happened[fault])
        if unseen and options["seeds"] * options["steps"] >= ENOUGH_STEPS:
            raise CommandError(f"never happened, so nothing is proved about it: {', '.join(unseen)}")

    def _lives(self, options: dict[str, Any]) -> Iterator[Outcome]:
        seeds = range(options["seed"], options["seed"] + options["seeds"])
        steps = options["steps"] * (1 if options["jobs"] == 1 else 0) or 1
        with (
            template() as database,
            beginning(database, options["members"]) as start,
            Progress(transient=True, auto_refresh=False, disable=options["json"]) as progress,
        ):
            task = progress.add_task("simulating", total=len(seeds) * steps)

            def forward() -> None:
                progress.update(task, advance=1, refresh=True)

            if options["jobs"] == 1:
                yield from (_live(seed, options, start, forward) for seed in seeds)
                return
            for outcome in run_fleet(lambda seed: _live(seed, options, start), seeds, options["jobs"]):
                forward()
                yield outcome

    def _tell(self, outcome: Outcome, options: dict[str, Any]) -> None:
        if options["trace"]:
            self.stdout.write("\n".join(outcome.trace))
        if options["json"]:
            self.stdout.write(json.dumps(_as_json(outcome)))
        elif outcome.error:
            self.stdout.write(f"seed {outcome.plan.seed}, step {outcome.step}: {outcome.error}")
            self.stdout.write(f"  again: {_again(outcome.plan)}")
        else:
            self.stdout.write(f"seed {outcome.plan.seed}: {len(outcome.trace)} events, {outcome.digest}")
        self.stdout.flush()

    def _tell_counts(self, title: str, counts: Counter[str], names: list[str]) -> None:
        self.stdout.write(f"{title}:")
        for name in sorted(names, key=lambda name: -counts[name]):
            self.stdout.write(f"{counts[name]:7}  {name}")


def _live(seed: int, options: dict[str, Any], start: Beginning, forward: Callable[[], None] = lambda: None) -> Outcome:
    """One seed, made short if it fails and that is wished; the first one's money and lateness are drawn."""
    observer = Observer()
    is_drawn = options["report"] and seed == options["seed"]

    def on_step(step: int) -> None:
        forward()
        if is_drawn:
            observer.look(step)

    outcome = simulate(_plan(seed, options), after=start, on_step=on_step)
    if is_drawn:
        write_life(options["report"], observer)
    if outcome.error and options["shrink"]:
        return shrink(outcome, lambda shorter: simulate(shorter, after=start))
    return outcome


def _plan(seed: int, options: dict[str, Any]) -> Plan:
    return Plan(
        seed,
        members=options["members"],
        circles=options["circles"],
        steps=options["steps"],
        minutes_a_step=options["pace"] or options["days"] * MINUTES_A_DAY // options["steps"],
        faults=_faults(options["faults"]),
        without=frozenset(int(step) for step in options["without"].split(",") if step),
    )


def _as_json(outcome: Outcome) -> dict[str, Any]:
    return {
        "seed": outcome.plan.seed,
        "step": outcome.step,
        "error": outcome.error,
        "events": len(outcome.trace),
        "digest": outcome.digest,
        "happened": dict(outcome.happened),
        "achieved": dict(outcome.achieved),
        "again": _again(outcome.plan),
    }


def _again(plan: Plan) -> str:
    faults = "all" if plan.faults == frozenset(FAULTS) else ",".join(sorted(plan.faults)) or "none"
    without = f" --without {','.join(map(str, sorted(plan.without)))}" if plan.without else ""
    return (
        f"manage.py simulate --seed {plan.seed} --members {plan.members} --circles {plan.circles}"
        f" --steps {plan.steps} --pace {plan.minutes_a_step} --faults '{faults}'{without} --trace"
    )


def _faults(wanted: str) -> frozenset[str]:
    if wanted in ("all", "none"):
        return frozenset(FAULTS if wanted == "all" else ())
    names = frozenset(name.strip() for name in wanted.split(","))
    if unknown := names - set(FAULTS):
        raise CommandError(f"no such fault: {', '.join(sorted(unknown))}")
    return names
