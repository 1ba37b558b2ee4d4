"""`manage.py rotate_field_keys`: everything encrypted, under the newest of FIELD_ENCRYPTION_KEYS."""

import json
from argparse import ArgumentParser
from dataclasses import asdict
from functools import partial
from typing import Any

from django.core.management.base import BaseCommand
from rich.console import Console
from rich.progress import Progress

from contri.core.key_rotation import Rotation, rotate_column, sealed_columns


class Command(BaseCommand):
    """Goes through every encrypted column. Exits with 1 when a value opens with no key."""

    help = "Encrypt anew whatever is not under the newest of FIELD_ENCRYPTION_KEYS, so that older keys can go."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Two options."""
        parser.add_argument("--dry-run", action="store_true", help="count only, change nothing")
        parser.add_argument("--json", action="store_true", help="the counts as JSON on standard output, nothing else")

    def handle(self, *args: Any, **options: Any) -> None:
        """Rotate, report."""
        rotations = _rotate_with_progress(options["dry_run"])
        if options["json"]:
            self.stdout.write(json.dumps([asdict(rotation) for rotation in rotations], indent=2))
        else:
            self._tell(rotations, options["dry_run"])
        if any(rotation.unreadable for rotation in rotations):
            raise SystemExit(1)

    def _tell(self, rotations: list[Rotation], is_dry_run: bool) -> None:
        verb = "to rotate" if is_dry_run else "rotated"
        for one in rotations:
            self.stdout.write(f"{one.column}: {one.rotated} {verb}, {one.current} current, {one.unreadable} unreadable")


def _rotate_with_progress(is_dry_run: bool) -> list[Rotation]:
    rotations = []
    with Progress(console=Console(stderr=True), transient=True) as progress:
        for model, column in sealed_columns():
            bar = progress.add_task(f"{model._meta.db_table}.{column}", total=model._default_manager.count())
            advance = partial(progress.advance, bar)
            rotations.append(rotate_column(model, column, is_dry_run=is_dry_run, on_row=advance))
    return rotations
