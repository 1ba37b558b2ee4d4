"""Staff find card payments that were left to a person, by index, and may have them tried again."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("circles", "0010_found_by_index")]

    operations = [
        migrations.AlterModelOptions(
            name="cardpayment",
            options={
                "permissions": [("retry_cardpayment", "Can have it asked again what became of a stuck card payment")]
            },
        ),
        AddIndexConcurrently(
            model_name="cardpayment",
            index=models.Index(
                condition=models.Q(("state", "needs_review")), fields=["created_at"], name="card_payment_stuck"
            ),
        ),
    ]
