"""What the others would lose if a member stopped today: what that member has had, less what they have paid."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import QuerySet, Sum

from accounts.models import User
from circles.models import Circle, Contribution, Membership, MembershipStatus, Payout


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
    """Everybody's position as it is now, in three queries."""
    paid = _by_member(Contribution.objects.filter(cycle__circle=circle).exclude(status="refunded"))
    received = _by_member(Payout.objects.filter(cycle__circle=circle))
    members = Membership.objects.filter(circle=circle, status=MembershipStatus.ACTIVE).select_related("user")
    return [
        MemberExposure(member.pk, member.user, member.hands, paid.get(member.pk, 0), received.get(member.pk, 0))
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


def _by_member(rows: QuerySet[Any]) -> dict[UUID, int]:
    return dict(rows.values("membership_id").annotate(total=Sum("paid_kobo")).values_list("membership_id", "total"))
