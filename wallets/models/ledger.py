"""The ledger's tables. Amounts are kobo. Rows are written by `wallets.ledger` alone; the rules live in PostgreSQL.

What these classes declare as constraints, and the triggers in `wallets/sql/`, hold against any client: a plain INSERT
in psql is as safe as the API.
"""

from typing import ClassVar

from django.contrib.postgres.functions import TransactionNow
from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from contri.core.models import uuid7
from contri.core.money import CURRENCY


class Purpose(models.TextChoices):
    """What the money in an account is for. The owner is a wallet, a circle, a provider or Contri itself."""

    WALLET = "wallet"
    PARKED = "parked"
    POT = "pot"
    DEPOSITS = "deposits"
    RESERVE = "reserve"
    PROVIDER_CLEARING = "provider_clearing"
    FEES = "fees"
    PROVIDER_FEES = "provider_fees"
    SUSPENSE = "suspense"
    # What somebody owes Contri: below zero while they do.
    OWED = "owed"


class Floor(models.TextChoices):
    """Whether an account may go below zero."""

    STRICT = "strict"
    FREE = "free"


class Fold(models.TextChoices):
    """When an account's counters move: with each transfer, or a moment later for those that every transfer touches."""

    INLINE = "inline"
    DEFERRED = "deferred"


class AccountStatus(models.TextChoices):
    """What an account still lets through. Holds made before a freeze can always be settled or released."""

    OPEN = "open"
    FROZEN_DEBIT = "frozen_debit"
    FROZEN = "frozen"
    CLOSED = "closed"


class Phase(models.TextChoices):
    """What a transfer does: move money, promise it, keep the promise, or give it up."""

    SINGLE = "single"
    HOLD = "hold"
    SETTLE = "settle"
    RELEASE = "release"


class LedgerAccount(models.Model):
    """One balance: four counters that only triggers move, each time for a transfer row.

    A credit is money that came in. What can be spent is `credits_posted - debits_posted - debits_pending`.
    """

    id = models.UUIDField(primary_key=True, editable=False)
    owner_id = models.UUIDField(editable=False)
    debits_posted = models.BigIntegerField(db_default=0, editable=False)
    credits_posted = models.BigIntegerField(db_default=0, editable=False)
    debits_pending = models.BigIntegerField(db_default=0, editable=False)
    credits_pending = models.BigIntegerField(db_default=0, editable=False)
    seq = models.BigIntegerField(db_default=0, editable=False)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    currency = models.CharField(max_length=3, db_default=CURRENCY, editable=False)
    purpose = models.CharField(max_length=20, choices=Purpose, editable=False)
    floor = models.CharField(max_length=6, choices=Floor, editable=False)
    fold = models.CharField(max_length=8, choices=Fold, editable=False)
    status = models.CharField(max_length=12, choices=AccountStatus, db_default=AccountStatus.OPEN)

    class Meta:
        db_table = "ledger_account"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["owner_id", "purpose", "currency"], name="ledger_account_once"),
            models.CheckConstraint(
                condition=Q(floor=Floor.FREE) | Q(credits_posted__gte=F("debits_posted") + F("debits_pending")),
                name="ledger_account_never_overdrawn",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.purpose} of {self.owner_id}"


