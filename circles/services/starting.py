"""Locking a circle: turns, calendar and what everybody owes are written once and never computed again."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from accounts.models import User
from circles import chat_texts
from circles.bids import discounts
from circles.calendar import Plan, plan_of
from circles.errors import CharterNotAcceptedError, StartDatePassedError, TooFewMembersError
from circles.models import (
    ActKind,
    CharterAcceptance,
    Circle,
    CircleStatus,
    Contribution,
    Cycle,
    Membership,
    MembershipStatus,
    PayoutOrder,
    Slot,
)
from circles.services.access import lock_circle_as_host, require_state
from circles.services.bidding import refuse_open_bids
from circles.services.chat_lines import write_in_chat
from circles.services.forming import seats_taken
from circles.services.scheduling import drop_acts, schedule_all
from circles.services.securing import square_security
from circles.services.telling import announce_change, tell_members
from circles.services.turn_order import holders_in_order
from contri.core import audit
from contri.core.errors import refuse_if
from notifications import kinds

ROWS_A_STATEMENT = 1000


@transaction.atomic
def start_circle(*, actor: User, circle_id: UUID, at: datetime) -> Circle:
    """Lock a full circle: forming → scheduled. From here on its turns and dates stand.

    Raises:
        NotHostError, InvalidStateError: not the host, or not forming.
        TooFewMembersError: seats are empty.
        CharterNotAcceptedError: somebody has not accepted the rules in force.
        TurnsNotAssignedError: the host has not said whose turn is when.
        BidsOpenError: turns are auctioned, and somebody may still bid.
        StartDatePassedError: the first contribution would have been due already.
        SecurityMissingError: a member's wallet holds too little for their deposit or share of the reserve.
    """
    circle = lock_circle_as_host(actor, circle_id)
    require_state(circle, CircleStatus.FORMING)
    refuse_if(seats_taken(circle) < circle.size, TooFewMembersError)
    refuse_if(_has_somebody_to_accept(circle), CharterNotAcceptedError)
    refuse_if(plan_of(circle).due_at(1) <= at, StartDatePassedError)
    refuse_open_bids(circle, at=at)

    circle.status = CircleStatus.SCHEDULED
    circle.locked_at = at
    circle.save(update_fields=["status", "locked_at"])
    _turn_away_the_waiting(circle, at)
    drop_acts(circle, kinds=[ActKind.WARN, ActKind.EXPIRE])
    active = circle.memberships.filter(status=MembershipStatus.ACTIVE)
    square_security(circle, list(active.select_related("user").order_by("joined_at", "pk")), at=at)
    slots = _write_slots(circle, at)
    cycles = _write_cycles(circle, plan_of(circle), slots)
    _write_contributions(circle, cycles, slots)
    schedule_all(circle, cycles, at=at)

    audit.record(actor, circle, "locked the circle")
    starts_on = circle.cycle_start_date.isoformat()
    tell_members(circle, kinds.CIRCLE_STARTED, starts_on=starts_on)
    write_in_chat(circle, chat_texts.CIRCLE_STARTED, at=at, starts_on=starts_on)
    announce_change(circle)
    return circle


def _has_somebody_to_accept(circle: Circle) -> bool:
    yes = CharterAcceptance.objects.filter(charter__circle=circle, charter__number=circle.charter_number)
    members = circle.memberships.filter(status=MembershipStatus.ACTIVE)
    return members.exclude(pk__in=yes.values("membership_id")).exists()


def _turn_away_the_waiting(circle: Circle, at: datetime) -> None:
    waiting = circle.memberships.filter(status=MembershipStatus.PENDING)
    waiting.update(status=MembershipStatus.REMOVED, ended_at=at)


def _write_slots(circle: Circle, at: datetime) -> list[Slot]:
    holders: Sequence[Membership] = holders_in_order(circle, at=at)
    given_up = discounts(circle, holders) if circle.payout_order == PayoutOrder.AUCTION else [0] * len(holders)
    slots = [
        Slot(circle=circle, position=number, membership=holder, discount_kobo=discount)
        for number, (holder, discount) in enumerate(zip(holders, given_up, strict=True), start=1)
    ]
    return Slot.objects.bulk_create(slots)


def _write_cycles(circle: Circle, plan: Plan, slots: Sequence[Slot]) -> list[Cycle]:
    cycles = [
        Cycle(
            circle=circle,
            number=dates.number,
            slot=slot,
            planned_due_at=dates.due_at,
            opens_at=dates.opens_at,
            due_at=dates.due_at,
            grace_ends_at=dates.grace_ends_at,
        )
        for dates, slot in zip(plan.all_dates(), slots, strict=True)
    ]
    return Cycle.objects.bulk_create(cycles)


def _write_contributions(circle: Circle, cycles: Sequence[Cycle], slots: Sequence[Slot]) -> None:
    # Everybody pays in every cycle, whose turn it is included: that is what makes the pot the same for all.
    contributions = (
        Contribution(
            cycle=cycle, slot=slot, membership=slot.membership, amount_kobo=circle.amount_kobo, due_at=cycle.due_at
        )
        for cycle in cycles
        for slot in slots
    )
    Contribution.objects.bulk_create(contributions, batch_size=ROWS_A_STATEMENT)
