"""Check the circles: every rule that must hold between their rows, the calendar and the ledger."""

import json
import time
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from circles.models import Circle
from circles.services.audit import CHECKS, Finding, audit_circles


class Command(BaseCommand):
    help = "Check every circle against its rows, its calendar and the ledger. Exits with 1 when something is wrong."

    def add_arguments(self, parser: CommandParser) -> None:
        """One option."""
        parser.add_argument("--json", action="store_true", help="the findings as JSON on standard output, nothing else")

    def handle(self, *args: Any, **options: Any) -> None:
        """Audit, report, and exit with 1 on findings."""
        started = time.monotonic()
        findings = _audit_with_progress()
        report = {
            "holds": not findings,
            "circles": Circle.objects.count(),
            "checks": [check.name for check in CHECKS],
            "findings": [{**asdict(finding), "circle": str(finding.circle)} for finding in findings],
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
    columns = (TextColumn("{task.description:<12}"), BarColumn(), TextColumn("{task.completed}/{task.total}"))
    with Progress(*columns, TimeElapsedColumn(), console=Console(stderr=True), transient=True) as progress:
        bar = progress.add_task("looking", total=len(CHECKS))
        return audit_circles(on_check=lambda check: progress.update(bar, description=check.name, advance=1))


def _print(report: dict[str, Any], findings: list[Finding]) -> None:
    console = Console()
    if findings:
        table = Table("check", "circle", "finding")
        for one in findings:
            table.add_row(one.check, str(one.circle), one.finding)
        console.print(table)
    verdict = "Every circle is as it must be" if not findings else f"{len(findings)} findings"
    console.print(f"{verdict}: {report['circles']} circles, {len(CHECKS)} checks in {report['seconds']} s.")
