"""The ledger's rules that no constraint can hold, its one-call functions, and what the run-time role may do.

Plain RunSQL over readable files. Once released, a file named here is never edited: a change is a new file and a new
migration.
"""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).resolve().parent.parent / "sql"


def _file(name: str) -> migrations.RunSQL:
    return migrations.RunSQL((SQL / name).read_text(encoding="utf-8"))


class Migration(migrations.Migration):
    dependencies = [("wallets", "0001_ledger")]

    operations = [
        _file("accounts.sql"),
        _file("move.sql"),
        _file("fold.sql"),
        _file("guards.sql"),
        _file("post.sql"),
        _file("audit.sql"),
        _file("grants.sql"),
    ]
