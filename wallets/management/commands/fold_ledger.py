"""Fold by hand what the beat folds every other second."""

from typing import Any

from django.core.management.base import BaseCommand

from wallets.models.ledger import LedgerUnfolded
from wallets.services.folding import fold_ledger


class Command(BaseCommand):
    help = "Add to the counters of deferred accounts what waits to be added."

    def add_arguments(self, parser: Any) -> None:
        """One option."""
        parser.add_argument("--dry-run", action="store_true", help="only say how much waits")

    def handle(self, *args: Any, **options: Any) -> None:
        """Fold until nothing waits."""
        if options["dry_run"]:
            self.stdout.write(f"{LedgerUnfolded.objects.count()} rows wait to be folded.")
            return
        folded = 0
        while batch := fold_ledger():
            folded += batch
        self.stdout.write(f"Folded {folded} rows.")
