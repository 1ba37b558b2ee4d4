"""`manage.py crash_points`: the power cut before and after every commit of everything that moves money."""

from collections import Counter
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from rich.progress import Progress

from contri.simulation.crash_points import crash_everywhere
from contri.simulation.scratch import template


class Command(BaseCommand):
    """Kills each movement everywhere and compares what came of it."""

    help = "Kill every movement of money before and after each of its commits; each must end as if nothing happened."

    def handle(self, *args: Any, **options: Any) -> None:
        """Run all of them; fail if one ended otherwise."""
        survived: Counter[str] = Counter()
        failed: list[str] = []
        with template() as database, Progress(transient=True) as progress:
            task = progress.add_task("killing", total=None)
            for crash in crash_everywhere(template=database):
                progress.update(task, advance=1, description=crash.movement)
                survived[crash.movement] += not crash.error
                if crash.error:
                    when = "after" if crash.is_after else "before"
                    failed.append(f"{crash.movement}, {when} commit {crash.commit}: {crash.error}")
        for movement, times in survived.items():
            self.stdout.write(f"{movement}: {times} ended as if nothing had happened")
        if failed:
            raise CommandError("\n".join(failed))
