"""`manage.py reconcile`: a provider's lists against the books."""

import json
from dataclasses import asdict
from datetime import datetime, time, timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from contri.core.moments import lagos_day, lagos_moment, rfc3339
from wallets.providers.registry import is_offered
from wallets.services.comparing import CHARGE, PAYMENT, Difference
from wallets.services.reconciling import Reconciliation, reconcile


class Command(BaseCommand):
    help = "Compare a provider's lists with the books. Exits with 1 when something differs that was not fixed."

    def add_arguments(self, parser: CommandParser) -> None:
        """Which provider, which days, and what to do about differences."""
        parser.add_argument("--provider", default="paystack", help="paystack (default) or flutterwave")
        parser.add_argument("--from", dest="since", default="", help="a Lagos day or an RFC 3339 moment; yesterday")
        parser.add_argument("--to", dest="until", default="", help="a Lagos day, to its end, or a moment; yesterday")
        parser.add_argument(
            "--fix", action="store_true", help="ask about what is not booked, and book what is confirmed"
        )
        parser.add_argument("--dry-run", action="store_true", help="only compare: nothing is written down or fixed")
        parser.add_argument("--json", action="store_true", help="the outcome as JSON on standard output, nothing else")

    def handle(self, *args: Any, **options: Any) -> None:
        """Compare, report, and exit with 1 on differences."""
        if not is_offered(options["provider"]):
            raise CommandError(f"We have no account with {options['provider']}.")
        now = timezone.now()
        yesterday = lagos_day(now) - timedelta(days=1)
        since = _moment(options["since"] or str(yesterday), is_end=False)
        until = _moment(options["until"] or str(yesterday), is_end=True)
        if until <= since:
            raise CommandError("--to is before --from.")
        found = _with_progress(options, since, until, now)
        if options["json"]:
            self.stdout.write(json.dumps(_as_json(found), indent=2))
        else:
            _print(found)
        if found.open or found.stopped:
            raise SystemExit(1)


def _moment(text: str, *, is_end: bool) -> datetime:
    try:
        moment, day = parse_datetime(text), parse_date(text)
    except ValueError:
        moment = day = None
    if day is not None:
        return lagos_moment(day + timedelta(days=is_end), time.min)
    if moment is None or moment.tzinfo is None:
        raise CommandError(f"{text!r} is neither a day like 2027-01-31 nor a moment like 2027-01-31T09:00:00Z.")
    return moment


def _with_progress(options: dict[str, Any], since: datetime, until: datetime, now: datetime) -> Reconciliation:
    # Progress is for people and goes to standard error, where it cannot spoil the JSON.
    columns = (SpinnerColumn(), TextColumn("{task.description}: {task.completed}"), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        bars = {kind: progress.add_task(f"{kind}s", total=None) for kind in (CHARGE, PAYMENT)}
        return reconcile(
            provider=options["provider"],
            since=since,
            until=until,
            at=now,
            fix=options["fix"] and not options["dry_run"],
            keep=not options["dry_run"],
            on_page=lambda kind, entries: progress.update(bars[kind], advance=entries),
        )


def _as_json(found: Reconciliation) -> dict[str, Any]:
    return {
        "provider": found.provider,
        "from": rfc3339(found.since),
        "to": rfc3339(found.until),
        "compared": found.compared,
        "stopped": found.stopped,
        "open": [_told(one) for one in found.open],
        "fixed": [_told(one) for one in found.fixed],
        "balance_kobo": found.balance_kobo,
        "clearing_kobo": found.clearing_kobo,
        "run_id": str(found.run_id) if found.run_id else None,
    }


def _told(one: Difference) -> dict[str, str]:
    return {name: str(value) for name, value in asdict(one).items() if name != "entry"}


def _print(found: Reconciliation) -> None:
    console = Console()
    if found.open or found.fixed:
        table = Table("kind", "reference", "what", "theirs", "ours", "")
        for one, state in [(one, "") for one in found.open] + [(one, "fixed") for one in found.fixed]:
            table.add_row(one.kind, one.reference, str(one.what.label), one.theirs, one.ours, state)
        console.print(table)
    if found.stopped:
        console.print(f"Incomplete: {found.stopped}")
    console.print(
        f"{found.provider}: {found.compared} entries compared, {len(found.open)} differ, {len(found.fixed)} fixed."
    )
