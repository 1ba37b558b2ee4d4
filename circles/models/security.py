"""What members leave with a circle beside their contributions, what it is used for, and what being late costs."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from circles.models.circle import Circle
from circles.models.cycle import Contribution, Payout
from circles.models.membership import Membership
from contri.core.models import BaseModel


class SecurityKind(models.TextChoices):
    """Why security moved. A wallet is touched only where a member brings it or has it back, or pays a fee."""

    DEPOSIT_TAKEN = "deposit_taken"
    DEPOSIT_USED = "deposit_used"
    DEPOSIT_RETURNED = "deposit_returned"
    DEPOSIT_POOLED = "deposit_pooled"
    RESERVE_TAKEN = "reserve_taken"
    RESERVE_LENT = "reserve_lent"
    RESERVE_REPAID = "reserve_repaid"
    RESERVE_RETURNED = "reserve_returned"
    RESERVE_POOLED = "reserve_pooled"
    FEE_PAID = "fee_paid"
    FEE_FROM_DEPOSIT = "fee_from_deposit"


class LateFee(BaseModel):
    """What a contribution that was late costs its member, once. What is left at the circle's end is written off."""

    contribution = models.OneToOneField(Contribution, on_delete=models.PROTECT, related_name="late_fee")
    membership = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="late_fees")
    amount_kobo = models.BigIntegerField()
    paid_kobo = models.BigIntegerField(default=0)
    charged_at = models.DateTimeField()
    waived_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(amount_kobo__gt=0, paid_kobo__gte=0, paid_kobo__lte=F("amount_kobo")),
                name="late_fee_never_overpaid",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["membership"],
                name="late_fee_open",
                condition=Q(waived_at__isnull=True, paid_kobo__lt=F("amount_kobo")),
            ),
        ]

    def __str__(self) -> str:
        return f"late fee for {self.contribution_id}"

    @property
    def open_kobo(self) -> int:
        """What is still to be paid of it."""
        return 0 if self.waived_at else self.amount_kobo - self.paid_kobo


class SecurityMovement(BaseModel):
    """One movement of deposits, reserve or fees. Its id is the ledger's source id. Never changed.

    `contribution` is what a deposit paid, `payout` what the reserve lent to, `fee` what was paid of which fee.
    """

    circle = models.ForeignKey(Circle, on_delete=models.PROTECT, related_name="security_movements")
    membership = models.ForeignKey(
        Membership, null=True, blank=True, on_delete=models.PROTECT, related_name="security_movements"
    )
    kind = models.CharField(max_length=16, choices=SecurityKind)
    amount_kobo = models.BigIntegerField()
    contribution = models.ForeignKey(
        Contribution, null=True, blank=True, on_delete=models.PROTECT, related_name="security_movements"
    )
    payout = models.ForeignKey(
        Payout, null=True, blank=True, on_delete=models.PROTECT, related_name="security_movements"
    )
    fee = models.ForeignKey(LateFee, null=True, blank=True, on_delete=models.PROTECT, related_name="movements")
    # The member's line, where their wallet is touched; the ledger's journal where it is not.
    transaction_id = models.UUIDField(null=True, blank=True, unique=True)
    journal_id = models.UUIDField(null=True, blank=True, unique=True)
    moved_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(amount_kobo__gt=0), name="security_movement_positive"),
            models.CheckConstraint(
                condition=Q(transaction_id__isnull=True) ^ Q(journal_id__isnull=True),
                name="security_movement_is_in_the_books",
            ),
            models.CheckConstraint(
                condition=~Q(kind="deposit_used") | Q(contribution__isnull=False),
                name="security_movement_knows_what_it_paid",
            ),
            models.CheckConstraint(
                condition=~Q(kind__in=["reserve_lent", "reserve_repaid"]) | Q(payout__isnull=False),
                name="security_movement_knows_whose_pot",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.amount_kobo}"
