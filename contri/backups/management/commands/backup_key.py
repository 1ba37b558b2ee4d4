"""Make the pair of keys for backups."""

from typing import Any

import pyrage
from django.core.management.base import BaseCommand


class Command(BaseCommand):
    help = "Print a fresh age key pair: the public half for BACKUP_RECIPIENTS, the private half for a safe place."

    def handle(self, *args: Any, **options: Any) -> None:
        """Print it, in the format of age-keygen."""
        identity = pyrage.x25519.Identity.generate()
        self.stdout.write(f"# public key, for BACKUP_RECIPIENTS: {identity.to_public()}")
        self.stdout.write(str(identity))
