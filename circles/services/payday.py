"""Payday: the one routine that pays a pot out, whoever set it off: the beat, the last to pay, staff."""

from datetime import datetime
from uuid import UUID

from django.db.models import F, QuerySet, Sum
from django.db.models.functions import Coalesce

from circles import chat_texts
from circles.due import has_fallen_due
from circles.models import (
    UNPAID,
    Circle,
    CircleStatus,
    Contribution,
    Cycle,
    CycleStatus,
    Debt,
    Payout,
    PayoutPayment,
    ShortfallPolicy,
)
from circles.models.schedule import ActKind
from circles.services.arrears import let_next_go_first
from circles.services.bidding import share_discount, shared_kobo
from circles.services.chat_lines import write_in_chat
from circles.services.fees import collect_late_fees
from circles.services.paying_in import payout_description, take_from_wallets
from circles.services.scheduling import drop_acts
from circles.services.securing import lend_from_reserve, repay_reserve
from circles.services.surplus import return_security
from circles.services.telling import tell, tell_members
from circles.services.voting import overtake_votes
from circles.shares import collected_kobo, promised_kobo
from circles.signals import cycle_paid_out
from contri.core import audit
from contri.core.announcing import announce
from contri.core.models import uuid7
from contri.core.money import naira_from_kobo
from notifications import kinds
from wallets.services import pay_out_pot

HAD_PAYOUT = (CycleStatus.PAID, CycleStatus.CLOSED)


def settle_cycle(circle: Circle, cycle: Cycle, *, at: datetime) -> None:
    """Take a cycle as far as its money allows. Calling again changes nothing.

    Due and paid in by all others: its pot is paid out, and the recipient's own share comes out of it. Paid out short:
    what has come in since goes on to its recipient.
    """
    if cycle.status in HAD_PAYOUT:
        _pass_on(circle, cycle.payout, at)
        _close_if_settled(circle, cycle, at)
    elif has_fallen_due(cycle, at) and not _waits_for_others(cycle):
        if let_next_go_first(circle, cycle, at=at) and _waits_for_others(cycle):
            # It is somebody else's pot now, and waits for its former recipient.
            return
        pay_out(circle, cycle, at=at)


def pay_out(circle: Circle, cycle: Cycle, *, at: datetime) -> Payout:
    """Pay what this cycle has collected to whose turn it is; what is missing becomes a debt to them.

    By `pay_collected` the reserve adds to a short pot what it holds, and is owed that from then on.

    The recipient's own arrears come out of it: the pot is paid to their wallet and what they owe is taken from there,
    so that both legs stand in the ledger.
    """
    payout = Payout.objects.create(
        cycle=cycle,
        slot=cycle.slot,
        membership=cycle.slot.membership,
        amount_kobo=max(0, _total(cycle, promised_kobo()) - cycle.slot.discount_kobo),
        paid_at=at,
    )
    cycle.status = CycleStatus.PAID
    cycle.save(update_fields=["status"])
    drop_acts(circle, cycle=cycle, kinds=(ActKind.REMIND, ActKind.PAY_OUT))

    if circle.shortfall_policy == ShortfallPolicy.PAY_COLLECTED:
        lend_from_reserve(circle, payout, _missing_from_others(cycle), at=at)
    _write_debts(payout, at)
    _pass_on(circle, payout, at)
    _net_arrears(circle, payout, at)
    _close_if_settled(circle, cycle, at)
    if payout.amount_kobo:
        _tell_of_payout(circle, payout)
    audit.record(None, payout, payout_audit(payout))
    announce(cycle_paid_out, circle_id=circle.pk, cycle_id=cycle.pk)
    return payout


def payout_audit(payout: Payout) -> str:
    """How a payout stands in the audit trail."""
    return f"paid out ₦{naira_from_kobo(payout.paid_kobo)}"


def _pass_on(circle: Circle, payout: Payout, at: datetime) -> None:
    """Pay the recipient what this cycle has and they have not had yet; beyond what is theirs, it is the reserve's.

    What is left of a full pot after that, they have given up to the others.
    """
    collected = _total(payout.cycle, collected_kobo())
    in_hand = collected + payout.lent_kobo - payout.repaid_kobo - payout.paid_kobo - shared_kobo(payout)
    amount = min(in_hand, payout.amount_kobo - payout.paid_kobo)
    if amount:
        _pay_recipient(circle, payout, amount, at)
    left, lent = in_hand - amount, payout.lent_kobo - payout.repaid_kobo
    if repaid := min(left, lent):
        repay_reserve(circle, payout, repaid, at=at)
    if left > repaid and not _has_unpaid(payout.cycle):
        share_discount(circle, payout, left - repaid, at=at)
    if in_hand:
        _settle_debts(payout, at)


def _pay_recipient(circle: Circle, payout: Payout, amount: int, at: datetime) -> None:
    """Somebody who has died receives through their nominee.

    What they owe here apart: that goes through their own wallet, from which it is taken.
    """
    member = payout.membership
    own = min(amount, _owed_by(payout)) if member.payee_id else amount
    for receiver_id, part in ((member.user_id, own), (member.receiver_id, amount - own)):
        if part:
            _move_out(circle, payout, receiver_id, part, at)


