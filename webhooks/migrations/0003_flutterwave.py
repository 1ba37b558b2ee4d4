"""A second payment provider writes to us."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("webhooks", "0002_bodies_are_forgotten"),
    ]

    operations = [
        migrations.AlterField(
            model_name="inboundevent",
            name="provider",
            field=models.CharField(
                choices=[("paystack", "Paystack"), ("flutterwave", "Flutterwave"), ("smileid", "Smile ID")],
                max_length=12,
            ),
        ),
        migrations.AlterField(
            model_name="webhookrefusal",
            name="provider",
            field=models.CharField(
                choices=[("paystack", "Paystack"), ("flutterwave", "Flutterwave"), ("smileid", "Smile ID")],
                max_length=12,
            ),
        ),
    ]
