"""docs/openapi.yaml: write it, hold the code to it, and hold it to what apps in the shops rely on."""

from pathlib import Path
from typing import Any

import yaml
from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from contri.core.api.contract import breaking_changes, current_contract


class Command(BaseCommand):
    help = "Write docs/openapi.yaml, or check it. Exits with 1 on drift, and on changes that break clients."

    def add_arguments(self, parser: CommandParser) -> None:
        """Write, check, or compare with an older one."""
        action = parser.add_mutually_exclusive_group(required=True)
        action.add_argument("--write", action="store_true", help="write docs/openapi.yaml anew")
        action.add_argument("--check", action="store_true", help="1 when the code says something else than the file")
        action.add_argument("--since", type=Path, metavar="FILE", help="1 when a client of this older file would break")

    def handle(self, *args: Any, **options: Any) -> None:
        """Do it."""
        committed = Path(settings.BASE_DIR) / "docs" / "openapi.yaml"
        if options["write"]:
            committed.write_bytes(current_contract())
        elif options["check"]:
            self._refuse(["docs/openapi.yaml is not what the code says: manage.py api_contract --write"], committed)
        else:
            before = yaml.safe_load(options["since"].read_text())
            self._end(breaking_changes(before, yaml.safe_load(current_contract())))

    def _refuse(self, faults: list[str], committed: Path) -> None:
        self._end([] if committed.read_bytes() == current_contract() else faults)

    def _end(self, faults: list[str]) -> None:
        self.stdout.write("\n".join(faults) or "The contract holds.")
        if faults:
            raise SystemExit(1)
