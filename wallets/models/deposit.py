"""Money on its way in."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from contri.core.work import BegunWork, due_index, stuck_index
from wallets.models.card import Card
from wallets.models.transaction import Transaction
from wallets.models.wallet import Wallet


class Deposit(BegunWork):
    """One checkout at a provider. As a piece of work it is "ask the provider what became of it".

    The reference is ours, fixed before the provider is first called, and pays into the wallet at most once.
    """

    class Status(models.TextChoices):
        """`failed` is not the end: a person may pay late, and what the provider confirms is credited all the same."""

        PENDING = "pending"
        SUCCEEDED = "succeeded"
        FAILED = "failed"
        # What arrived is not what was asked for; it lies in suspense until staff decide.
        SUSPENDED = "suspended"

    # Asking never ends by itself while the provider's word is missing: at half an hour apart this is over a year.
    attempt_cap: ClassVar[int] = 20_000

    transaction = models.OneToOneField(Transaction, on_delete=models.PROTECT, related_name="deposit")
    wallet = models.ForeignKey(Wallet, on_delete=models.PROTECT, related_name="deposits")
    provider = models.CharField(max_length=20)
    reference = models.CharField(max_length=64, unique=True)
    amount_kobo = models.BigIntegerField()
    status = models.CharField(max_length=9, choices=Status, default=Status.PENDING)
    # Why it is `failed` or `suspended`, for staff and for the person.
    failure = models.CharField(max_length=200, blank=True)
    # The kept card that is charged, where no checkout is opened.
    card = models.ForeignKey(Card, null=True, blank=True, on_delete=models.PROTECT, related_name="deposits")
    # Whether the card that pays is to be kept.
    keeps_card = models.BooleanField(default=False)
    authorization_url = models.URLField(max_length=500, blank=True)
    provider_fee_kobo = models.BigIntegerField(null=True, blank=True)
    failed_at = models.DateTimeField(null=True, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)
    journal_id = models.UUIDField(null=True, blank=True, editable=False)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(amount_kobo__gt=0), name="deposit_amount_positive"),
            models.CheckConstraint(
                condition=~Q(status="succeeded") | Q(journal_id__isnull=False, settled_at__isnull=False),
                name="deposit_succeeded_has_journal",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [due_index("deposit_due"), stuck_index("deposit_stuck")]

    def __str__(self) -> str:
        return f"deposit {self.reference}"
