"""Names to confirm, and rows by a provider's reference or code, are found by an index."""

from django.conf import settings
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("wallets", "0016_begun_by"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        AddIndexConcurrently(
            model_name="bankaccount",
            index=models.Index(
                condition=models.Q(("removed_at__isnull", True), ("status", "pending")),
                fields=["created_at"],
                name="bank_account_to_confirm",
            ),
        ),
        AddIndexConcurrently(
            model_name="dispute",
            index=models.Index(fields=["reference"], name="dispute_by_reference"),
        ),
        AddIndexConcurrently(
            model_name="dispute",
            index=models.Index(fields=["code"], name="dispute_by_code"),
        ),
        AddIndexConcurrently(
            model_name="reconciliationitem",
            index=models.Index(fields=["reference"], name="reconciliation_by_reference"),
        ),
        AddIndexConcurrently(
            model_name="suspenseitem",
            index=models.Index(fields=["reference"], name="suspense_by_reference"),
        ),
    ]
