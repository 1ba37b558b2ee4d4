"""Bids for early turns: reads, and the order and price that follow from them.

A bid is what a member would give up of their pot for an early turn. Bids are sealed until the circle is locked. The
highest has the first turn; of equal ones the earlier, and who has not bid has bid nothing, when they joined. It counts
for a member's first turn; further turns, and the last one, cost nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import QuerySet

from accounts.models import User
from circles.calendar import plan_of
from circles.errors import NoAuctionError
from circles.models import Bid, Circle, Membership, MembershipStatus, PayoutOrder
from contri.core.errors import refuse_if


def bids_close_at(circle: Circle) -> datetime:
    """Until when bids are taken, by the charter."""
    return plan_of(circle).due_at(1) - timedelta(days=circle.bids_close_days)


def bids_of(circle: Circle) -> QuerySet[Bid]:
    """The bids under the charter in force, of those who are members."""
    bids = Bid.objects.filter(charter__circle=circle, charter__number=circle.charter_number)
    return bids.filter(membership__status=MembershipStatus.ACTIVE)


def are_bids_open(circle: Circle, *, at: datetime) -> bool:
    """Whether somebody can still bid: the time has not come, and not everybody has."""
    members = circle.memberships.filter(status=MembershipStatus.ACTIVE).count()
    return at < bids_close_at(circle) and bids_of(circle).count() < members


def highest_bid_first(circle: Circle, members: Sequence[Membership]) -> list[Membership]:
    """The members (in order of joining) by what they bid, ties by time."""
    bids = {bid.membership_id: bid for bid in bids_of(circle)}

    def rank(member: Membership) -> tuple[int, datetime]:
        bid = bids.get(member.pk)
        return (-bid.discount_kobo, bid.bid_at) if bid else (0, member.joined_at)

    return sorted(members, key=rank)


def discounts(circle: Circle, holders: Sequence[Membership]) -> list[int]:
    """What each turn gives up, first to last, given who holds them."""
    bids = dict(bids_of(circle).values_list("membership_id", "discount_kobo"))
    seen: set[UUID] = set()
    given_up = []
    for holder in holders:
        given_up.append(0 if holder.pk in seen else bids.get(holder.pk, 0))
        seen.add(holder.pk)
    return [*given_up[:-1], 0]


@dataclass(frozen=True, slots=True)
class AuctionView:
    """How an auction stands, as one of the members sees it."""

    circle: Circle
    closes_at: datetime
    bids_made: int
    mine: Bid | None
    bids: list[Bid]


def auction_view(circle: Circle, user: User) -> AuctionView:
    """The circle's auction; other people's bids only once it is locked.

    Raises:
        NoAuctionError: its turns are not auctioned.
    """
    refuse_if(circle.payout_order != PayoutOrder.AUCTION, NoAuctionError)
    bids = list(bids_of(circle).select_related("membership__user").order_by("-discount_kobo", "bid_at"))
    mine = next((bid for bid in bids if bid.membership.user_id == user.pk), None)
    return AuctionView(circle, bids_close_at(circle), len(bids), mine, bids if circle.is_locked else [])
