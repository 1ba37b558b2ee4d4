from pathlib import Path

from django.db import migrations

SQL = Path(__file__).resolve().parent.parent / "sql"


class Migration(migrations.Migration):
    dependencies = [("wallets", "0011_by_two_people")]

    operations = [migrations.RunSQL((SQL / "staff_money.sql").read_text(encoding="utf-8"), migrations.RunSQL.noop)]
