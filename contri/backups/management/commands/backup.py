"""Make an encrypted backup, and forget those that are old enough."""

import json
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from time import monotonic
from typing import Any

from django.conf import settings
from django.core.management import CommandError
from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from contri.backups.archive import forget_backup, make_backup, notes_in
from contri.backups.keeping import to_keep
from contri.backups.programs import ProgramFailedError
from contri.core.readings import take_reading


class Command(BaseCommand):
    help = "Dump the database, encrypted, into BACKUP_FOLDER; then remove what is too old to be kept."

    def add_arguments(self, parser: CommandParser) -> None:
        """Where else, what only to say, and how to say it."""
        parser.add_argument("--folder", type=Path, help="another folder than BACKUP_FOLDER")
        parser.add_argument("--dry-run", action="store_true", help="make none, and only say which would be removed")
        parser.add_argument("--json", action="store_true", help="the outcome as JSON on standard output")

    def handle(self, *args: Any, **options: Any) -> None:
        """Make one, forget some, say so."""
        folder = options["folder"] or settings.BACKUP_FOLDER
        if not folder or not settings.BACKUP_RECIPIENTS:
            raise CommandError("Set BACKUP_FOLDER, and BACKUP_RECIPIENTS to age public keys (manage.py backup_key).")
        report = {} if options["dry_run"] else _make(Path(folder))
        report |= {"forgotten": _forget(Path(folder), dry_run=options["dry_run"])}
        self.stdout.write(json.dumps(report, indent=2) if options["json"] else _in_words(report))


def _make(folder: Path) -> dict[str, Any]:
    started = monotonic()
    try:
        note = make_backup(folder=folder, recipients=settings.BACKUP_RECIPIENTS, at=timezone.now())
    except ProgramFailedError as fault:
        raise CommandError(str(fault)) from fault
    take_reading("backup_bytes", note.bytes)
    return {**asdict(note), "rows": sum(note.rows.values()), "seconds": round(monotonic() - started, 2)}


def _forget(folder: Path, *, dry_run: bool) -> list[str]:
    notes = notes_in(folder)
    kept = to_keep((datetime.fromisoformat(note.taken_at) for note in notes), now=timezone.now())
    old = [note for note in notes if datetime.fromisoformat(note.taken_at) not in kept]
    for note in old:
        if not dry_run:
            forget_backup(note, folder=folder)
    return [note.name for note in old]


def _in_words(report: dict[str, Any]) -> str:
    made = "{name}: {rows} rows, {bytes} bytes, {seconds} s. ".format(**report) if "name" in report else ""
    return f"{made}Too old to be kept: {', '.join(report['forgotten']) or 'none'}."
