"""Play a circle's whole life without money."""

import json
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from rich.console import Console
from rich.table import Table

from circles.models import MAX_SIZE, MIN_SIZE, FeeGoesTo, Frequency, ShortfallPolicy
from circles.rehearsal import rehearse, scenario_of
from circles.rehearsed import Rehearsal
from contri.core.moments import rfc3339
from contri.core.money import kobo_from_naira, naira_from_kobo


class Command(BaseCommand):
    help = "Show the dates, pots and fees of a circle, and what is lost when members stop paying."

    def add_arguments(self, parser: CommandParser) -> None:
        """The circle, and who stops when."""
        parser.add_argument("--amount", required=True, help="naira that each pays each cycle")
        parser.add_argument("--frequency", choices=Frequency.values, default=Frequency.WEEKLY)
        parser.add_argument("--start", type=date.fromisoformat, required=True, help="the first due day")
        parser.add_argument("--size", type=int, required=True)
        parser.add_argument("--grace-days", type=int, default=2)
        parser.add_argument("--policy", choices=ShortfallPolicy.values, default=ShortfallPolicy.PAY_COLLECTED)
        parser.add_argument("--late-fee", default="0", help="naira that being late costs, once a contribution")
        parser.add_argument("--late-fee-to", choices=FeeGoesTo.values, default=FeeGoesTo.RESERVE)
        parser.add_argument("--deposit", default="0", help="naira that each leaves with the circle")
        parser.add_argument("--reserve", default="0", help="naira that each brings to the reserve")
        parser.add_argument("--bid", action="append", default=[], help="naira that somebody gives up for an early turn")
        parser.add_argument("--stop", action="append", default=[], metavar="MEMBER:CYCLE", help="pays until that cycle")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        """Rehearse and tell."""
        rehearsed = rehearse(scenario_of(_values(options)))
        if options["json"]:
            self.stdout.write(json.dumps(_as_json(rehearsed), indent=2))
        else:
            _print(rehearsed)


def _values(options: dict[str, Any]) -> dict[str, Any]:
    if not MIN_SIZE <= options["size"] <= MAX_SIZE:
        raise CommandError(f"--size is {MIN_SIZE} to {MAX_SIZE}")
    try:
        return {
            "cycle_start_date": options["start"],
            "frequency": options["frequency"],
            "size": options["size"],
            "grace_days": options["grace_days"],
            "shortfall_policy": options["policy"],
            "late_fee_to": options["late_fee_to"],
            "amount_kobo": kobo_from_naira(options["amount"]),
            "late_fee_kobo": kobo_from_naira(options["late_fee"]),
            "deposit_kobo": kobo_from_naira(options["deposit"]),
            "reserve_kobo": kobo_from_naira(options["reserve"]),
            "bids": [kobo_from_naira(bid) for bid in options["bid"]],
            "stops": [_stop(stop) for stop in options["stop"]],
        }
    except ValueError as error:
        raise CommandError(f"not understood: {error}") from error


def _stop(text: str) -> dict[str, int]:
    member, cycle = text.split(":")
    return {"member": int(member), "after_cycle": int(cycle)}


def _as_json(rehearsed: Rehearsal) -> dict[str, Any]:
    return {
        "cycles": [
            {
                "number": cycle.number,
                "due_at": rfc3339(cycle.dates.due_at),
                "recipient": cycle.recipient,
                "received": naira_from_kobo(cycle.received_kobo),
                "from_deposits": naira_from_kobo(cycle.from_deposits_kobo),
                "from_reserve": naira_from_kobo(cycle.lent_kobo),
                "missing": cycle.missing,
            }
            for cycle in rehearsed.cycles
        ],
        "members": [
            {
                "member": member.number,
                "paid": naira_from_kobo(member.paid_kobo),
                "received": naira_from_kobo(member.received_kobo),
                "late_fees": naira_from_kobo(member.fees_kobo),
                "deposit_back": naira_from_kobo(member.deposit_back_kobo),
                "reserve_back": naira_from_kobo(member.reserve_back_kobo),
            }
            for member in rehearsed.members
        ],
        "missing": naira_from_kobo(rehearsed.missing_kobo),
        "completed": rehearsed.is_completed,
    }


def _print(rehearsed: Rehearsal) -> None:
    cycles = Table("cycle", "due", "to", "pot", "received", "from deposits", "from reserve", "missing")
    for cycle in rehearsed.cycles:
        amounts = (cycle.expected_kobo, cycle.received_kobo, cycle.from_deposits_kobo, cycle.lent_kobo)
        missing = ", ".join(map(str, cycle.missing))
        day = f"{cycle.dates.due_at:%a %d %b %Y}"
        cycles.add_row(str(cycle.number), day, str(cycle.recipient), *map(naira_from_kobo, amounts), missing)
    members = Table("member", "paid", "received", "late fees", "deposit back", "reserve back")
    for one in rehearsed.members:
        sums = (one.paid_kobo, one.received_kobo, one.fees_kobo, one.deposit_back_kobo, one.reserve_back_kobo)
        members.add_row(str(one.number), *map(naira_from_kobo, sums))
    console = Console()
    console.print(cycles, members)
    console.print(f"Missing at the end: ₦{naira_from_kobo(rehearsed.missing_kobo)}")
    if not rehearsed.is_completed:
        console.print("The circle is never completed: deposits and reserve stay with it until it is dissolved.")
