"""Money, or word of money, that fits nothing; and payouts that a wallet may not show yet."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from contri.core.models import BaseModel
from contri.core.money import CURRENCY
from wallets.models.deposit import Deposit
from wallets.models.transaction import Transaction
from wallets.models.wallet import Wallet


class SuspenseItem(BaseModel):
    """Something a provider confirms and nobody asked for in this shape. Staff decide what becomes of it.

    `journal_id` is null where nothing could be booked: another currency, or the other domain (test and live).
    """

    class Reason(models.TextChoices):
        """What did not fit."""

        UNKNOWN_REFERENCE = "unknown_reference"
        LESS_THAN_ASKED = "less_than_asked"
        MORE_THAN_ASKED = "more_than_asked"
        OTHER_CURRENCY = "other_currency"
        OTHER_DOMAIN = "other_domain"
        CLOSED_ACCOUNT = "closed_account"

    class Status(models.TextChoices):
        """Whether somebody has decided."""

        OPEN = "open"
        # Two people have decided that it goes back to its payer, and it has not arrived there yet.
        GOING_BACK = "going_back"
        RESOLVED = "resolved"
        # Its payer's bank took it back before anybody decided.
        CHARGED_BACK = "charged_back"

    provider = models.CharField(max_length=20)
    reference = models.CharField(max_length=200)
    deposit = models.ForeignKey(Deposit, null=True, blank=True, on_delete=models.PROTECT, related_name="suspense_items")
    reason = models.CharField(max_length=20, choices=Reason)
    # In hundredths of `currency`.
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3, default=CURRENCY)
    status = models.CharField(max_length=12, choices=Status, default=Status.OPEN)
    journal_id = models.UUIDField(null=True, blank=True, editable=False)
    # One person of staff asks that it be credited to somebody, another one approves; the second writes the end.
    credit_to = models.ForeignKey(Wallet, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    asked_reason = models.CharField(max_length=300, blank=True)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    resolution = models.CharField(max_length=500, blank=True)
    resolved_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        permissions = [
            ("ask_credit_suspenseitem", "Can ask that money in suspense be credited"),
            ("approve_credit_suspenseitem", "Can approve that money in suspense is credited"),
            ("ask_refund_suspenseitem", "Can ask that money in suspense be sent back"),
            ("approve_refund_suspenseitem", "Can approve that money in suspense is sent back"),
            ("ask_write_off_suspenseitem", "Can ask that money in suspense be written off"),
            ("approve_write_off_suspenseitem", "Can approve that money in suspense is written off"),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["provider", "reference", "reason"], name="suspense_item_once"),
            models.CheckConstraint(
                condition=Q(status__in=("open", "charged_back"))
                | (Q(asked_by__isnull=False, approved_by__isnull=False) & ~Q(asked_by=F("approved_by"))),
                name="suspense_item_resolved_by_two",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["created_at"], name="suspense_open", condition=Q(status="open")),
            models.Index(fields=["reference"], name="suspense_by_reference"),
        ]

    def __str__(self) -> str:
        return f"{self.reason} {self.reference}"


class ParkedCredit(BaseModel):
    """Money that came in over the tier's balance limit: the person's, shown in `held`, not spendable yet.

    It lies on the wallet's `parked` ledger account and moves over, bit by bit, as the tier allows.
    """

    wallet = models.ForeignKey(Wallet, on_delete=models.PROTECT, related_name="parked_credits")
    transaction = models.ForeignKey(Transaction, on_delete=models.PROTECT, related_name="parked_credits")
    amount_kobo = models.BigIntegerField()
    released_kobo = models.BigIntegerField(default=0)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(amount_kobo__gt=0, released_kobo__gte=0, released_kobo__lte=F("amount_kobo")),
                name="parked_credit_released_within_amount",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["wallet", "created_at"],
                name="parked_credit_open",
                condition=Q(released_kobo__lt=F("amount_kobo")),
            ),
        ]

    def __str__(self) -> str:
        return f"parked in {self.wallet_id}"
