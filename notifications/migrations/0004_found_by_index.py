"""What could not be sent, and mails to an address, are found by an index."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("notifications", "0003_unreachable_addresses"),
    ]

    operations = [
        AddIndexConcurrently(
            model_name="maildelivery",
            index=models.Index(condition=models.Q(("state", "needs_review")), fields=["created_at"], name="mail_stuck"),
        ),
        AddIndexConcurrently(
            model_name="maildelivery",
            index=models.Index(fields=["to"], name="mail_by_address"),
        ),
        AddIndexConcurrently(
            model_name="pushdelivery",
            index=models.Index(condition=models.Q(("state", "needs_review")), fields=["created_at"], name="push_stuck"),
        ),
    ]
