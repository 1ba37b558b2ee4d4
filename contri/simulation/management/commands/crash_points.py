"""`manage.py crash_points`: the power cut before and after every commit of everything that moves money."""

from collections import Counter
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from rich.progress import Progress

from contri.simulation.beginning import beginning
from contri.simulation.crash_points import ALL, crash_everywhere
from contri.simulation.movements import PEOPLE
from contri.simulation.scratch import template


class Command(BaseCommand):
    """Kills each movement everywhere and compares what came of it."""

    help = "Kill every movement of money before and after each of its commits; each must end as if nothing happened."

    def add_arguments(self, parser: CommandParser) -> None:
        """How, and which."""
        parser.add_argument("--sigkill", action="store_true", help="really: each time a process of its own, by SIGKILL")
        parser.add_argument("--movement", action="append", choices=sorted(ALL), help="one of them, instead of all")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run all of them; fail if one ended otherwise."""
        tried: Counter[str] = Counter()
        failed: list[str] = []
        names = frozenset(options["movement"] or ALL)
        with (
            template() as database,
            beginning(database, PEOPLE) as start,
            # Nothing of its own may run beside what is copied to be killed.
            Progress(transient=True, auto_refresh=False) as progress,
        ):
            task = progress.add_task("killing", total=None)
            for crash in crash_everywhere(start, names=names, is_real=options["sigkill"]):
                progress.update(task, advance=1, description=crash.movement, refresh=True)
                tried[crash.movement] += 1
                if crash.error:
                    when = "after" if crash.is_after else "before"
                    failed.append(f"{crash.movement}, {when} commit {crash.commit}: {crash.error}")
        for movement, times in tried.items():
            broken = sum(line.startswith(f"{movement}, ") for line in failed)
            self.stdout.write(f"{movement}: {times - broken} of {times} ended as if nothing had happened")
        if failed:
            raise CommandError("\n".join(failed))
