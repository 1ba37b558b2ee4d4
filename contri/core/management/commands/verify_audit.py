"""Is the audit trail what it was when it was written?"""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from rich.console import Console
from rich.progress import Progress

from contri.core.audit_chain import Tampering, audit_trail_tampering, head, holds
from contri.core.models import AuditLink, AuditUnchained


class Command(BaseCommand):
    help = "Recompute the hash chain over the audit trail. Exits with 1 when a row was changed, added or taken away."

    def add_arguments(self, parser: CommandParser) -> None:
        """Two options."""
        parser.add_argument("--json", action="store_true", help="the findings as JSON on standard output, nothing else")
        parser.add_argument(
            "--kept", metavar="POSITION:DIGEST", help="a link noted down earlier (from the log): it must still be there"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Verify, report, and exit with 1 on findings."""
        findings = _verify_with_progress()
        if options["kept"]:
            findings += _compare(options["kept"])
        newest = head()
        report = {
            "is_intact": not findings,
            "chained": newest.position if newest else 0,
            "digest": bytes(newest.digest).hex() if newest else "",
            "waiting": AuditUnchained.objects.count(),
            "findings": [{"position": f.position, "entry": f.entry, "finding": f.finding} for f in findings],
        }
        if options["json"]:
            self.stdout.write(json.dumps(report, indent=2))
        else:
            _print(report, findings)
        if findings:
            raise SystemExit(1)


def _verify_with_progress() -> list[Tampering]:
    # Progress is for people and goes to standard error, where it cannot spoil the JSON.
    with Progress(console=Console(stderr=True), transient=True) as progress:
        bar = progress.add_task("following the chain", total=AuditLink.objects.count())
        return list(audit_trail_tampering(on_link=lambda link: progress.advance(bar)))


def _compare(kept: str) -> list[Tampering]:
    position, _, digest = kept.partition(":")
    if not (position.isascii() and position.isdigit() and digest):
        raise CommandError("--kept takes POSITION:DIGEST, as the log has them.")
    if holds(position=int(position), digest=digest):
        return []
    return [Tampering(int(position), 0, "the link that was kept is not in the chain")]


def _print(report: dict[str, Any], findings: list[Tampering]) -> None:
    console = Console()
    for one in findings:
        console.print(f"link {one.position or '-'}, row {one.entry}: {one.finding}")
    verdict = (
        "The audit trail is intact" if not findings else f"The audit trail is NOT intact: {len(findings)} findings"
    )
    console.print(f"{verdict}: {report['chained']} rows chained, {report['waiting']} waiting. {report['digest']}")
