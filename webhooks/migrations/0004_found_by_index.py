"""Events that were given up are found by an index."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("webhooks", "0003_flutterwave"),
    ]

    operations = [
        AddIndexConcurrently(
            model_name="inboundevent",
            index=models.Index(
                condition=models.Q(("state", "needs_review")), fields=["created_at"], name="inbound_event_stuck"
            ),
        ),
    ]
