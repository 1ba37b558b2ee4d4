"""Reads that more than one door needs, each starting from what this person may see, in a fixed number of queries."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection
from django.db.models import Min, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from accounts.models import User
from accounts.tiers import limits_for
from circles.affordability import Affordability, affordability_of
from circles.due import fallen_due
from circles.exposure import TurnExposure, most_exposed, turn_exposures
from circles.models import (
    PRESENT,
    RUNNING,
    UNFINISHED,
    UNPAID,
    CharterAcceptance,
    CharterVersion,
    Circle,
    CircleStatus,
    Contribution,
    ContributionStatus,
    Cycle,
    CycleStatus,
    DissolutionShare,
    Membership,
    MembershipStatus,
    Role,
    Swap,
)
from circles.reliability import Record, records_of
from circles.shares import collected_kobo, promised_kobo
from contri.core.moments import lagos_day
from wallets.queries import CircleBalance, circle_balances

HAD_PAYOUT = (CycleStatus.PAID, CycleStatus.CLOSED)


@dataclass(frozen=True, slots=True)
class CircleView:
    """One circle as one of its members sees it."""

    circle: Circle
    membership: Membership
    turns: list[int]
    has_accepted: bool
    seats_taken: int
    current_cycle: Cycle | None
    held: CircleBalance
    renewal: Circle | None
    warnings: list[str]


@dataclass(frozen=True, slots=True)
class MemberView:
    """One member as the others see them."""

    membership: Membership
    turns: list[int]
    record: Record


@dataclass(frozen=True, slots=True)
class InviteView:
    """What a person sees of a circle before they join it."""

    circle: Circle
    charter: CharterVersion
    seats_left: int
    host_record: Record
    exposure_kobo: int
    turns: list[TurnExposure]
    affordability: Affordability
    warnings: list[str]


def circles_for(user: User) -> QuerySet[Circle]:
    """The circles that this person is in, or has asked to join."""
    mine = Membership.objects.filter(user=user, status__in=PRESENT)
    return Circle.objects.filter(pk__in=mine.values("circle_id")).select_related("host", "renewal")


def views_of(circles: Sequence[Circle], user: User, *, at: datetime) -> list[CircleView]:
    """These circles as `user` sees them, in a number of queries that does not depend on how many there are."""
    ids = [circle.pk for circle in circles]
    mine = {membership.circle_id: membership for membership in _memberships(ids, user)}
    accepted = _accepted(mine.values())
    seats = _seats_taken(ids)
    current = _current_cycles(ids)
    held = circle_balances(ids)
    return [
        CircleView(
            circle=circle,
            membership=mine[circle.pk],
            turns=turns_of(mine[circle.pk]),
            has_accepted=(circle.pk, circle.charter_number) in accepted,
            seats_taken=seats.get(circle.pk, 0),
            current_cycle=current.get(circle.pk),
            held=held[circle.pk],
            renewal=renewal_of(circle),
            warnings=tier_warnings(circle, user, at),
        )
        for circle in circles
    ]


def view_of(circle: Circle, user: User, *, at: datetime) -> CircleView:
    """One circle as `user` sees it."""
    return views_of([circle], user, at=at)[0]


def invite_view(circle: Circle, user: User, *, at: datetime) -> InviteView:
    """What `user` should know before joining."""
    seats_left = circle.size - _seats_taken([circle.pk]).get(circle.pk, 0)
    warnings = tier_warnings(circle, user, at)
    if circle.status != CircleStatus.FORMING:
        warnings.append("circle_not_open")
    elif not seats_left:
        warnings.append("circle_full")
    affordability = affordability_of(circle, user)
    if affordability.is_wallet_too_low:
        warnings.append("wallet_too_low")
    return InviteView(
        circle=circle,
        charter=charter_of(circle),
        seats_left=seats_left,
        host_record=records_of([circle.host_id], at=at)[circle.host_id],
        exposure_kobo=most_exposed(circle),
        turns=turn_exposures(circle),
        affordability=affordability,
        warnings=warnings,
    )


def renewal_of(circle: Circle) -> Circle | None:
    """The circle that a completed one goes on as."""
    return getattr(circle, "renewal", None) if circle.status == CircleStatus.COMPLETED else None


def members_of(circle: Circle, *, at: datetime) -> list[MemberView]:
    """Everybody in the circle: by turn once turns are written, by joining before."""
    members = Membership.objects.filter(circle=circle, status__in=PRESENT).select_related("user")
    in_order = members.annotate(first_turn=Min("slots__position")).order_by("first_turn", "joined_at", "pk")
    rows = list(in_order.prefetch_related("slots"))
    records = records_of([row.user_id for row in rows], at=at)
    return [MemberView(row, turns_of(row), records[row.user_id]) for row in rows]


def cycles_of(circle: Circle) -> QuerySet[Cycle]:
    """The circle's cycles in order, with their recipients and what has been paid in."""
    return _with_figures(Cycle.objects.filter(circle=circle)).order_by("number")


