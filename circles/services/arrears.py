"""A recipient who owes more than their pot would bring: their turn moves behind the next one in good standing."""

from datetime import datetime
from uuid import UUID

from django.db.models import F, Sum

from circles import chat_texts
from circles.models import (
    UNPAID,
    Circle,
    Contribution,
    ContributionStatus,
    Cycle,
    CycleStatus,
    MembershipStatus,
    ShortfallPolicy,
)
from circles.services.chat_lines import write_in_chat
from circles.services.securing import cover_for
from circles.services.telling import tell_members
from circles.services.turns import change_places, overtake_offers
from circles.shares import collected_kobo
from contri.core import audit
from notifications import kinds


def let_next_go_first(circle: Circle, cycle: Cycle, *, at: datetime) -> bool:
    """Give this cycle's pot to the next in good standing, if its recipient's arrears are more than it; turns change.

    Arrears that the pot does cover are netted from it instead. Who comes last, or has nobody in good standing behind
    them, keeps their turn: then all of their pot goes into what they owe. Everybody is told.
    """
    # Who is gone is settled in their own cycle, and in no other (services.departing).
    if cycle.slot.membership.status != MembershipStatus.ACTIVE:
        return False
    arrears = _owed(cycle.slot.membership_id, cycle)
    if not _has_earlier(cycle) or arrears <= _payable(circle, cycle):
        return False
    following = _next_in_good_standing(circle, cycle)
    if following is None:
        return False
    first, second = cycle.slot.membership.user.display_name, following.slot.membership.user.display_name
    overtake_offers([cycle.slot_id, following.slot_id])
    change_places(cycle, following)
    now, then = str(cycle.number), str(following.number)
    audit.record(None, cycle, f"moved the turn of {first} to cycle {then}: in arrears")
    tell_members(circle, kinds.TURN_MOVED_BACK, first=first, second=second, first_turn=now, second_turn=then)
    write_in_chat(
        circle, chat_texts.TURN_MOVED_BACK, at=at, first=first, second=second, first_turn=now, second_turn=then
    )
    return True


def _has_earlier(cycle: Cycle) -> bool:
    """Whether the recipient is late with an earlier cycle: their own share of this one comes out of the pot anyway."""
    late = Contribution.objects.filter(membership_id=cycle.slot.membership_id, status=ContributionStatus.LATE)
    return late.filter(cycle__number__lt=cycle.number).exists()


def _owed(membership_id: UUID, cycle: Cycle) -> int:
    unpaid = Contribution.objects.filter(membership_id=membership_id, status__in=UNPAID, due_at__lte=cycle.due_at)
    total: int = unpaid.aggregate(owed=Sum(F("amount_kobo") - F("paid_kobo")))["owed"] or 0
    return total


def _payable(circle: Circle, cycle: Cycle) -> int:
    """What the pot would come to now: what is in it, and by `pay_collected` what deposits and the reserve add."""
    in_it: int = cycle.contributions.aggregate(paid=collected_kobo())["paid"]
    if circle.shortfall_policy != ShortfallPolicy.PAY_COLLECTED:
        return in_it
    others = cycle.contributions.filter(status__in=UNPAID).exclude(membership_id=cycle.slot.membership_id)
    return in_it + cover_for(circle, others)


def _next_in_good_standing(circle: Circle, cycle: Cycle) -> Cycle | None:
    behind = circle.cycles.filter(number__gt=cycle.number, status__in=(CycleStatus.UPCOMING, CycleStatus.COLLECTING))
    late = Contribution.objects.filter(cycle__circle=circle, status=ContributionStatus.LATE).values("membership_id")
    holders = behind.filter(slot__membership__status=MembershipStatus.ACTIVE, slot__membership__accelerated_at=None)
    in_good_standing = holders.exclude(slot__membership__in=late)
    return in_good_standing.select_related("slot__membership__user").order_by("number").first()
