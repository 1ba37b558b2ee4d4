"""Money in suspense on its way back to whoever paid it."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from contri.core.work import BegunWork, due_index, stuck_index
from wallets.models.suspense import SuspenseItem


class Refund(BegunWork):
    """One payment sent back to the card that it came from. As a piece of work it is "have it sent, learn how it ended".

    The provider gives refunds no reference of the merchant's: ours travels in the note, and is looked for before
    anything is sent again. The money is held on the suspense account meanwhile.
    """

    class Status(models.TextChoices):
        """Forward only: requested → submitted → succeeded or failed; what the provider takes back of that ends it."""

        REQUESTED = "requested"
        # Set before the call, so that a crash during it is followed by a question, not by a second call.
        SUBMITTED = "submitted"
        SUCCEEDED = "succeeded"
        FAILED = "failed"
        # It had arrived, said the provider, and then that it had not: the money is in suspense again.
        RETURNED = "returned"
        # It had failed, said the provider, and then that it arrived.
        SENT_LATE = "sent_late"

    # Refunds take up to ten working days; half an hour apart this is three weeks.
    attempt_cap: ClassVar[int] = 1_000

    item = models.ForeignKey(SuspenseItem, on_delete=models.PROTECT, related_name="refunds")
    provider = models.CharField(max_length=20)
    reference = models.CharField(max_length=50, unique=True)
    charge_reference = models.CharField(max_length=200)
    amount_kobo = models.BigIntegerField()
    status = models.CharField(max_length=9, choices=Status, default=Status.REQUESTED)
    failure = models.CharField(max_length=200, blank=True)
    # The ledger transfers that hold the money, and that sent it.
    hold_id = models.UUIDField(editable=False)
    settle_id = models.UUIDField(null=True, blank=True, editable=False)
    submitted_at = models.DateTimeField(null=True, blank=True)
    concluded_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        permissions = [("retry_refund", "Can have a stuck refund tried again")]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(amount_kobo__gt=0), name="refund_amount_positive"),
            models.UniqueConstraint(
                fields=["item"],
                condition=Q(status__in=("requested", "submitted", "succeeded", "sent_late")),
                name="refund_one_an_item",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            due_index("refund_due"),
            stuck_index("refund_stuck"),
            models.Index(fields=["charge_reference"], name="refund_charge"),
        ]

    def __str__(self) -> str:
        return f"refund {self.reference}"
