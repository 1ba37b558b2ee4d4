"""How a circle that is dissolved comes out even."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from circles.models.circle import Circle
from circles.models.membership import Membership
from contri.core.models import BaseModel


class DissolutionShare(BaseModel):
    """One member's net position when the circle was dissolved: paid in less received.

    More than zero: the circle owes them. Less than zero: they owe the circle. `settled_kobo` is how much of it, either
    way, has been moved since.
    """

    circle = models.ForeignKey(Circle, on_delete=models.PROTECT, related_name="dissolution_shares")
    membership = models.OneToOneField(Membership, on_delete=models.PROTECT, related_name="dissolution_share")
    net_kobo = models.BigIntegerField()
    settled_kobo = models.BigIntegerField(default=0)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(settled_kobo__gte=0)
                & (Q(net_kobo__gte=F("settled_kobo")) | Q(net_kobo__lte=-F("settled_kobo"))),
                name="dissolution_share_never_oversettled",
            ),
        ]

    def __str__(self) -> str:
        return f"share of {self.membership_id}"

    @property
    def open_kobo(self) -> int:
        """What is still to be moved, either way."""
        return abs(self.net_kobo) - self.settled_kobo


class DissolutionPayment(BaseModel):
    """One movement that settles a share: out of the pot if the circle owes, else into it. Never changed."""

    share = models.ForeignKey(DissolutionShare, on_delete=models.PROTECT, related_name="payments")
    amount_kobo = models.BigIntegerField()
    transaction_id = models.UUIDField(unique=True)
    paid_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(amount_kobo__gt=0), name="dissolution_payment_positive"),
        ]

    def __str__(self) -> str:
        return f"payment {self.pk}"
