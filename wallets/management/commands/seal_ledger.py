"""Seal by hand the days that the beat seals every night."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone
from rich.console import Console
from rich.progress import Progress

from contri.core.moments import rfc3339
from wallets.services.sealing import seal_ledger


class Command(BaseCommand):
    help = "Seal every finished day of the ledger under one hash, chained to the day before."

    def add_arguments(self, parser: CommandParser) -> None:
        """One option."""
        parser.add_argument("--json", action="store_true", help="the new seals as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        """Seal, and print the new seals so that a copy can be kept elsewhere."""
        with Progress(console=Console(stderr=True), transient=True) as progress:
            bar = progress.add_task("sealing", total=None)
            seals = seal_ledger(
                at=timezone.now(), on_day=lambda day: progress.update(bar, description=f"sealing {day}")
            )
        lines = [
            {
                "day": seal.day.isoformat(),
                "transfers": seal.transfers,
                "digest": bytes(seal.digest).hex(),
                "sealed_at": rfc3339(seal.sealed_at),
            }
            for seal in seals
        ]
        if options["json"]:
            self.stdout.write(json.dumps(lines, indent=2))
            return
        for line in lines:
            self.stdout.write(f"{line['day']}  {line['transfers']:>9} transfers  {line['digest']}")
        self.stdout.write(f"{len(lines)} days sealed.")
