"""One turn of a circle: what each member owes, every movement of money, and the payout."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from circles.models.circle import Circle
from circles.models.membership import Membership, Slot
from contri.core.models import BaseModel


class CycleStatus(models.TextChoices):
    """Where one cycle stands; only a payout takes it to `paid`."""

    UPCOMING = "upcoming"
    COLLECTING = "collecting"
    SHORT = "short"
    PAID = "paid"
    CLOSED = "closed"


class ContributionStatus(models.TextChoices):
    """Where one contribution stands."""

    PENDING = "pending"
    PAID = "paid"
    LATE = "late"
    WAIVED = "waived"
    REFUNDED = "refunded"


UNPAID = (ContributionStatus.PENDING, ContributionStatus.LATE)


class Source(models.TextChoices):
    """Where the money of a contribution came from."""

    WALLET = "wallet"
    CARD = "card"
    DEPOSIT = "deposit"


class Cycle(BaseModel):
    """One turn. Its dates are written once, at locking; a pause moves `due_at` by whole days and says so."""

    circle = models.ForeignKey(Circle, on_delete=models.PROTECT, related_name="cycles")
    number = models.PositiveSmallIntegerField()
    slot = models.ForeignKey(Slot, on_delete=models.PROTECT, related_name="cycles")
    planned_due_at = models.DateTimeField()
    delayed_days = models.PositiveIntegerField(default=0)
    opens_at = models.DateTimeField()
    due_at = models.DateTimeField()
    grace_ends_at = models.DateTimeField()
    status = models.CharField(max_length=10, choices=CycleStatus, default=CycleStatus.UPCOMING)
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["number"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["circle", "number"], name="cycle_number_once_per_circle"),
            # Deferred, so that two turns can change places.
            models.UniqueConstraint(fields=["slot"], name="cycle_once_per_slot", deferrable=models.Deferrable.DEFERRED),
            models.CheckConstraint(
                condition=Q(opens_at__lte=F("due_at"), due_at__lte=F("grace_ends_at")), name="cycle_moments_in_order"
            ),
            models.CheckConstraint(
                condition=Q(status="closed") ^ Q(closed_at__isnull=True), name="cycle_closed_knows_when"
            ),
        ]

    def __str__(self) -> str:
        return f"cycle {self.number} of {self.circle_id}"


class Contribution(BaseModel):
    """What the holder of one slot owes in one cycle."""

    cycle = models.ForeignKey(Cycle, on_delete=models.PROTECT, related_name="contributions")
    slot = models.ForeignKey(Slot, on_delete=models.PROTECT, related_name="contributions")
    membership = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="contributions")
    amount_kobo = models.BigIntegerField()
    paid_kobo = models.BigIntegerField(default=0)
    status = models.CharField(max_length=10, choices=ContributionStatus, default=ContributionStatus.PENDING)
    due_at = models.DateTimeField()
    paid_at = models.DateTimeField(null=True, blank=True)
    late_at = models.DateTimeField(null=True, blank=True)
    source = models.CharField(max_length=7, choices=Source, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["cycle", "slot"], name="contribution_once_per_slot_and_cycle"),
            models.CheckConstraint(
                condition=Q(amount_kobo__gt=0, paid_kobo__gte=0, paid_kobo__lte=F("amount_kobo")),
                name="contribution_never_overpaid",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["waived", "refunded"])
                | Q(status="paid", paid_kobo=F("amount_kobo"), paid_at__isnull=False)
                | Q(status__in=["pending", "late"], paid_kobo__lt=F("amount_kobo"), paid_at__isnull=True),
                name="contribution_paid_means_all_of_it",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["membership", "due_at"],
                name="contribution_unpaid",
                condition=Q(status__in=["pending", "late"]),
            ),
        ]

    def __str__(self) -> str:
        return f"contribution of {self.membership_id} to {self.cycle_id}"

    @property
    def owed_kobo(self) -> int:
        """What is still to be paid."""
        return self.amount_kobo - self.paid_kobo if self.status in UNPAID else 0


class ContributionPayment(BaseModel):
    """One movement of money into the pot. Its id is the ledger's source id. Never changed."""

    contribution = models.ForeignKey(Contribution, on_delete=models.PROTECT, related_name="payments")
    amount_kobo = models.BigIntegerField()
    source = models.CharField(max_length=7, choices=Source)
    transaction_id = models.UUIDField()
    paid_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(amount_kobo__gt=0), name="contribution_payment_positive"),
            models.UniqueConstraint(fields=["transaction_id"], name="contribution_payment_once_per_transaction"),
        ]

    def __str__(self) -> str:
        return f"payment {self.pk}"


