"""A caller's proofs as SQL functions: session, ban and PIN token are asked inside the call that moves money."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).resolve().parent.parent / "sql" / "proofs.sql"


class Migration(migrations.Migration):
    dependencies = [("accounts", "0005_social_identities_end")]

    operations = [migrations.RunSQL(SQL.read_text(encoding="utf-8"))]
