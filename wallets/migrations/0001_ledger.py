"""The ledger's tables, with every rule that a constraint can hold."""

import django.contrib.postgres.functions
import django.contrib.postgres.indexes
import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.datetime
from django.db import migrations, models

import contri.core.models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="LedgerAccount",
            fields=[
                ("id", models.UUIDField(editable=False, primary_key=True, serialize=False)),
                ("owner_id", models.UUIDField(editable=False)),
                ("debits_posted", models.BigIntegerField(db_default=0, editable=False)),
                ("credits_posted", models.BigIntegerField(db_default=0, editable=False)),
                ("debits_pending", models.BigIntegerField(db_default=0, editable=False)),
                ("credits_pending", models.BigIntegerField(db_default=0, editable=False)),
                ("seq", models.BigIntegerField(db_default=0, editable=False)),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
                ),
                ("currency", models.CharField(db_default="NGN", editable=False, max_length=3)),
                (
                    "purpose",
                    models.CharField(
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
                        ],
                        editable=False,
                        max_length=20,
                    ),
                ),
                (
                    "floor",
                    models.CharField(choices=[("strict", "Strict"), ("free", "Free")], editable=False, max_length=6),
                ),
                (
                    "fold",
                    models.CharField(
                        choices=[("inline", "Inline"), ("deferred", "Deferred")], editable=False, max_length=8
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("open", "Open"),
                            ("frozen_debit", "Frozen Debit"),
                            ("frozen", "Frozen"),
                            ("closed", "Closed"),
                        ],
                        db_default="open",
                        max_length=12,
                    ),
                ),
            ],
            options={
                "db_table": "ledger_account",
                "constraints": [
                    models.UniqueConstraint(fields=("owner_id", "purpose", "currency"), name="ledger_account_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("floor", "free"),
                            (
                                "credits_posted__gte",
                                django.db.models.expressions.CombinedExpression(
                                    models.F("debits_posted"), "+", models.F("debits_pending")
                                ),
                            ),
                            _connector="OR",
                        ),
                        name="ledger_account_never_overdrawn",
                    ),
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="LedgerJournal",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=contri.core.models.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("source_id", models.UUIDField(editable=False)),
                ("initiator_id", models.UUIDField(editable=False, null=True)),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.contrib.postgres.functions.TransactionNow(), editable=False),
                ),
                ("effective_at", models.DateTimeField(editable=False, null=True)),
                ("fingerprint", models.BinaryField(max_length=32)),
                ("source", models.CharField(editable=False, max_length=40)),
                ("scope", models.CharField(editable=False, max_length=40)),
                ("key", models.CharField(editable=False, max_length=255)),
                ("reason", models.CharField(db_default="", editable=False, max_length=500)),
            ],
            options={
                "db_table": "ledger_journal",
                "constraints": [models.UniqueConstraint(fields=("scope", "key"), name="ledger_journal_key_once")],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="LedgerRefusal",
            fields=[
                (
                    "journal",
                    models.OneToOneField(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="refusal",
                        serialize=False,
                        to="wallets.ledgerjournal",
                    ),
                ),
                ("code", models.CharField(editable=False, max_length=40)),
            ],
            options={
                "db_table": "ledger_refusal",
                "indexes": [],
                "constraints": [],
            },
        ),
        migrations.CreateModel(
            name="LedgerTransfer",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=contri.core.models.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "journal",
                    models.ForeignKey(
                        db_constraint=False,
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="transfers",
                        to="wallets.ledgerjournal",
                    ),
                ),
                (
                    "debit_account",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="wallets.ledgeraccount",
                    ),
                ),
                (
                    "credit_account",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="wallets.ledgeraccount",
                    ),
                ),
                ("amount", models.BigIntegerField(editable=False)),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
                ),
                ("debit_seq", models.BigIntegerField(editable=False, null=True)),
                ("debit_after", models.BigIntegerField(editable=False, null=True)),
                ("credit_seq", models.BigIntegerField(editable=False, null=True)),
                ("credit_after", models.BigIntegerField(editable=False, null=True)),
                (
                    "phase",
                    models.CharField(
                        choices=[("single", "Single"), ("hold", "Hold"), ("settle", "Settle"), ("release", "Release")],
                        db_default="single",
                        editable=False,
                        max_length=7,
                    ),
                ),
                ("kind", models.CharField(editable=False, max_length=40)),
                (
                    "pending",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="wallets.ledgertransfer",
                    ),
                ),
                (
                    "reverses",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="wallets.ledgertransfer",
                    ),
                ),
            ],
            options={
                "db_table": "ledger_transfer",
                "indexes": [
                    django.contrib.postgres.indexes.BrinIndex(
                        fields=["created_at"], name="ledger_transfer_by_time", pages_per_range=32
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("debit_account", "debit_seq"), name="ledger_transfer_debit_seq_once"
                    ),
                    models.UniqueConstraint(
                        fields=("credit_account", "credit_seq"), name="ledger_transfer_credit_seq_once"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("pending__isnull", False)),
                        fields=("pending",),
                        name="ledger_transfer_hold_resolved_once",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("reverses__isnull", False)),
                        fields=("reverses",),
                        name="ledger_transfer_reversed_once",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="LedgerUnfolded",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "account",
                    models.ForeignKey(
                        db_constraint=False,
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="wallets.ledgeraccount",
                    ),
                ),
                (
                    "transfer",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="wallets.ledgertransfer",
                    ),
                ),
                ("debits_posted", models.BigIntegerField(editable=False)),
                ("credits_posted", models.BigIntegerField(editable=False)),
                ("debits_pending", models.BigIntegerField(editable=False)),
                ("credits_pending", models.BigIntegerField(editable=False)),
            ],
            options={
                "db_table": "ledger_unfolded",
                "indexes": [],
                "constraints": [],
            },
        ),
        migrations.CreateModel(
            name="LedgerSeal",
            fields=[
                ("day", models.DateField(editable=False, primary_key=True, serialize=False)),
                ("transfers", models.BigIntegerField(editable=False)),
                ("previous", models.BinaryField(max_length=32)),
                ("digest", models.BinaryField(max_length=32)),
                (
                    "sealed_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
                ),
            ],
            options={
                "db_table": "ledger_seal",
                "constraints": [models.UniqueConstraint(fields=("previous",), name="ledger_seal_chain_has_no_fork")],
                "indexes": [],
            },
        ),
    ]
