"""What the books say about a row is found by index, however long they are."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("wallets", "0018_stuck_disputes")]

    operations = [
        AddIndexConcurrently(
            model_name="ledgerjournal",
            index=models.Index(fields=["source_id"], name="ledger_journal_by_source"),
        ),
    ]
