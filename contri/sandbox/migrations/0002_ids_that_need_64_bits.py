"""Ids start where real ones are: a client that keeps them in 32 bits must find out here."""

from django.db import migrations

FIRST_IDS = (
    ("sandbox_transaction", 5_099_260_515),
    ("sandbox_transfer", 5_860_000_000),
    ("sandbox_refund", 5_018_284_000),
    ("sandbox_recipient", 56_000_000),
    ("sandbox_customer", 70_010_000),
    ("sandbox_smilejob", 56_573),
)


class Migration(migrations.Migration):
    """Sets SQLite's counters; they never go back, not even when the tables are emptied."""

    dependencies = [("sandbox", "0001_initial")]

    operations = [
        migrations.RunSQL(
            sql=[("INSERT INTO sqlite_sequence (name, seq) VALUES (%s, %s)", [table, last])],
            reverse_sql=[("DELETE FROM sqlite_sequence WHERE name = %s", [table])],
        )
        for table, last in FIRST_IDS
    ]
