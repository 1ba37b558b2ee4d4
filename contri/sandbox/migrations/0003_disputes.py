"""Payments that their payer wants back."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("sandbox", "0002_ids_that_need_64_bits"),
    ]

    operations = [
        migrations.CreateModel(
            name="Dispute",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("refund_amount", models.BigIntegerField()),
                ("status", models.CharField(default="awaiting-merchant-feedback", max_length=40)),
                ("resolution", models.CharField(default="", max_length=40)),
                ("due_at", models.DateTimeField()),
                ("created_at", models.DateTimeField()),
                ("updated_at", models.DateTimeField()),
                ("resolved_at", models.DateTimeField(null=True)),
                (
                    "transaction",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="disputes", to="sandbox.transaction"
                    ),
                ),
            ],
            options={
                "ordering": ["-id"],
            },
        ),
    ]
