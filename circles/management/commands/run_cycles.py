"""Turn the circles up to a moment, as the beat would have."""

import json
from collections import Counter
from datetime import date, datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from circles import services
from circles.calendar import end_of_day
from circles.models import ActKind, ActState, ScheduledAct
from contri.core.moments import rfc3339


class Command(BaseCommand):
    help = "Do everything that falls due in all circles up to a moment, each act at its own moment and in order."

    def add_arguments(self, parser: CommandParser) -> None:
        """How far, and how to tell."""
        parser.add_argument(
            "--as-of",
            type=moment_named,
            default=None,
            metavar="WHEN",
            help="a day (its end in Lagos) or an RFC 3339 moment; now unless given",
        )
        parser.add_argument("--json", action="store_true", help="what was done, as JSON on standard output")
        parser.add_argument("--dry-run", action="store_true", help="only count what is written down to be done")

    def handle(self, *args: Any, **options: Any) -> None:
        """Turn, report, and exit with 1 when an act could not be done."""
        as_of: datetime = options["as_of"] or timezone.now()
        done, failed = (_due(as_of), []) if options["dry_run"] else _turn(as_of)
        report = {"as_of": rfc3339(as_of), "dry_run": options["dry_run"], "acts": dict(done), "failed": failed}
        if options["json"]:
            self.stdout.write(json.dumps(report, indent=2))
        else:
            self._tell(report)
        if failed:
            raise SystemExit(1)

    def _tell(self, report: dict[str, Any]) -> None:
        verb = "would be done" if report["dry_run"] else "done"
        self.stdout.write(f"Up to {report['as_of']}: {sum(report['acts'].values())} acts {verb}.")
        for kind, number in sorted(report["acts"].items()):
            self.stdout.write(f"  {kind:<12} {number}")
        for failure in report["failed"]:
            self.stderr.write(f"  failed: {failure}")


def moment_named(text: str) -> datetime:
    """The moment that `--as-of` names.

    Raises:
        CommandError: it is neither a day nor a moment with its offset.
    """
    try:
        if len(text) == len("2027-01-31"):
            return end_of_day(date.fromisoformat(text))
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise CommandError(f"--as-of {text}: write a day as 2027-01-31, or a moment as 2027-01-31T17:00:00Z") from error
    if moment.tzinfo is None:
        raise CommandError(f"--as-of {text}: a moment needs its offset, such as Z")
    return moment


def _due(as_of: datetime) -> Counter[str]:
    due = ScheduledAct.objects.filter(state=ActState.PENDING, due_at__lte=as_of)
    return Counter(_name(kind) for kind in due.values_list("kind", flat=True))


def _turn(as_of: datetime) -> tuple[Counter[str], list[str]]:
    done: Counter[str] = Counter()
    failed: list[str] = []
    # Progress is for people and goes to standard error, where it cannot spoil the JSON.
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TextColumn("{task.completed} acts"))
    with Progress(*columns, TimeElapsedColumn(), console=Console(stderr=True), transient=True) as progress:
        bar = progress.add_task("turning", total=None)

        def watch(act: ScheduledAct) -> None:
            done[_name(act.kind)] += 1
            progress.update(bar, description=f"{act.due_at:%Y-%m-%d}", advance=1)

        for moment in services.moments_of_acts(up_to=as_of):
            failed += services.turn_circles(at=moment, wait=True, watch=watch).failed
    return done, failed


def _name(kind: int) -> str:
    return ActKind(kind).name.lower()
