"""Sending money in one SQL call; see wallets/sql/transfer.sql."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).resolve().parent.parent / "sql" / "transfer.sql"


class Migration(migrations.Migration):
    dependencies = [
        ("wallets", "0009_reconciliation"),
        ("accounts", "0006_proofs"),
        ("admin", "0003_logentry_add_action_flag_choices"),
        ("core", "0001_idempotency"),
        ("notifications", "0001_notices"),
    ]

    operations = [migrations.RunSQL(SQL.read_text(encoding="utf-8"))]
