"""Refuse migrations that would stop a running Contri."""

import subprocess
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser
from django.db.migrations.loader import MigrationLoader

from contri.core.migration_rules import faults_of


class Command(BaseCommand):
    help = "Check the migrations that are not in --since yet; 1 when one is unsafe. Before a first release nothing is."

    def add_arguments(self, parser: CommandParser) -> None:
        """Which ones are new."""
        parser.add_argument("--since", default="origin/main", help="the commit that is running (origin/main)")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print each fault, and exit with 1 when there is one."""
        loader = MigrationLoader(None)
        new = _files_since(options["since"])
        found = [
            f"{app}.{name}: {fault}"
            for (app, name), migration in sorted(loader.disk_migrations.items())
            if any(file.endswith(f"{app}/migrations/{name}.py") for file in new)
            for fault in faults_of(migration)
        ]
        self.stdout.write("\n".join(found) or f"{len(new)} new migrations, none of them unsafe.")
        if found:
            raise SystemExit(1)


def _files_since(commit: str) -> list[str]:
    """The migrations that were added since `commit`."""
    told = subprocess.run(  # noqa: S603 - our own command line
        ["git", "diff", "--name-only", "--diff-filter=A", commit, "--", "*/migrations/*.py"],  # noqa: S607
        cwd=settings.BASE_DIR,
        check=True,
        capture_output=True,
        text=True,
    )
    return told.stdout.split()
