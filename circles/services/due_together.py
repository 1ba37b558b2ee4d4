"""The due moment of many circles at once: a chunk of them is collected and paid out in a fixed number of statements.

Only circles in which everything goes as planned (`planning.py`) come together here; what is left over takes its own
turn, circle by circle (`turning.py`), and both ways leave the same rows. A chunk is one transaction under the locks of
all its circles: done or not begun, so a beat that dies in between goes on with the next one.
"""

import gc
import logging
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import F

from circles import chat_texts
from circles.models import (
    ActKind,
    ActState,
    Contribution,
    ContributionPayment,
    ContributionStatus,
    Cycle,
    CycleStatus,
    Payout,
    PayoutPayment,
    ScheduledAct,
    Source,
)
from circles.services.chat_lines import ChatLine, names, write_in_chats
from circles.services.payday import payout_audit
from circles.services.paying_in import contribution_description, payout_description
from circles.services.planning import Plan, plans_for
from circles.services.telling import announce_changes, facts_about
from circles.signals import cycle_paid_out
from contri.core import audit
from contri.core.announcing import announce
from contri.core.live import gathered_hints
from contri.core.models import insert_together, uuid7
from contri.core.money import naira_from_kobo
from notifications import kinds
from notifications.services import Notice, notify_each
from wallets.services import PotMovement, collect_into_pots, pay_out_pots

logger = logging.getLogger(__name__)

CIRCLES_A_CHUNK = 100


@dataclass(slots=True)
class Chunk:
    """What became of one chunk: acts that were done, and circles that have to take their own turn."""

    done: list[ScheduledAct] = field(default_factory=list)
    left: set[UUID] = field(default_factory=set)


def collect_together(*, at: datetime, but_not: Iterable[UUID], limit: int) -> Chunk:
    """Do the first collections that are due at `at` in up to `limit` circles, all in one transaction.

    Whatever goes wrong with one of them undoes the chunk and leaves all of its circles to their own turn, which finds
    the one and lets the others go on.
    """
    acts = _due(at, but_not, min(limit, CIRCLES_A_CHUNK))
    if len(acts) < 2:
        return Chunk(left={act.circle_id for act in acts})
    try:
        with nothing_to_sweep(), gathered_hints(), transaction.atomic():
            plans = plans_for(acts, at=at)
            _carry_out(plans, at)
    except Exception:
        logger.exception("%s circles could not be collected together; each takes its own turn", len(acts))
        return Chunk(left={act.circle_id for act in acts})
    done = [plan.act for plan in plans]
    return Chunk(done, {act.circle_id for act in acts} - {act.circle_id for act in done})


