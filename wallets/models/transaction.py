"""What people see of their money's movements: one row for each side of each movement."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from contri.core.models import BaseModel
from contri.core.money import CURRENCY
from wallets.models.wallet import Wallet


class Transaction(BaseModel):
    """A line in a wallet's history. `balance_after_kobo` is what could be spent once this line took effect.

    The ledger is the truth; this row is how it is told. `journal_id` names the ledger journal that moved the money,
    and is null as long as nothing has moved.
    """

    class Type(models.TextChoices):
        """Why money moved."""

        DEPOSIT = "deposit"
        WITHDRAWAL = "withdrawal"
        TRANSFER = "transfer"
        CONTRIBUTION = "contribution"
        PAYOUT = "payout"
        FEE = "fee"
        REFUND = "refund"
        REVERSAL = "reversal"

    class Direction(models.TextChoices):
        """Into the wallet or out of it."""

        CREDIT = "credit"
        DEBIT = "debit"

    class Status(models.TextChoices):
        """Where it stands. Only `pending` can become something else, and `succeeded` can become `reversed`."""

        PENDING = "pending"
        SUCCEEDED = "succeeded"
        FAILED = "failed"
        REVERSED = "reversed"

    wallet = models.ForeignKey(Wallet, on_delete=models.PROTECT, related_name="transactions")
    type = models.CharField(max_length=12, choices=Type)
    direction = models.CharField(max_length=6, choices=Direction)
    amount_kobo = models.BigIntegerField()
    fee_kobo = models.BigIntegerField(default=0)
    currency = models.CharField(max_length=3, default=CURRENCY)
    status = models.CharField(max_length=9, choices=Status)
    reference = models.CharField(max_length=64)
    description = models.CharField(max_length=200, blank=True)
    counterparty = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    balance_after_kobo = models.BigIntegerField(null=True, blank=True)
    circle_id = models.UUIDField(null=True, blank=True)
    journal_id = models.UUIDField(null=True, blank=True, editable=False)

    class Meta:
        permissions = [
            ("ask_reverse_transaction", "Can ask that a transfer be reversed"),
            ("approve_reverse_transaction", "Can approve that a transfer is reversed"),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(amount_kobo__gt=0), name="transaction_amount_positive"),
            models.CheckConstraint(condition=Q(fee_kobo__gte=0), name="transaction_fee_not_negative"),
            models.CheckConstraint(
                condition=Q(status__in=("pending", "failed")) | Q(journal_id__isnull=False),
                name="transaction_moved_has_journal",
            ),
            # Both sides of a transfer share a reference; within one wallet a movement is told once.
            models.UniqueConstraint(fields=["wallet", "reference"], name="transaction_once_per_wallet_and_reference"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["wallet", "-created_at", "-id"], name="transaction_history"),
            # For staff who look a payment up by what the customer reads off their screen.
            models.Index(fields=["reference"], name="transaction_by_reference"),
            models.Index(fields=["journal_id"], name="transaction_of_journal", condition=Q(journal_id__isnull=False)),
            models.Index(
                fields=["circle_id", "-created_at"], name="transaction_of_circle", condition=Q(circle_id__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.type} {self.reference}"
