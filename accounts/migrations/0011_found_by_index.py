"""Checks that wait for a person are found by an index, however long the table has grown."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("accounts", "0010_proved_names"),
    ]

    operations = [
        AddIndexConcurrently(
            model_name="identitycheck",
            index=models.Index(
                condition=models.Q(("state", "needs_review")), fields=["created_at"], name="identity_check_stuck"
            ),
        ),
        AddIndexConcurrently(
            model_name="identitycheck",
            index=models.Index(
                condition=models.Q(("status", "review")), fields=["created_at"], name="identity_check_review"
            ),
        ),
    ]
