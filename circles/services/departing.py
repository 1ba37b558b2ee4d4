"""A member is gone from a circle that runs, and nobody takes their place: how that comes out even.

Turns and dates stay as they are written. For each turn of theirs that is still to come

- what they would have paid into later cycles is waived, and what they paid ahead for them goes back;
- in their own cycle only those pay who have had their share: so they get back exactly what they paid, from those who
  received it, and everybody else is even as well.

A turn whose pot they have had is different: what is still to be paid for it falls due at once.
"""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Q

from accounts.models import User
from circles import chat_texts
from circles.due import cycles_fallen_due
from circles.errors.people import PaydayUnderWayError
from circles.models import (
    RUNNING,
    UNPAID,
    Circle,
    Contribution,
    ContributionStatus,
    Cycle,
    Membership,
    MembershipStatus,
    Slot,
    Swap,
    SwapStatus,
)
from circles.services.chat_lines import write_in_chat
from circles.services.collecting import collect_due
from circles.services.payday import HAD_PAYOUT
from circles.services.paying_in import lock_wallets_of
from circles.services.refunding import give_back
from circles.services.standing import accelerate_member
from circles.services.telling import announce_change
from circles.signals import member_gone
from contri.core import audit
from contri.core.announcing import announce
from contri.core.errors import refuse_if

# What a contribution is worth nothing as, from here on.
TAKEN_BACK = (ContributionStatus.WAIVED, ContributionStatus.REFUNDED)


def expel(circle: Circle, member: Membership, *, actor: User | None, reason: str, at: datetime) -> None:
    """Take a member out of a circle that is locked and runs or is paused.

    Raises:
        PaydayUnderWayError: a pot of theirs is being collected at this moment.
    """
    turns = refuse_on_payday(circle, member, at=at)
    lock_wallets_of(circle)
    end_membership(member, MembershipStatus.REMOVED, at=at)
    free_from_the_future(circle, turns, actor=actor, at=at)
    if any(turn.status in HAD_PAYOUT for turn in turns):
        accelerate_member(circle, member, at=at)
    audit.record(actor, member, "removed a member", reason=reason)
    write_in_chat(circle, chat_texts.MEMBER_TAKEN_OUT, at=at, member=member.user.display_name)
    if circle.status in RUNNING:
        collect_due(circle, up_to=at, at=at)
    announce_change(circle)


def refuse_on_payday(circle: Circle, member: Membership, *, at: datetime) -> list[Cycle]:
    """The member's turns, unless one of them is being paid in just now: everybody owes it, and gets its whole pot.

    Raises:
        PaydayUnderWayError: one is.
    """
    turns = list(circle.cycles.filter(slot__membership=member).order_by("number"))
    fallen_due = set(circle.cycles.filter(cycles_fallen_due(at)).values_list("pk", flat=True))
    refuse_if(any(turn.pk in fallen_due and turn.status not in HAD_PAYOUT for turn in turns), PaydayUnderWayError)
    return turns


def end_membership(member: Membership, status: MembershipStatus, *, at: datetime) -> None:
    """Nobody belongs to the circle any more whose membership has ended; offers to change turns with them are void."""
    member.status, member.ended_at = status, at
    member.save(update_fields=["status", "ended_at"])
    offers = Swap.objects.filter(Q(proposer=member) | Q(partner=member), status=SwapStatus.PROPOSED)
    offers.update(status=SwapStatus.OVERTAKEN)
    announce(member_gone, circle_id=member.circle_id, user_id=member.user_id)


def free_from_the_future(circle: Circle, turns: Iterable[Cycle], *, actor: User | None, at: datetime) -> None:
    """Even out each of these turns that has not been paid out."""
    to_come = circle.cycles.exclude(status__in=HAD_PAYOUT).exclude(cycles_fallen_due(at))
    for turn in turns:
        if turn.status in HAD_PAYOUT:
            continue
        theirs = Contribution.objects.filter(slot=turn.slot_id, cycle__in=to_come)
        take_back(circle, theirs, actor=actor, at=at)
        had_their_share = Contribution.objects.filter(slot=turn.slot_id).exclude(status__in=TAKEN_BACK)
        had = Slot.objects.filter(cycles__in=had_their_share.values("cycle_id"))
        take_back(circle, turn.contributions.exclude(slot__in=had), actor=actor, at=at)


def take_back(circle: Circle, shares: Iterable[Contribution], *, actor: User | None, at: datetime) -> None:
    """Let nobody owe these any more, and give back what was paid of them."""
    kept = Contribution.objects.filter(pk__in=[share.pk for share in shares]).exclude(status__in=TAKEN_BACK)
    paid = kept.filter(paid_kobo__gt=0).select_related("membership__user", "cycle").order_by("pk")
    for share in list(paid):
        give_back(circle, share, actor=actor, at=at)
        share.status = ContributionStatus.REFUNDED
        share.save(update_fields=["status"])
    kept.filter(status__in=UNPAID, paid_kobo=0).update(status=ContributionStatus.WAIVED)
