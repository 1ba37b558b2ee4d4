from pathlib import Path

from django.conf import settings
from django.db import migrations, models

TWO_PEOPLE = Path(__file__).resolve().parent.parent / "sql" / "two_people.sql"


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0003_staff_requests"),
        ("wallets", "0010_transfer_in_one_call"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="suspenseitem",
            options={
                "permissions": [
                    ("ask_credit_suspenseitem", "Can ask that money in suspense be credited"),
                    ("approve_credit_suspenseitem", "Can approve that money in suspense is credited"),
                    ("ask_write_off_suspenseitem", "Can ask that money in suspense be written off"),
                    ("approve_write_off_suspenseitem", "Can approve that money in suspense is written off"),
                ]
            },
        ),
        migrations.AlterModelOptions(
            name="transaction",
            options={
                "permissions": [
                    ("ask_reverse_transaction", "Can ask that a transfer be reversed"),
                    ("approve_reverse_transaction", "Can approve that a transfer is reversed"),
                ]
            },
        ),
        migrations.AlterModelOptions(
            name="withdrawal",
            options={
                "permissions": [
                    ("retry_withdrawal", "Can have a stuck withdrawal tried again"),
                    ("ask_release_withdrawal", "Can ask that a withdrawal's money be given back"),
                    ("approve_release_withdrawal", "Can approve that a withdrawal's money is given back"),
                ]
            },
        ),
        migrations.AddIndex(
            model_name="transaction",
            index=models.Index(fields=["reference"], name="transaction_by_reference"),
        ),
        migrations.AddIndex(
            model_name="transaction",
            index=models.Index(
                condition=models.Q(("journal_id__isnull", False)), fields=["journal_id"], name="transaction_of_journal"
            ),
        ),
        migrations.RunSQL(
            TWO_PEOPLE.read_text(encoding="utf-8"),
            "DROP TRIGGER ledger_journal_by_two ON ledger_journal; DROP FUNCTION ledger_needs_two();",
        ),
    ]
