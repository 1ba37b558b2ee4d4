"""What changes hands with a member's place: the same figures before somebody takes it and when they do."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import F, QuerySet, Sum

from accounts.models import User
from circles import invites
from circles.due import cycles_fallen_due
from circles.errors import InviteInvalidError
from circles.exposure import member_exposures
from circles.models import (
    RUNNING,
    UNPAID,
    CharterVersion,
    Circle,
    Contribution,
    Cycle,
    CycleStatus,
    Handover,
    HandoverStatus,
    Membership,
)
from circles.queries import charter_of, tier_warnings

ON_OFFER = (HandoverStatus.OFFERED, HandoverStatus.ASKED)
HAD_PAYOUT = (CycleStatus.PAID, CycleStatus.CLOSED)


@dataclass(frozen=True, slots=True)
class Place:
    """A place as it stands. `worth_kobo` is what whoever takes it pays its holder; below zero, the holder pays them."""

    turns: list[Cycle]
    worth_kobo: int
    overdue_kobo: int
    to_pay_kobo: int


@dataclass(frozen=True, slots=True)
class HandoverView:
    """A place on offer, as somebody sees it who thinks of taking it."""

    handover: Handover
    circle: Circle
    place: Place
    charter: CharterVersion
    warnings: list[str]


def place_of(circle: Circle, member: Membership, *, at: datetime) -> Place:
    """What comes with a member's turns: all that was paid for them less what was received, once nothing is overdue."""
    position = next(one for one in member_exposures(circle) if one.membership_id == member.pk)
    overdue, later = _owed(overdue_of(member, at=at)), _owed(shares_to_come(member, at=at))
    turns = list(circle.cycles.filter(slot__membership=member).order_by("number"))
    return Place(turns, position.paid_kobo + overdue - position.received_kobo, overdue, later)


def overdue_of(member: Membership, *, at: datetime) -> QuerySet[Contribution]:
    """What should have been paid for this member's turns by now, the oldest first."""
    due = Cycle.objects.filter(cycles_fallen_due(at), circle=member.circle_id)
    owed = Contribution.objects.filter(slot__membership=member, cycle__in=due, status__in=UNPAID)
    return owed.select_related("cycle", "membership__user").order_by("due_at")


def shares_to_come(member: Membership, *, at: datetime) -> QuerySet[Contribution]:
    """What is to be paid for this member's turns in cycles that have not fallen due, or was paid ahead for them."""
    to_come = Cycle.objects.filter(circle=member.circle_id).exclude(cycles_fallen_due(at))
    return Contribution.objects.filter(slot__membership=member, cycle__in=to_come)


def handover_behind(code: str, *, at: datetime) -> Handover:
    """The offer that a code opens at this moment, however it was typed.

    Raises:
        InviteInvalidError: none, or it is not on offer any more.
    """
    offers = Handover.objects.filter(status__in=ON_OFFER, expires_at__gt=at, circle__status__in=RUNNING)
    offer = offers.filter(code=invites.as_kept(code)).select_related("circle__host", "leaver__user").first()
    if offer is None:
        raise InviteInvalidError
    return offer


def handover_view(code: str, user: User, *, at: datetime) -> HandoverView:
    """What `user` should know before taking over a place."""
    offer = handover_behind(code, at=at)
    circle = offer.circle
    place = place_of(circle, offer.leaver, at=at)
    return HandoverView(offer, circle, place, charter_of(circle), tier_warnings(circle, user, at))


def handovers_of(circle: Circle) -> QuerySet[Handover]:
    """Every place of the circle that was offered, the newest first."""
    related = Handover.objects.filter(circle=circle).select_related("leaver__user", "newcomer__user", "candidate")
    return related.order_by("-pk")


def has_turns(circle: Circle, user_id: UUID) -> bool:
    """Whether somebody holds turns here, a member or not any more."""
    return circle.slots.filter(membership__user_id=user_id).exists()


def _owed(shares: QuerySet[Contribution]) -> int:
    unpaid = shares.filter(status__in=UNPAID)
    owed: int = unpaid.aggregate(owed=Sum(F("amount_kobo") - F("paid_kobo")))["owed"] or 0
    return owed
