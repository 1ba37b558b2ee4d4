"""Money in suspense on its way back to its payer, and payouts that were given back and paid all the same."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

import contri.core.models


class Migration(migrations.Migration):
    # The altered columns get more choices, which only forms know of.
    unsafe_because = "nothing but the list of choices changes in tables that exist"

    dependencies = [
        ("wallets", "0012_as_decided"),
    ]

    operations = [
        migrations.CreateModel(
            name="Refund",
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
                (
                    "state",
                    models.CharField(
                        choices=[("ready", "Ready"), ("done", "Done"), ("needs_review", "Needs Review")],
                        default="ready",
                        max_length=12,
                    ),
                ),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("due_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("last_error", models.CharField(blank=True, max_length=500)),
                ("finished_at", models.DateTimeField(blank=True, null=True)),
                ("provider", models.CharField(max_length=20)),
                ("reference", models.CharField(max_length=50, unique=True)),
                ("charge_reference", models.CharField(max_length=200)),
                ("amount_kobo", models.BigIntegerField()),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("requested", "Requested"),
                            ("submitted", "Submitted"),
                            ("succeeded", "Succeeded"),
                            ("failed", "Failed"),
                            ("returned", "Returned"),
                            ("sent_late", "Sent Late"),
                        ],
                        default="requested",
                        max_length=9,
                    ),
                ),
                ("failure", models.CharField(blank=True, max_length=200)),
                ("hold_id", models.UUIDField(editable=False)),
                ("settle_id", models.UUIDField(blank=True, editable=False, null=True)),
                ("submitted_at", models.DateTimeField(blank=True, null=True)),
                ("concluded_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "permissions": [("retry_refund", "Can have a stuck refund tried again")],
            },
        ),
        migrations.AlterModelOptions(
            name="suspenseitem",
            options={
                "permissions": [
                    ("ask_credit_suspenseitem", "Can ask that money in suspense be credited"),
                    ("approve_credit_suspenseitem", "Can approve that money in suspense is credited"),
                    ("ask_refund_suspenseitem", "Can ask that money in suspense be sent back"),
                    ("approve_refund_suspenseitem", "Can approve that money in suspense is sent back"),
                    ("ask_write_off_suspenseitem", "Can ask that money in suspense be written off"),
                    ("approve_write_off_suspenseitem", "Can approve that money in suspense is written off"),
                ]
            },
        ),
        migrations.AlterField(
            model_name="suspenseitem",
            name="status",
            field=models.CharField(
                choices=[
                    ("open", "Open"),
                    ("going_back", "Going Back"),
                    ("resolved", "Resolved"),
                    ("charged_back", "Charged Back"),
                ],
                default="open",
                max_length=12,
            ),
        ),
        migrations.AlterField(
            model_name="withdrawal",
            name="status",
            field=models.CharField(
                choices=[
                    ("requested", "Requested"),
                    ("submitted", "Submitted"),
                    ("succeeded", "Succeeded"),
                    ("failed", "Failed"),
                    ("reversed", "Reversed"),
                    ("paid_late", "Paid Late"),
                ],
                default="requested",
                max_length=9,
            ),
        ),
        migrations.AddField(
            model_name="refund",
            name="item",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="refunds", to="wallets.suspenseitem"
            ),
        ),
        migrations.AddIndex(
            model_name="refund",
            index=models.Index(condition=models.Q(("state", "ready")), fields=["due_at"], name="refund_due"),
        ),
        migrations.AddIndex(
            model_name="refund",
            index=models.Index(
                condition=models.Q(("state", "needs_review")), fields=["created_at"], name="refund_stuck"
            ),
        ),
        migrations.AddIndex(
            model_name="refund",
            index=models.Index(fields=["charge_reference"], name="refund_charge"),
        ),
        migrations.AddConstraint(
            model_name="refund",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount_kobo__gt", 0)), name="refund_amount_positive"
            ),
        ),
        migrations.AddConstraint(
            model_name="refund",
            constraint=models.UniqueConstraint(
                condition=models.Q(("status__in", ("requested", "submitted", "succeeded", "sent_late"))),
                fields=("item",),
                name="refund_one_an_item",
            ),
        ),
    ]