@contextmanager
def nothing_to_sweep() -> Iterator[None]:
    """Let Python look for no cyclic garbage meanwhile.

    A chunk's thousands of rows all live until it is committed: looking through them again and again, and finding
    nothing, took two fifths of this process's time.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _due(at: datetime, but_not: Iterable[UUID], limit: int) -> list[ScheduledAct]:
    waiting = ScheduledAct.objects.filter(
        state=ActState.PENDING, next_try_at__lte=at, kind=ActKind.COLLECT, number=0, attempts=0
    )
    return list(waiting.exclude(circle_id__in=list(but_not)).order_by("next_try_at", "kind", "pk")[:limit])


def _carry_out(plans: Sequence[Plan], at: datetime) -> None:
    if not plans:
        return
    _collect(plans, at)
    payouts = _pay_out(plans, at)
    _close(plans, at)
    _tell(plans, at)
    audit.record_each(None, [(payout, payout_audit(payout)) for payout in payouts])
    for plan in plans:
        announce(cycle_paid_out, circle_id=plan.circle.pk, cycle_id=plan.cycle.pk)
    announce_changes([plan.circle for plan in plans])


def _collect(plans: Sequence[Plan], at: datetime) -> None:
    owed = {uuid7(): (plan, contribution) for plan in plans for contribution in plan.unpaid}
    if not owed:
        return
    lines = collect_into_pots(
        movements=[
            PotMovement(
                payment_id,
                plan.circle.pk,
                contribution.membership.user_id,
                contribution.owed_kobo,
                contribution_description(plan.circle, plan.cycle),
            )
            for payment_id, (plan, contribution) in owed.items()
        ],
        wallets=plans[0].wallets,
        at=at,
    )
    insert_together(
        [
            ContributionPayment(
                id=payment_id,
                contribution=contribution,
                amount_kobo=contribution.owed_kobo,
                source=Source.WALLET,
                transaction_id=lines[payment_id],
                paid_at=at,
            )
            for payment_id, (_, contribution) in owed.items()
        ]
    )
    Contribution.objects.filter(pk__in=[contribution.pk for _, contribution in owed.values()]).update(
        paid_kobo=F("amount_kobo"), status=ContributionStatus.PAID, paid_at=at, source=Source.WALLET
    )


def _pay_out(plans: Sequence[Plan], at: datetime) -> list[Payout]:
    payouts = [
        Payout(
            cycle=plan.cycle,
            slot=plan.cycle.slot,
            membership=plan.cycle.slot.membership,
            amount_kobo=plan.pot_kobo,
            paid_kobo=plan.pot_kobo,
            paid_at=at,
        )
        for plan in plans
    ]
    insert_together(payouts)
    made = {uuid7(): (plan, payout) for plan, payout in zip(plans, payouts, strict=True)}
    lines = pay_out_pots(
        movements=[
            PotMovement(
                payment_id,
                plan.circle.pk,
                plan.recipient.pk,
                plan.pot_kobo,
                payout_description(plan.circle, plan.cycle),
            )
            for payment_id, (plan, _) in made.items()
        ],
        wallets=plans[0].wallets,
        at=at,
    )
    insert_together(
        [
            PayoutPayment(
                id=payment_id, payout=payout, amount_kobo=plan.pot_kobo, transaction_id=lines[payment_id], paid_at=at
            )
            for payment_id, (plan, payout) in made.items()
        ]
    )
    return payouts


def _close(plans: Sequence[Plan], at: datetime) -> None:
    """Everybody has paid: the cycles are closed, and nothing else is to be done for them."""
    cycles = [plan.cycle.pk for plan in plans]
    Cycle.objects.filter(pk__in=cycles).update(status=CycleStatus.CLOSED, closed_at=at)
    acts = ScheduledAct.objects.filter(cycle__in=cycles)
    acts.filter(state__in=(ActState.PENDING, ActState.STOPPED)).update(state=ActState.DROPPED)
    acts.filter(pk__in=[plan.act.pk for plan in plans]).update(state=ActState.DONE, done_at=at, last_error="")


def _tell(plans: Sequence[Plan], at: datetime) -> None:
    notify_each([notice for plan in plans for notice in _notices(plan)])
    write_in_chats([line for plan in plans for line in _chat_lines(plan)], at=at)


def _notices(plan: Plan) -> Iterable[Notice]:
    cycle = str(plan.cycle.number)
    share = facts_about(plan.circle, amount=naira_from_kobo(plan.circle.amount_kobo), cycle=cycle)
    pot = facts_about(
        plan.circle, amount=naira_from_kobo(plan.pot_kobo), cycle=cycle, member=plan.recipient.display_name
    )
    payers = dict.fromkeys(contribution.membership.user_id for contribution in plan.unpaid)
    yield from (Notice(payer, kinds.CONTRIBUTION_COLLECTED, share) for payer in payers)
    yield Notice(plan.recipient.pk, kinds.PAYOUT_RECEIVED, pot)
    others = [user_id for user_id in plan.member_ids if user_id != plan.recipient.pk]
    yield from (Notice(user_id, kinds.POT_PAID_OUT, pot) for user_id in others)


def _chat_lines(plan: Plan) -> Iterable[ChatLine]:
    cycle = str(plan.cycle.number)
    if plan.unpaid:
        payers = names(
            f"{contribution.membership.user.display_name} ₦{naira_from_kobo(contribution.owed_kobo)}"
            for contribution in plan.unpaid
        )
        yield ChatLine(plan.circle.pk, chat_texts.CONTRIBUTIONS_COLLECTED, {"members": payers, "cycle": cycle})
    pot = {"member": plan.recipient.display_name, "amount": naira_from_kobo(plan.pot_kobo), "cycle": cycle}
    yield ChatLine(plan.circle.pk, chat_texts.POT_PAID_OUT, pot)
