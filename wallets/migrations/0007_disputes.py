"""Disputes, and what people owe after one: a table, a mark on the wallet, and an account that may go below zero."""

from pathlib import Path

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

import contri.core.models

OWED = Path(__file__).resolve().parent.parent / "sql" / "owed.sql"


class Migration(migrations.Migration):
    dependencies = [
        ("wallets", "0006_suspense_by_two"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Dispute",
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
                ("code", models.CharField(max_length=40)),
                ("reference", models.CharField(max_length=200)),
                ("amount_kobo", models.BigIntegerField()),
                (
                    "status",
                    models.CharField(
                        choices=[("open", "Open"), ("won", "Won"), ("lost", "Lost")], default="open", max_length=4
                    ),
                ),
                ("stage", models.CharField(blank=True, max_length=60)),
                ("resolution", models.CharField(blank=True, max_length=60)),
                ("respond_by", models.DateTimeField(blank=True, null=True)),
                ("hold_id", models.UUIDField(blank=True, editable=False, null=True)),
                ("held_kobo", models.BigIntegerField(default=0)),
                ("taken_kobo", models.BigIntegerField(default=0)),
                ("owed_kobo", models.BigIntegerField(default=0)),
                ("journal_id", models.UUIDField(blank=True, editable=False, null=True)),
                ("resolved_at", models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.RemoveConstraint(
            model_name="suspenseitem",
            name="suspense_item_resolved_by_two",
        ),
        migrations.AddField(
            model_name="wallet",
            name="is_owing",
            field=models.BooleanField(default=False),
        ),
        migrations.AlterField(
            model_name="ledgeraccount",
            name="purpose",
            field=models.CharField(
                choices=[
                    ("wallet", "Wallet"),
                    ("parked", "Parked"),
                    ("pot", "Pot"),
                    ("deposits", "Deposits"),
                    ("reserve", "Reserve"),
                    ("provider_clearing", "Provider Clearing"),
                    ("fees", "Fees"),
                    ("provider_fees", "Provider Fees"),
                    ("suspense", "Suspense"),
                    ("owed", "Owed"),
                ],
                editable=False,
                max_length=20,
            ),
        ),
        migrations.AlterField(
            model_name="suspenseitem",
            name="status",
            field=models.CharField(
                choices=[("open", "Open"), ("resolved", "Resolved"), ("charged_back", "Charged Back")],
                default="open",
                max_length=12,
            ),
        ),
        migrations.AddIndex(
            model_name="wallet",
            index=models.Index(condition=models.Q(("is_owing", True)), fields=["created_at"], name="wallet_owing"),
        ),
        migrations.AddConstraint(
            model_name="suspenseitem",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("status__in", ("open", "charged_back")),
                    models.Q(
                        ("approved_by__isnull", False),
                        ("asked_by__isnull", False),
                        models.Q(("asked_by", models.F("approved_by")), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="suspense_item_resolved_by_two",
            ),
        ),
        migrations.AddField(
            model_name="dispute",
            name="deposit",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="disputes",
                to="wallets.deposit",
            ),
        ),
        migrations.AddIndex(
            model_name="dispute",
            index=models.Index(condition=models.Q(("state", "ready")), fields=["due_at"], name="dispute_due"),
        ),
        migrations.AddIndex(
            model_name="dispute",
            index=models.Index(condition=models.Q(("status", "open")), fields=["respond_by"], name="dispute_open"),
        ),
        migrations.AddConstraint(
            model_name="dispute",
            constraint=models.UniqueConstraint(fields=("provider", "code"), name="dispute_once"),
        ),
        migrations.AddConstraint(
            model_name="dispute",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("amount_kobo__gt", 0), ("held_kobo__gte", 0), ("owed_kobo__gte", 0), ("taken_kobo__gte", 0)
                ),
                name="dispute_amounts_not_negative",
            ),
        ),
        migrations.RunSQL(OWED.read_text(encoding="utf-8")),
    ]