class Payout(BaseModel):
    """What the holder of one slot receives. `amount_kobo` is what is due to them, `paid_kobo` what they have had.

    `lent_kobo` is what the circle's reserve added to a short pot, `repaid_kobo` what has gone back to it since.
    """

    cycle = models.OneToOneField(Cycle, on_delete=models.PROTECT, related_name="payout")
    slot = models.OneToOneField(Slot, on_delete=models.PROTECT, related_name="payout")
    membership = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="payouts")
    amount_kobo = models.BigIntegerField()
    paid_kobo = models.BigIntegerField(default=0)
    lent_kobo = models.BigIntegerField(default=0)
    repaid_kobo = models.BigIntegerField(default=0)
    paid_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(repaid_kobo__gte=0, repaid_kobo__lte=F("lent_kobo")), name="payout_repays_what_was_lent"
            ),
            models.CheckConstraint(
                condition=Q(paid_kobo__gte=0, paid_kobo__lte=F("amount_kobo")), name="payout_never_overpaid"
            ),
        ]

    def __str__(self) -> str:
        return f"payout of {self.cycle_id}"


class PayoutPayment(BaseModel):
    """One movement of money out of the pot to its recipient. Its id is the ledger's source id. Never changed."""

    payout = models.ForeignKey(Payout, on_delete=models.PROTECT, related_name="payments")
    amount_kobo = models.BigIntegerField()
    transaction_id = models.UUIDField()
    paid_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(amount_kobo__gt=0), name="payout_payment_positive"),
            models.UniqueConstraint(fields=["transaction_id"], name="payout_payment_once_per_transaction"),
        ]

    def __str__(self) -> str:
        return f"payment {self.pk}"


class Debt(BaseModel):
    """A contribution that was missing when its pot was paid out: what comes in for it goes on to that recipient.

    `amount_kobo` is what was missing then; what is still missing is the contribution's `owed_kobo`. Of it the reserve
    has paid `lent_kobo` to the recipient, which is owed to the reserve, after the recipient has all that is theirs.
    """

    contribution = models.OneToOneField(Contribution, on_delete=models.PROTECT, related_name="debt")
    payout = models.ForeignKey(Payout, on_delete=models.PROTECT, related_name="debts")
    amount_kobo = models.BigIntegerField()
    lent_kobo = models.BigIntegerField(default=0)
    opened_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(amount_kobo__gt=0, lent_kobo__gte=0, lent_kobo__lte=F("amount_kobo")), name="debt_positive"
            ),
        ]

    def __str__(self) -> str:
        return f"debt for {self.contribution_id}"


class Refund(BaseModel):
    """Money given back from the pot to the member who paid it. Its id is the ledger's source id. Never changed."""

    contribution = models.OneToOneField(Contribution, on_delete=models.PROTECT, related_name="refund")
    amount_kobo = models.BigIntegerField()
    transaction_id = models.UUIDField(unique=True)
    refunded_at = models.DateTimeField()
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(amount_kobo__gt=0), name="circle_refund_positive"),
        ]

    def __str__(self) -> str:
        return f"refund {self.pk}"
