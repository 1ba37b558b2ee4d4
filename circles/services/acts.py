"""What each scheduled act does. Runs under the circle's lock, in the transaction that marks the act done."""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from uuid import UUID

from circles import chat_texts
from circles.models import (
    UNPAID,
    ActKind,
    ActState,
    CardOutcome,
    Circle,
    CircleStatus,
    Contribution,
    ContributionStatus,
    Cycle,
    CycleStatus,
    Membership,
    MembershipStatus,
    ScheduledAct,
    ShortfallPolicy,
)
from circles.services.arrears import let_next_go_first
from circles.services.cancelling import expire_circle
from circles.services.cards import charge_default_cards, with_open_charge
from circles.services.chat_lines import names, write_in_chat
from circles.services.collecting import collect_due
from circles.services.fees import charge_late_fees
from circles.services.forming import seats_taken
from circles.services.outages import lost_to_outages
from circles.services.payday import HAD_PAYOUT, pay_out, settle_cycle, unpaid_by_others
from circles.services.paying_in import lock_wallets_of
from circles.services.scheduling import schedule_again, schedule_next_collection
from circles.services.securing import use_deposits
from circles.services.standing import accelerate
from circles.services.telling import tell, tell_members
from contri.core import audit
from contri.core.moments import lagos_day
from contri.core.money import naira_from_kobo
from notifications import kinds

# A beat that comes later than this was down, and nobody is late because of that.
PUNCTUAL = timedelta(hours=1)
UNTIL_ANSWERED = timedelta(hours=1)


def warn(act: ScheduledAct, at: datetime) -> None:
    """Tomorrow a circle that still forms expires; there is a day left to fill it, to shrink it or to put it off."""
    circle = act.circle
    if circle.status == CircleStatus.FORMING:
        seats = str(circle.size - seats_taken(circle))
        tell_members(circle, kinds.CIRCLE_NOT_FULL, seats=seats, starts_on=circle.cycle_start_date.isoformat())


def expire(act: ScheduledAct, at: datetime) -> None:
    """The first contribution would be due now, and seats are empty still."""
    expire_circle(act.circle, at)


def open_cycle(act: ScheduledAct, at: datetime) -> None:
    """upcoming → collecting; the first one sets the circle going: scheduled → active."""
    circle, cycle = act.circle, _cycle(act)
    if circle.status == CircleStatus.SCHEDULED:
        circle.status = CircleStatus.ACTIVE
        circle.save(update_fields=["status"])
        audit.record(None, circle, "began the circle")
    if cycle.status == CycleStatus.UPCOMING:
        cycle.status = CycleStatus.COLLECTING
        cycle.save(update_fields=["status"])


def remind(act: ScheduledAct, at: datetime) -> None:
    """Remind those who have not paid; pointless once the cycle is due."""
    cycle = _cycle(act)
    if at < cycle.due_at:
        _tell_unpaid(act, kinds.CONTRIBUTION_REMINDER, due_on=lagos_day(cycle.due_at).isoformat())


def collect(act: ScheduledAct, at: datetime) -> None:
    """Take what fell due up to this act's moment from the wallets, and come back later for the rest."""
    cycle = _cycle(act)
    unpaid = collect_due(act.circle, up_to=act.due_at, at=at)
    if not any(contribution.cycle_id == cycle.pk for contribution in unpaid):
        return
    charge_default_cards(act.circle, unpaid, at=at)
    if act.number == 0:
        _tell_unpaid(act, kinds.CONTRIBUTION_FAILED)
    schedule_next_collection(act, cycle, at=at)


