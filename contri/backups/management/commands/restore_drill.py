"""Prove that the newest backup restores, whole and right."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import CommandError
from django.core.management.base import BaseCommand, CommandParser

from contri.backups.archive import Note, NotWholeError, notes_in
from contri.backups.drill import Drill, drill
from contri.backups.programs import ProgramFailedError
from contri.core.readings import take_reading


class Command(BaseCommand):
    help = "Restore a backup into a fresh database, count its rows and audit it. Exits with 1 when it is not good."

    def add_arguments(self, parser: CommandParser) -> None:
        """Which one, from where, and how to say it."""
        parser.add_argument("name", nargs="?", help="a backup's name; without it the newest")
        parser.add_argument("--folder", type=Path, help="another folder than BACKUP_FOLDER")
        parser.add_argument("--json", action="store_true", help="the outcome as JSON on standard output")

    def handle(self, *args: Any, **options: Any) -> None:
        """Drill, report, and exit with 1 when it is not good."""
        folder = Path(options["folder"] or settings.BACKUP_FOLDER or ".")
        if not settings.BACKUP_IDENTITY_FILE:
            raise CommandError("Set BACKUP_IDENTITY_FILE to the file with the age private key.")
        note = _note(folder, options["name"])
        try:
            outcome = drill(note, folder=folder, identity=_identity())
        except (NotWholeError, ProgramFailedError) as fault:
            raise CommandError(str(fault)) from fault
        take_reading("restore_drill_faults", len(outcome.differences) + len(outcome.complaints))
        report = {"good": outcome.is_good, **asdict(outcome)}
        self.stdout.write(json.dumps(report, indent=2) if options["json"] else _in_words(outcome))
        if not outcome.is_good:
            raise SystemExit(1)


def _identity() -> str:
    """The private key in the file that `manage.py backup_key` (or age-keygen) wrote."""
    lines = Path(settings.BACKUP_IDENTITY_FILE).read_text().splitlines()
    return next(line.strip() for line in lines if line.startswith("AGE-SECRET-KEY-"))


def _note(folder: Path, name: str | None) -> Note:
    notes = [note for note in notes_in(folder) if name in (None, note.name)]
    if not notes:
        raise CommandError(f"There is no backup {name or ''} in {folder}.")
    return notes[-1]


def _in_words(outcome: Drill) -> str:
    verdict = "restores, every row is there and the books balance" if outcome.is_good else "is NOT good"
    lines = [
        f"{outcome.backup} {verdict}: {outcome.rows} rows,"
        f" restored in {outcome.restore_seconds} s, audited in {outcome.audit_seconds} s."
    ]
    lines += [f"  {table}: {noted} rows noted, {found} found" for table, (noted, found) in outcome.differences.items()]
    lines += [f"  {audit}: {said}" for audit, said in outcome.complaints.items()]
    return "\n".join(lines)
