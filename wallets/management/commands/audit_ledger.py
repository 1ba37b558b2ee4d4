"""Check the books: every rule of the ledger, replayed from the first transfer."""

import json
import time
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from wallets.models.ledger import LedgerAccount, LedgerTransfer
from wallets.services.audit import Finding, audit_ledger, checks


class Command(BaseCommand):
    help = "Replay the ledger and say whether the books balance. Exits with 1 when they do not."

    def add_arguments(self, parser: CommandParser) -> None:
        """One option."""
        parser.add_argument("--json", action="store_true", help="the findings as JSON on standard output, nothing else")

    def handle(self, *args: Any, **options: Any) -> None:
        """Audit, report, and exit with 1 on findings."""
        started = time.monotonic()
        findings = _audit_with_progress()
        report = {
            "balances": not findings,
            "accounts": LedgerAccount.objects.count(),
            "transfers": LedgerTransfer.objects.count(),
            "checks": [check.name for check in checks()],
            "findings": [finding.as_json() for finding in findings],
            "seconds": round(time.monotonic() - started, 3),
        }
        if options["json"]:
            self.stdout.write(json.dumps(report, indent=2))
        else:
            _print(report, findings)
        if findings:
            raise SystemExit(1)


def _audit_with_progress() -> list[Finding]:
    # Progress is for people and goes to standard error, where it cannot spoil the JSON.
    columns = (TextColumn("{task.description:<28}"), BarColumn(), TextColumn("{task.completed}/{task.total}"))
    with Progress(*columns, TimeElapsedColumn(), console=Console(stderr=True), transient=True) as progress:
        bar = progress.add_task("opening the books", total=len(checks()))
        return audit_ledger(on_check=lambda check: progress.update(bar, description=check.name, advance=1))


def _print(report: dict[str, Any], findings: list[Finding]) -> None:
    console = Console()
    if findings:
        table = Table("check", "account", "seq", "transfer", "finding")
        for one in findings:
            table.add_row(*(str(value or "") for value in (one.check, one.account, one.seq, one.transfer, one.finding)))
        console.print(table)
    verdict = "The books balance" if not findings else f"The books do NOT balance: {len(findings)} findings"
    console.print(
        f"{verdict}: {report['accounts']} accounts, {report['transfers']} transfers,"
        f" {len(report['checks'])} checks in {report['seconds']} s."
    )
