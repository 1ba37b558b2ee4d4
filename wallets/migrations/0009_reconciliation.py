"""What came of comparing the providers' lists with the books."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

import contri.core.models


class Migration(migrations.Migration):
    dependencies = [
        ("wallets", "0008_second_provider"),
    ]

    operations = [
        migrations.CreateModel(
            name="ReconciliationRun",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=contri.core.models.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
                ),
                ("provider", models.CharField(max_length=20)),
                ("since", models.DateTimeField()),
                ("until", models.DateTimeField()),
                ("fixes", models.BooleanField(default=False)),
                ("compared", models.PositiveIntegerField(default=0)),
                ("stopped", models.CharField(blank=True, max_length=200)),
                ("balance_kobo", models.BigIntegerField(blank=True, null=True)),
                ("clearing_kobo", models.BigIntegerField(blank=True, null=True)),
                ("finished_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "indexes": [models.Index(fields=["-created_at"], name="reconciliation_newest")],
            },
        ),
        migrations.CreateModel(
            name="ReconciliationItem",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=contri.core.models.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
                ),
                ("kind", models.CharField(max_length=8)),
                ("reference", models.CharField(max_length=200)),
                (
                    "what",
                    models.CharField(
                        choices=[
                            ("not_booked", "they are done with it, we are not"),
                            ("unknown", "theirs, and none of ours"),
                            ("missing", "booked here, and not among theirs"),
                            ("contradicted", "we say one thing and they another"),
                            ("amount", "another amount"),
                            ("fee", "another fee"),
                            ("taken_back", "they sent it back, we did not book that"),
                        ],
                        max_length=12,
                    ),
                ),
                ("theirs", models.CharField(blank=True, max_length=60)),
                ("ours", models.CharField(blank=True, max_length=60)),
                (
                    "status",
                    models.CharField(
                        choices=[("open", "Open"), ("fixed", "Fixed"), ("explained", "Explained")],
                        default="open",
                        max_length=9,
                    ),
                ),
                ("explanation", models.CharField(blank=True, max_length=300)),
                (
                    "run",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="items",
                        to="wallets.reconciliationrun",
                    ),
                ),
            ],
            options={
                "permissions": [("explain_reconciliationitem", "Can explain a difference to a provider's list")],
                "indexes": [
                    models.Index(
                        condition=models.Q(("status", "open")), fields=["created_at"], name="reconciliation_open"
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("run", "kind", "reference", "what"), name="reconciliation_item_once"
                    )
                ],
            },
        ),
    ]
