"""What the others would lose if a member stopped today: what that member has had, less what they have paid."""

from collections import Counter
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet, Sum

from accounts.models import User
from circles.models import Circle, Contribution, DiscountShare, Membership, MembershipStatus, Payout


@dataclass(frozen=True, slots=True)
class MemberExposure:
    """One member's net position in kobo, and what the others stand to lose by them now."""

    membership_id: UUID
    user: User
    hands: int
    paid_kobo: int
    received_kobo: int

    @property
    def exposure_kobo(self) -> int:
        """What they have had beyond what they paid; nobody loses by a member who is owed."""
        return max(0, self.received_kobo - self.paid_kobo)


@dataclass(frozen=True, slots=True)
class TurnExposure:
    """What is at stake with one turn: what its holder still has to pay once they have had the pot."""

    position: int
    exposure_kobo: int


def member_exposures(circle: Circle) -> list[MemberExposure]:
    """Everybody's position as it is now, in four queries; who is gone and still holds a turn counts as well.

    By turn, not by payer: whoever took over a turn stands where its holder before them stood.
    """
    paid = _by_holder(Contribution.objects.filter(cycle__circle=circle).exclude(status="refunded"))
    received = _by_holder(Payout.objects.filter(cycle__circle=circle))
    shared = _by_holder(DiscountShare.objects.filter(slot__circle=circle), "amount_kobo")
    concerned = Q(status=MembershipStatus.ACTIVE) | Q(slots__isnull=False)
    members = Membership.objects.filter(concerned, circle=circle).select_related("user").distinct()
    had = Counter(received) + Counter(shared)
    return [
        MemberExposure(member.pk, member.user, member.hands, paid.get(member.pk, 0), had[member.pk])
        for member in members.order_by("joined_at", "pk")
    ]


def turn_exposures(circle: Circle) -> list[TurnExposure]:
    """What each turn of the circle puts at stake, whoever holds it: the earlier, the more."""
    return [
        TurnExposure(position, circle.amount_kobo * (circle.size - position)) for position in range(1, circle.size + 1)
    ]


def most_exposed(circle: Circle) -> int:
    """Kobo that the others lose at worst: the first to receive the pot pays nothing any more."""
    return turn_exposures(circle)[0].exposure_kobo


def _by_holder(rows: QuerySet[Any], column: str = "paid_kobo") -> dict[UUID, int]:
    holder = "slot__membership_id"
    return dict(rows.values(holder).annotate(total=Sum(column)).values_list(holder, "total"))