def contributions_of(circle: Circle) -> QuerySet[Contribution]:
    """Everything that anybody owes or has paid in this circle."""
    return Contribution.objects.filter(cycle__circle=circle).select_related("cycle", "membership__user")


def charter_of(circle: Circle) -> CharterVersion:
    """The charter in force."""
    return CharterVersion.objects.get(circle=circle, number=circle.charter_number)


def swaps_of(circle: Circle) -> QuerySet[Swap]:
    """Every offer to change turns, the newest first."""
    return Swap.objects.filter(circle=circle).select_related("proposer__user", "partner__user").order_by("-pk")


def dissolution_of(circle: Circle) -> QuerySet[DissolutionShare]:
    """Everybody's position in a circle that was dissolved."""
    return DissolutionShare.objects.filter(circle=circle).select_related("membership__user").order_by("pk")


def due_from(user: User, *, at: datetime) -> QuerySet[Contribution]:
    """What this person owes now: fallen due and unpaid, in circles that run, oldest first."""
    owed = Contribution.objects.filter(
        fallen_due(at), membership__user=user, status__in=UNPAID, cycle__circle__status__in=RUNNING
    )
    return owed.select_related("cycle__circle").order_by("due_at")


def total_saved(user: User) -> int:
    """Kobo of all contributions that this person has paid in full, over all circles."""
    paid = Contribution.objects.filter(membership__user=user, status=ContributionStatus.PAID)
    total: int = paid.aggregate(total=Coalesce(Sum("amount_kobo"), 0))["total"]
    return total


def next_contribution(user: User) -> Contribution | None:
    """What this person has to pay next."""
    unpaid = Contribution.objects.filter(membership__user=user, status__in=UNPAID, cycle__circle__status__in=RUNNING)
    return unpaid.select_related("cycle__circle").order_by("due_at").first()


def next_payout(user: User) -> Cycle | None:
    """The next cycle whose pot this person receives."""
    coming = Cycle.objects.filter(slot__membership__user=user, circle__status__in=RUNNING).exclude(
        status__in=HAD_PAYOUT
    )
    return coming.select_related("circle").order_by("due_at").first()


def running_circles(user: User) -> int:
    """How many circles that run this person is in."""
    return circles_for(user).filter(status__in=RUNNING).count()


def unfinished_circles(user: User) -> QuerySet[Circle]:
    """The circles that still bind this person, those included that they were taken out of and are not even with."""
    bound = Membership.objects.filter(Q(status__in=PRESENT) | Q(slots__isnull=False), user=user)
    return Circle.objects.filter(pk__in=bound.values("circle_id"), status__in=UNFINISHED)


def waiting_for_approval_of(lead: User) -> QuerySet[Membership]:
    """People who have asked to join circles that this person hosts, alone or beside the host."""
    led = Membership.objects.filter(user=lead, role__in=(Role.HOST, Role.COHOST), status=MembershipStatus.ACTIVE)
    waiting = Membership.objects.filter(
        status=MembershipStatus.PENDING, circle__in=led.values("circle_id"), circle__status=CircleStatus.FORMING
    )
    return waiting.select_related("user", "circle").order_by("joined_at")