def _move_out(circle: Circle, payout: Payout, receiver_id: UUID, amount: int, at: datetime) -> None:
    payment_id = uuid7()
    moved = pay_out_pot(
        circle_id=circle.pk,
        payout_id=payment_id,
        user_id=receiver_id,
        amount_kobo=amount,
        key=str(payment_id),
        description=payout_description(circle, payout.cycle),
        at=at,
    )
    PayoutPayment.objects.create(id=payment_id, payout=payout, amount_kobo=amount, transaction_id=moved.pk, paid_at=at)
    payout.paid_kobo += amount
    payout.save(update_fields=["paid_kobo"])
    facts = {"amount": naira_from_kobo(amount), "cycle": str(payout.cycle.number)}
    tell([receiver_id], kinds.PAYOUT_RECEIVED, circle, **facts)
    is_first = payout.paid_kobo == amount
    line = chat_texts.POT_PAID_OUT if is_first else chat_texts.REST_PASSED_ON
    write_in_chat(circle, line, at=at, member=payout.membership.user.display_name, **facts)


def _write_debts(payout: Payout, at: datetime) -> None:
    """What is missing is owed to the recipient, but for what the reserve lent: that is owed to the reserve."""
    missing = Contribution.objects.filter(cycle=payout.cycle, status__in=UNPAID).order_by("slot__position")
    others = missing.exclude(membership_id=payout.membership_id)
    left, lent = payout.lent_kobo, {}
    for contribution in others:
        lent[contribution.pk] = min(left, contribution.owed_kobo)
        left -= lent[contribution.pk]
    Debt.objects.bulk_create(
        Debt(
            contribution=contribution,
            payout=payout,
            amount_kobo=contribution.owed_kobo,
            lent_kobo=lent.get(contribution.pk, 0),
            opened_at=at,
        )
        for contribution in missing
    )


def _settle_debts(payout: Payout, at: datetime) -> None:
    paid = payout.debts.filter(settled_at=None).exclude(contribution__status__in=UNPAID)
    paid.update(settled_at=at)


def _net_arrears(circle: Circle, payout: Payout, at: datetime) -> None:
    """Take from the recipient's wallet, now that the pot is in it, what they owe to this circle."""
    owed = _arrears(payout).select_related("cycle", "membership__user").order_by("due_at")
    netted = take_from_wallets(circle, list(owed), at)
    earlier = {contribution.cycle_id: contribution.cycle for contribution in netted}
    if earlier.pop(payout.cycle_id, None):
        _pass_on(circle, payout, at)
    for cycle in earlier.values():
        settle_cycle(circle, cycle, at=at)
    collect_late_fees(circle, up_to=payout.cycle.due_at, at=at, members=[payout.membership])


def _arrears(payout: Payout) -> QuerySet[Contribution]:
    return Contribution.objects.filter(
        membership_id=payout.membership_id, status__in=UNPAID, due_at__lte=payout.cycle.due_at
    )


def _owed_by(payout: Payout) -> int:
    return sum(contribution.owed_kobo for contribution in _arrears(payout))


def _close_if_settled(circle: Circle, cycle: Cycle, at: datetime) -> None:
    if cycle.status == CycleStatus.CLOSED or _has_unpaid(cycle):
        return
    cycle.status = CycleStatus.CLOSED
    cycle.closed_at = at
    cycle.save(update_fields=["status", "closed_at"])
    drop_acts(circle, cycle=cycle)
    if not circle.cycles.exclude(status=CycleStatus.CLOSED).exists():
        _complete(circle, at)


def _complete(circle: Circle, at: datetime) -> None:
    """Every turn has been paid out and every debt settled: what members left with the circle goes back to them."""
    circle.status = CircleStatus.COMPLETED
    circle.ended_at = at
    circle.save(update_fields=["status", "ended_at"])
    return_security(circle, at=at)
    overtake_votes(circle, at=at)
    audit.record(None, circle, "completed the circle")
    write_in_chat(circle, chat_texts.CIRCLE_COMPLETED, at=at)
    tell_members(circle, kinds.CIRCLE_COMPLETED)


def _tell_of_payout(circle: Circle, payout: Payout) -> None:
    recipient = payout.membership.user
    tell_members(
        circle,
        kinds.POT_PAID_OUT,
        but_not=recipient.pk,
        member=recipient.display_name,
        amount=naira_from_kobo(payout.paid_kobo),
        cycle=str(payout.cycle.number),
    )


def _waits_for_others(cycle: Cycle) -> bool:
    return unpaid_by_others(cycle).exists()


def unpaid_by_others(cycle: Cycle) -> QuerySet[Contribution]:
    """What all but the recipient still owe to this cycle; the recipient's own share comes out of their pot."""
    unpaid = cycle.contributions.filter(status__in=UNPAID)
    return unpaid.exclude(membership_id=cycle.slot.membership_id)


def _missing_from_others(cycle: Cycle) -> int:
    missing: int = unpaid_by_others(cycle).aggregate(missing=Sum(F("amount_kobo") - F("paid_kobo")))["missing"] or 0
    return missing


def _has_unpaid(cycle: Cycle) -> bool:
    return cycle.contributions.filter(status__in=UNPAID).exists()


def _total(cycle: Cycle, of: Coalesce) -> int:
    total: int = cycle.contributions.aggregate(total=of)["total"]
    return total
