"""Fresh keys, and the lines of the environment that bring them in while the old ones still hold."""

import secrets
from typing import Any

from cryptography.fernet import Fernet
from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

KINDS = ("jwt", "pepper", "field")


class Command(BaseCommand):
    help = "Print the environment's new lines for one kind of key: the fresh one in front, the old ones still read."

    def add_arguments(self, parser: CommandParser) -> None:
        """Which kind."""
        parser.add_argument("kind", choices=KINDS)

    def handle(self, *args: Any, **options: Any) -> None:
        """Print lines that hold secrets: to a terminal or a file of one's own, never to a log."""
        self.stdout.write("\n".join(_LINES[options["kind"]]()))


def _jwt() -> list[str]:
    old = [settings.SIMPLE_JWT["SIGNING_KEY"], *settings.OLD_JWT_SIGNING_KEYS]
    return [
        "# Access tokens live 15 minutes and refresh tokens 30 days: drop the old keys after that.",
        f"JWT_SIGNING_KEY={secrets.token_urlsafe(48)}",
        f"OLD_JWT_SIGNING_KEYS={','.join(old)}",
    ]


def _pepper() -> list[str]:
    old = [settings.PIN_PEPPER, *settings.OLD_PIN_PEPPERS]
    return [
        "# A PIN moves to the new pepper when it is next given. Keep the old ones: other hashes stay under the first.",
        f"PIN_PEPPER={secrets.token_urlsafe(48)}",
        f"OLD_PIN_PEPPERS={','.join(old)}",
    ]


def _field() -> list[str]:
    keys = [Fernet.generate_key().decode(), *settings.FIELD_ENCRYPTION_KEYS]
    return [
        "# Restart with it, run `manage.py rotate_field_keys`, then drop the old keys.",
        f"FIELD_ENCRYPTION_KEYS={','.join(keys)}",
    ]


_LINES = {"jwt": _jwt, "pepper": _pepper, "field": _field}