def who_has_to_pay(user_ids: Sequence[UUID], *, at: datetime) -> list[UUID]:
    """Of these people those who owe what has fallen due, or whose card is being charged for something."""
    with connection.cursor() as cursor:
        cursor.execute(_WHO_HAS_TO_PAY, {"users": list(user_ids), "unpaid": list(UNPAID), "at": at})
        return [user_id for (user_id,) in cursor.fetchall()]


# As `fallen_due`: asked whenever money comes in for anybody.
_WHO_HAS_TO_PAY = """
    SELECT DISTINCT m.user_id FROM circles_membership m JOIN circles_contribution c ON c.membership_id = m.id
    WHERE m.user_id = ANY (%(users)s) AND c.status = ANY (%(unpaid)s)
      AND (c.due_at <= %(at)s OR m.accelerated_at IS NOT NULL
           OR EXISTS (SELECT FROM circles_scheduledact a
                      WHERE a.cycle_id = c.cycle_id AND a.kind = 30 AND a.number = 0 AND a.state = 'done')
           OR EXISTS (SELECT FROM circles_cardpayment p WHERE p.contribution_id = c.id AND p.outcome = 'open'))
"""


def circles_owed_by(user_id: UUID, *, at: datetime) -> list[UUID]:
    """The running circles to which this person owes what has fallen due, the longest owed first."""
    owed = Contribution.objects.filter(
        fallen_due(at), membership__user_id=user_id, status__in=UNPAID, cycle__circle__status__in=RUNNING
    )
    ids = owed.order_by("due_at").values_list("cycle__circle_id", flat=True)
    return list(dict.fromkeys(ids))


def turns_of(membership: Membership) -> list[int]:
    """The positions of this member's turns; none before turns are written."""
    return sorted(slot.position for slot in membership.slots.all())


def _memberships(circle_ids: Iterable[UUID], user: User) -> QuerySet[Membership]:
    mine = Membership.objects.filter(circle_id__in=circle_ids, user=user, status__in=PRESENT)
    return mine.prefetch_related("slots")


def _accepted(memberships: Iterable[Membership]) -> set[tuple[UUID, int]]:
    yes = CharterAcceptance.objects.filter(membership__in=list(memberships))
    return set(yes.values_list("charter__circle_id", "charter__number"))


def _seats_taken(circle_ids: Iterable[UUID]) -> dict[UUID, int]:
    active = Membership.objects.filter(circle_id__in=circle_ids, status=MembershipStatus.ACTIVE)
    return dict(active.values("circle_id").annotate(taken=Sum("hands")).values_list("circle_id", "taken"))


def _current_cycles(circle_ids: Iterable[UUID]) -> dict[UUID, Cycle]:
    """The first cycle of each circle whose pot has not been paid out yet."""
    coming = Cycle.objects.filter(circle_id__in=circle_ids).exclude(status__in=HAD_PAYOUT)
    first = coming.order_by("circle_id", "number").distinct("circle_id").values("pk")
    return {cycle.circle_id: cycle for cycle in _with_figures(Cycle.objects.filter(pk__in=first))}


def _with_figures(cycles: QuerySet[Cycle]) -> QuerySet[Cycle]:
    related = cycles.select_related("slot__membership__user", "payout")
    return related.annotate(
        expected_kobo=promised_kobo("contributions__"), collected_kobo=collected_kobo("contributions__")
    )


def tier_warnings(circle: Circle, user: User, at: datetime) -> list[str]:
    """Codes of what stands in the way of this person's being paid by this circle."""
    limit = limits_for(user, on=lagos_day(at)).balance_kobo
    return ["kyc_tier_too_low"] if limit is not None and circle.pot_kobo > limit else []