class LedgerJournal(models.Model):
    """One event, told once: its key is unique for ever, whether its transfers were posted or refused."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    source_id = models.UUIDField(editable=False)
    initiator_id = models.UUIDField(null=True, editable=False)
    # The transaction's own moment: it tells the trigger which journals may still be added to.
    created_at = models.DateTimeField(db_default=TransactionNow(), editable=False)
    effective_at = models.DateTimeField(null=True, editable=False)
    fingerprint = models.BinaryField(max_length=32, editable=False)
    source = models.CharField(max_length=40, editable=False)
    scope = models.CharField(max_length=40, editable=False)
    key = models.CharField(max_length=255, editable=False)
    reason = models.CharField(max_length=500, db_default="", editable=False)

    class Meta:
        db_table = "ledger_journal"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["scope", "key"], name="ledger_journal_key_once"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            # The way to it from the row that it is about.
            models.Index(fields=["source_id"], name="ledger_journal_by_source"),
        ]

    def __str__(self) -> str:
        return f"{self.scope} {self.key}"


class LedgerRefusal(models.Model):
    """Why a journal moved nothing. The same key gets the same refusal for ever."""

    journal = models.OneToOneField(
        LedgerJournal, primary_key=True, on_delete=models.PROTECT, related_name="refusal", editable=False
    )
    code = models.CharField(max_length=40, editable=False)

    class Meta:
        db_table = "ledger_refusal"

    def __str__(self) -> str:
        return self.code


class LedgerTransfer(models.Model):
    """One debit, one credit, one amount. Append-only: a mistake is undone by a transfer that names it in `reverses`.

    `…_seq` counts an account's transfers without a gap, `…_after` is what could be spent after this one. Both are null
    for accounts whose counters are folded later. References are checked by the trigger, which reads those rows anyway.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    journal = models.ForeignKey(
        LedgerJournal, on_delete=models.PROTECT, related_name="transfers", db_constraint=False, editable=False
    )
    debit_account = models.ForeignKey(
        LedgerAccount, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False, editable=False
    )
    credit_account = models.ForeignKey(
        LedgerAccount, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False, editable=False
    )
    amount = models.BigIntegerField(editable=False)
    # Set by the trigger once both accounts are locked, so that it never runs against an account's `seq`.
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    debit_seq = models.BigIntegerField(null=True, editable=False)
    debit_after = models.BigIntegerField(null=True, editable=False)
    credit_seq = models.BigIntegerField(null=True, editable=False)
    credit_after = models.BigIntegerField(null=True, editable=False)
    phase = models.CharField(max_length=7, choices=Phase, db_default=Phase.SINGLE, editable=False)
    kind = models.CharField(max_length=40, editable=False)
    pending = models.ForeignKey(
        "self",
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_constraint=False,
        db_index=False,
        editable=False,
    )
    reverses = models.ForeignKey(
        "self",
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_constraint=False,
        db_index=False,
        editable=False,
    )

    class Meta:
        db_table = "ledger_transfer"
        indexes: ClassVar[list[models.Index]] = [
            # For sealing a day: rows lie in the order of time anyway, so a few bytes for every 32 pages suffice.
            BrinIndex(fields=["created_at"], name="ledger_transfer_by_time", pages_per_range=32),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["debit_account", "debit_seq"], name="ledger_transfer_debit_seq_once"),
            models.UniqueConstraint(fields=["credit_account", "credit_seq"], name="ledger_transfer_credit_seq_once"),
            models.UniqueConstraint(
                fields=["pending"], condition=Q(pending__isnull=False), name="ledger_transfer_hold_resolved_once"
            ),
            models.UniqueConstraint(
                fields=["reverses"], condition=Q(reverses__isnull=False), name="ledger_transfer_reversed_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.phase} {self.kind} {self.amount}"


class LedgerUnfolded(models.Model):
    """What one transfer will add to the counters of one deferred account. Deleting the row is what adds it."""

    id = models.BigAutoField(primary_key=True)
    account = models.ForeignKey(
        LedgerAccount, on_delete=models.PROTECT, related_name="+", db_constraint=False, editable=False
    )
    transfer = models.ForeignKey(
        LedgerTransfer, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False, editable=False
    )
    debits_posted = models.BigIntegerField(editable=False)
    credits_posted = models.BigIntegerField(editable=False)
    debits_pending = models.BigIntegerField(editable=False)
    credits_pending = models.BigIntegerField(editable=False)

    class Meta:
        db_table = "ledger_unfolded"

    def __str__(self) -> str:
        return f"unfolded {self.transfer_id}"


class LedgerSeal(models.Model):
    """The books of one finished day under one hash, chained to the day before: history cannot be rewritten unseen."""

    day = models.DateField(primary_key=True, editable=False)
    transfers = models.BigIntegerField(editable=False)
    previous = models.BinaryField(max_length=32, editable=False)
    digest = models.BinaryField(max_length=32, editable=False)
    sealed_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        db_table = "ledger_seal"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["previous"], name="ledger_seal_chain_has_no_fork"),
        ]

    def __str__(self) -> str:
        return f"seal of {self.day}"
