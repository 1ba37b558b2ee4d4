"""What was left to a person is found by an index, however long the tables have grown."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("wallets", "0013_refunds")]

    operations = [
        AddIndexConcurrently(
            model_name="deposit",
            index=models.Index(
                condition=models.Q(("state", "needs_review")), fields=["created_at"], name="deposit_stuck"
            ),
        ),
        AddIndexConcurrently(
            model_name="dispute",
            index=models.Index(
                condition=models.Q(("state", "needs_review")), fields=["created_at"], name="dispute_stuck"
            ),
        ),
        AddIndexConcurrently(
            model_name="withdrawal",
            index=models.Index(
                condition=models.Q(("state", "needs_review")), fields=["created_at"], name="withdrawal_stuck"
            ),
        ),
    ]
