"""Give the run-time role its rights; run by the owner after every migrate."""

from typing import Any

from django.core.management.base import BaseCommand

from wallets.services.runtime_role import RUNTIME_ROLE, grant_runtime_role


class Command(BaseCommand):
    help = "Grant the run-time role what it may do: everything on ordinary tables, little on the ledger's."

    def handle(self, *args: Any, **options: Any) -> None:
        """Grant; harmless when repeated."""
        grant_runtime_role()
        self.stdout.write(f"{RUNTIME_ROLE} has its rights.")
