"""An auction of turns: what members would give up of their pot for an early one, and what became of it."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from circles.models.circle import CharterVersion
from circles.models.cycle import Payout
from circles.models.membership import Membership, Slot
from contri.core.models import BaseModel


class Bid(BaseModel):
    """One member's bid under one charter; bidding again replaces it and counts from then."""

    charter = models.ForeignKey(CharterVersion, on_delete=models.PROTECT, related_name="bids")
    membership = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="bids")
    discount_kobo = models.BigIntegerField()
    bid_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["charter", "membership"], name="bid_once_per_member_and_charter"),
            models.CheckConstraint(condition=Q(discount_kobo__gte=0), name="bid_not_negative"),
        ]

    def __str__(self) -> str:
        # Not how much: bids are sealed, and this goes into the audit trail.
        return f"bid of {self.membership_id}"


class DiscountShare(BaseModel):
    """One turn's share of what the recipient of another gave up. Its id is the ledger's source id. Never changed."""

    payout = models.ForeignKey(Payout, on_delete=models.PROTECT, related_name="discount_shares")
    slot = models.ForeignKey(Slot, on_delete=models.PROTECT, related_name="discount_shares")
    amount_kobo = models.BigIntegerField()
    transaction_id = models.UUIDField(unique=True)
    paid_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["payout", "slot"], name="discount_shared_once_per_turn"),
            models.CheckConstraint(condition=Q(amount_kobo__gt=0), name="discount_share_positive"),
        ]

    def __str__(self) -> str:
        return f"share {self.pk}"