def mark_late(act: ScheduledAct, at: datetime) -> None:
    """The grace period is over: what is unpaid is late, once, unless the beat itself came late for it."""
    cycle = _cycle(act)
    unpaid = Contribution.objects.filter(cycle=cycle, status=ContributionStatus.PENDING)
    unpaid = unpaid.exclude(membership__status=MembershipStatus.DECEASED)
    if not unpaid.exists():
        return
    charging = with_open_charge(unpaid)
    if charging.exists():
        # What a provider has not answered yet is not what anybody failed to pay.
        schedule_again(act, at + UNTIL_ANSWERED)
        unpaid = unpaid.exclude(pk__in=list(charging.values_list("pk", flat=True)))
    if not unpaid.exists():
        return
    excused_until = _excused_until(cycle, at)
    if at < excused_until:
        schedule_again(act, excused_until)
        return
    _tell_unpaid(act, kinds.CONTRIBUTION_LATE)
    late = list(unpaid.select_related("cycle", "membership__user"))
    unpaid.update(status=ContributionStatus.LATE, late_at=at)
    charge_late_fees(act.circle, late, but_not=cycle.slot.membership_id, at=at)
    debtors = accelerate(act.circle, late, at=at)
    audit.record(None, cycle, "marked unpaid contributions late")
    who = names({contribution.membership.user.display_name for contribution in late})
    write_in_chat(act.circle, chat_texts.CONTRIBUTIONS_LATE, at=at, members=who, cycle=str(cycle.number))
    if cycle.status == CycleStatus.COLLECTING:
        cycle.status = CycleStatus.SHORT
        cycle.save(update_fields=["status"])
    _take_deposits_of(act.circle, debtors, at)


def end_grace(act: ScheduledAct, at: datetime) -> None:
    """Payday for a short pot, by the charter's policy: pay what there is on the promised day, or wait for the rest."""
    circle, cycle = act.circle, _cycle(act)
    if cycle.status in HAD_PAYOUT:
        return
    excused_until = cycle.grace_ends_at + lost_to_outages(cycle.due_at, at)
    if at < excused_until:
        schedule_again(act, excused_until)
        return
    if circle.shortfall_policy == ShortfallPolicy.PAY_COLLECTED:
        lock_wallets_of(circle)
        let_next_go_first(circle, cycle, at=at)
        defaulted = unpaid_by_others(cycle).select_related("cycle", "membership__user").order_by("slot__position")
        use_deposits(circle, defaulted, at=at)
        pay_out(circle, cycle, at=at)
    else:
        tell_members(circle, kinds.POT_WAITS, cycle=str(cycle.number))
        write_in_chat(circle, chat_texts.POT_WAITS, at=at, cycle=str(cycle.number))


def _take_deposits_of(circle: Circle, debtors: Collection[Membership], at: datetime) -> None:
    """The deposits of those who had their pot and stopped paying go to the circle, for what they owe, oldest first."""
    if not debtors:
        return
    lock_wallets_of(circle)
    owed = Contribution.objects.filter(membership__in=debtors, status__in=UNPAID)
    paid = use_deposits(
        circle, owed.select_related("cycle__slot", "membership__user").order_by("due_at", "slot__position"), at=at
    )
    for cycle in {contribution.cycle_id: contribution.cycle for contribution in paid}.values():
        settle_cycle(circle, cycle, at=at)


def _excused_until(cycle: Cycle, at: datetime) -> datetime:
    """Until when nobody is late: grace is longer by what outages took of it, and whole when the beat came late."""
    outages = lost_to_outages(cycle.due_at, at)
    grace = cycle.grace_ends_at - cycle.due_at
    first = cycle.acts.get(kind=ActKind.COLLECT, number=0)
    if first.state == ActState.DONE and first.done_at is not None and first.done_at - first.due_at > PUNCTUAL:
        return max(first.done_at + grace, cycle.grace_ends_at + outages)
    return cycle.grace_ends_at + outages


def _tell_unpaid(act: ScheduledAct, kind: kinds.NoticeKind, **facts: str) -> None:
    """Tell those who have something to do about it: not those whose card is being charged."""
    cycle = _cycle(act)
    unpaid = Contribution.objects.filter(cycle=cycle, status__in=UNPAID)
    unpaid = unpaid.exclude(card_payments__outcome=CardOutcome.OPEN)
    people: Iterable[UUID] = unpaid.values_list("membership__user_id", flat=True)
    amount = naira_from_kobo(act.circle.amount_kobo)
    tell(people, kind, act.circle, amount=amount, cycle=str(cycle.number), **facts)


def _cycle(act: ScheduledAct) -> Cycle:
    if act.cycle is None:
        raise ValueError(f"{act} needs a cycle")
    return act.cycle
