"""Play a circle's whole life without money."""

import json
from datetime import date
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from rich.console import Console
from rich.table import Table

from circles.calendar import Plan
from circles.models import MAX_SIZE, MIN_SIZE, Frequency, ShortfallPolicy
from circles.rehearsal import Rehearsal, Scenario, rehearse
from contri.core.moments import rfc3339
from contri.core.money import kobo_from_naira, naira_from_kobo


class Command(BaseCommand):
    help = "Show the dates and pots of a circle, and what is lost when members stop paying."

    def add_arguments(self, parser: CommandParser) -> None:
        """The circle, and who stops when."""
        parser.add_argument("--amount", required=True, help="naira that each pays each cycle")
        parser.add_argument("--frequency", choices=Frequency.values, default=Frequency.WEEKLY)
        parser.add_argument("--start", type=date.fromisoformat, required=True, help="the first due day")
        parser.add_argument("--size", type=int, required=True)
        parser.add_argument("--grace-days", type=int, default=2)
        parser.add_argument("--policy", choices=ShortfallPolicy.values, default=ShortfallPolicy.PAY_COLLECTED)
        parser.add_argument("--stop", action="append", default=[], metavar="MEMBER:CYCLE", help="pays until that cycle")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        """Rehearse and tell."""
        rehearsed = rehearse(_scenario(options))
        if options["json"]:
            self.stdout.write(json.dumps(_as_json(rehearsed), indent=2))
        else:
            _print(rehearsed)


def _scenario(options: dict[str, Any]) -> Scenario:
    if not MIN_SIZE <= options["size"] <= MAX_SIZE:
        raise CommandError(f"--size is {MIN_SIZE} to {MAX_SIZE}")
    try:
        amount = kobo_from_naira(options["amount"])
        stops = {int(member): int(cycle) for member, cycle in (stop.split(":") for stop in options["stop"])}
    except ValueError as error:
        raise CommandError(f"not understood: {error}") from error
    plan = Plan(
        start=options["start"],
        frequency=Frequency(options["frequency"]),
        size=options["size"],
        grace_days=options["grace_days"],
        due_time=settings.CIRCLE_DUE_TIME,
    )
    return Scenario(plan, amount, ShortfallPolicy(options["policy"]), stops)


def _as_json(rehearsed: Rehearsal) -> dict[str, Any]:
    return {
        "cycles": [
            {
                "number": cycle.dates.number,
                "due_at": rfc3339(cycle.dates.due_at),
                "received": naira_from_kobo(cycle.received_kobo),
                "missing": cycle.missing,
            }
            for cycle in rehearsed.cycles
        ],
        "missing": naira_from_kobo(rehearsed.missing_kobo),
    }


def _print(rehearsed: Rehearsal) -> None:
    table = Table("cycle", "due", "pot", "received", "missing")
    for cycle in rehearsed.cycles:
        missing = ", ".join(map(str, cycle.missing))
        pot, received = naira_from_kobo(cycle.expected_kobo), naira_from_kobo(cycle.received_kobo)
        table.add_row(str(cycle.dates.number), f"{cycle.dates.due_at:%a %d %b %Y}", pot, received, missing)
    console = Console()
    console.print(table)
    console.print(f"Missing at the end: ₦{naira_from_kobo(rehearsed.missing_kobo)}")
