"""Bidding for early turns, and sharing what was given up for them."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Sum

from accounts.models import User
from circles import chat_texts
from circles.bids import are_bids_open, bids_close_at
from circles.charter import charter_in_force
from circles.dividing import shares_of
from circles.errors import BidsClosedError, BidsOpenError, NoAuctionError
from circles.models import (
    Bid,
    Circle,
    CircleStatus,
    DiscountShare,
    MembershipStatus,
    Payout,
    PayoutOrder,
    Slot,
)
from circles.services.access import lock_circle_of, require_state
from circles.services.chat_lines import write_in_chat
from circles.services.telling import tell
from contri.core import audit
from contri.core.errors import FieldFault, ValidationFaultsError, refuse_if
from contri.core.models import uuid7
from contri.core.money import naira_from_kobo
from notifications import kinds
from wallets.services import pay_out_pot


@transaction.atomic
def bid_for_turn(*, actor: User, circle_id: UUID, discount_kobo: int, at: datetime) -> Bid:
    """Say what the actor would give up of their pot for an early turn, until bids close; 0 is a bid as well.

    Bidding again replaces the bid, and its time with it. A new charter wants new bids.

    Raises:
        InvalidStateError, NoAuctionError, BidsClosedError: turns are written, not auctioned, or the time is over.
        ValidationFaultsError: the recipient would have less than the charter's floor.
    """
    circle, membership = lock_circle_of(actor, circle_id)
    refuse_if(circle.payout_order != PayoutOrder.AUCTION, NoAuctionError)
    require_state(circle, CircleStatus.FORMING)
    refuse_if(at >= bids_close_at(circle), BidsClosedError)
    if discount_kobo > circle.most_bid_kobo:
        detail = f"At most ₦{naira_from_kobo(circle.most_bid_kobo)} can be given up of this pot."
        raise ValidationFaultsError(FieldFault("discount", "below_floor", detail))
    bid, _ = Bid.objects.update_or_create(
        charter=charter_in_force(circle),
        membership=membership,
        defaults={"discount_kobo": discount_kobo, "bid_at": at},
    )
    audit.record(actor, bid, "bid for a turn")
    return bid


def refuse_open_bids(circle: Circle, *, at: datetime) -> None:
    """Refuse to write turns before everybody has bid or bids have closed.

    Raises:
        BidsOpenError: not yet.
    """
    refuse_if(circle.payout_order == PayoutOrder.AUCTION and are_bids_open(circle, at=at), BidsOpenError)


def share_discount(circle: Circle, payout: Payout, left_kobo: int, *, at: datetime) -> None:
    """Share what is left of a pot beyond its recipient's part among all other turns, once everybody has paid.

    What does not divide is with the last share. A turn that was settled with who is gone has no share.
    """
    turns = Slot.objects.filter(circle=circle, membership__status=MembershipStatus.ACTIVE).exclude(pk=payout.slot_id)
    others = list(turns.select_related("membership__user").order_by("position"))
    for turn, amount in zip(others, shares_of(left_kobo, [1] * len(others)), strict=True):
        if amount:
            _pay_share(circle, payout, turn, amount, at)
    facts = {"amount": naira_from_kobo(left_kobo), "cycle": str(payout.cycle.number)}
    write_in_chat(circle, chat_texts.DISCOUNT_SHARED, at=at, member=payout.membership.user.display_name, **facts)


def shared_kobo(payout: Payout) -> int:
    """What of a pot has gone to the others."""
    shared: int = payout.discount_shares.aggregate(total=Sum("amount_kobo"))["total"] or 0
    return shared


def _pay_share(circle: Circle, payout: Payout, turn: Slot, amount: int, at: datetime) -> None:
    share_id = uuid7()
    moved = pay_out_pot(
        circle_id=circle.pk,
        payout_id=share_id,
        user_id=turn.membership.receiver_id,
        amount_kobo=amount,
        key=str(share_id),
        description=f"{circle.name}: share of what turn {payout.cycle.number} gave up",
        at=at,
    )
    DiscountShare.objects.create(
        id=share_id, payout=payout, slot=turn, amount_kobo=amount, transaction_id=moved.pk, paid_at=at
    )
    facts = {"amount": naira_from_kobo(amount), "cycle": str(payout.cycle.number)}
    tell([turn.membership.receiver_id], kinds.DISCOUNT_SHARE_RECEIVED, circle, **facts)
