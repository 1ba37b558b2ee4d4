"""A circle that cannot go on comes out even: no more payouts, everybody's net position is computed, shown and settled.

Who has received less than they paid is owed the difference; the pot goes to them in proportion to what they are owed,
and so does whatever those who received more still have to pay, as it comes in. What does not divide goes to the last.
"""

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from uuid import UUID

from django.db import transaction
from django.db.models import F

from accounts.models import User
from circles import chat_texts
from circles.calendar import next_debt_collection
from circles.dividing import portions, shares_of
from circles.exposure import member_exposures
from circles.models import (
    UNPAID,
    Circle,
    CircleStatus,
    Contribution,
    ContributionStatus,
    DissolutionPayment,
    DissolutionShare,
    LateFee,
    ScheduledAct,
)
from circles.security import Security
from circles.services.access import lock_circle, require_state
from circles.services.chat_lines import write_in_chat
from circles.services.paying_in import lock_wallets_of
from circles.services.scheduling import drop_acts, schedule_again, schedule_settling
from circles.services.securing import pool_security, pooled_reserve
from circles.services.telling import announce_change, tell_members
from circles.services.voting import overtake_votes
from contri.core import audit
from contri.core.models import uuid7
from contri.core.money import naira_from_kobo
from notifications import kinds
from wallets.queries import pot_balances, wallet_balances
from wallets.services import pay_contribution, refund_from_pot

DISSOLVABLE = (CircleStatus.ACTIVE, CircleStatus.PAUSED)


@transaction.atomic
def dissolve_circle(*, actor: User, circle_id: UUID, reason: str, at: datetime) -> Circle:
    """End a circle that runs or is paused before everybody has had their turn. For staff: the door checks that.

    Raises:
        CircleNotFoundError: there is none.
        InvalidStateError: it has not begun, or is over.
    """
    circle = lock_circle(circle_id)
    require_state(circle, *DISSOLVABLE)
    dissolve(circle, actor=actor, reason=reason, at=at)
    return circle


def dissolve(circle: Circle, *, actor: User | None, reason: str, at: datetime) -> None:
    """active or paused → dissolving, for a circle that is locked."""
    circle.pauses.filter(ended_at=None).update(ended_at=at)
    circle.status, circle.paused_from = CircleStatus.DISSOLVING, ""
    circle.save(update_fields=["status", "paused_from"])
    overtake_votes(circle, at=at)
    drop_acts(circle)
    _write_shares(circle, at)
    audit.record(actor, circle, "dissolved the circle", reason=reason)
    tell_members(circle, kinds.CIRCLE_DISSOLVING)
    write_in_chat(circle, chat_texts.CIRCLE_DISSOLVING, at=at)
    schedule_settling(circle, at)
    announce_change(circle)


def settle(act: ScheduledAct, at: datetime) -> None:
    """Move what can be moved, from those who owe through the pot to those who are owed; daily, until it is even."""
    circle = act.circle
    if circle.status != CircleStatus.DISSOLVING:
        return
    lock_wallets_of(circle)
    shares = list(circle.dissolution_shares.select_related("membership__user").order_by("pk"))
    _collect(circle, [share for share in shares if share.net_kobo < 0], at)
    _distribute(circle, [share for share in shares if share.net_kobo > 0], at)
    if any(share.open_kobo for share in shares):
        schedule_again(act, next_debt_collection(at))
    else:
        _end(circle, at)


def _write_shares(circle: Circle, at: datetime) -> None:
    """Each member's deposit, and their part of what the reserve holds and has lent, count as paid in."""
    positions = member_exposures(circle)
    deposits = pool_security(circle, at=at)
    reserve = pooled_reserve(circle)
    parts = shares_of(reserve, [member.hands for member in positions])
    DissolutionShare.objects.bulk_create(
        DissolutionShare(
            circle=circle,
            membership_id=member.membership_id,
            net_kobo=member.paid_kobo
            + deposits.get(member.membership_id, Security()).deposit_kobo
            + part
            - member.received_kobo,
        )
        for member, part in zip(positions, parts, strict=True)
    )
    LateFee.objects.filter(membership__circle=circle, paid_kobo__lt=F("amount_kobo")).update(waived_at=at)
    unpaid = Contribution.objects.filter(cycle__circle=circle, status__in=UNPAID)
    unpaid.update(status=ContributionStatus.WAIVED)


def _collect(circle: Circle, owing: Sequence[DissolutionShare], at: datetime) -> None:
    purses = wallet_balances([share.membership.user_id for share in owing])
    for share in owing:
        amount = min(share.open_kobo, purses[share.membership.user_id].available_kobo)
        if amount > 0:
            _move(circle, share, amount, at)


def _distribute(circle: Circle, owed: Sequence[DissolutionShare], at: datetime) -> None:
    pot = pot_balances([circle.pk])[circle.pk]
    for share, amount in zip(owed, portions(pot, [share.open_kobo for share in owed]), strict=True):
        if amount > 0:
            _move(circle, share, amount, at)


def _move(circle: Circle, share: DissolutionShare, amount: int, at: datetime) -> None:
    payment_id = uuid7()
    move = (
        partial(pay_contribution, payment_id=payment_id)
        if share.net_kobo < 0
        else partial(refund_from_pot, refund_id=payment_id)
    )
    moved = move(
        circle_id=circle.pk,
        user_id=share.membership.user_id if share.net_kobo < 0 else share.membership.receiver_id,
        amount_kobo=amount,
        key=str(payment_id),
        description=f"{circle.name}: settlement",
        at=at,
    )
    DissolutionPayment.objects.create(
        id=payment_id, share=share, amount_kobo=amount, transaction_id=moved.pk, paid_at=at
    )
    share.settled_kobo += amount
    share.save(update_fields=["settled_kobo"])
    line = chat_texts.SETTLEMENT_PAID if share.net_kobo < 0 else chat_texts.SETTLEMENT_RECEIVED
    member = share.membership.user.display_name
    write_in_chat(circle, line, at=at, member=member, amount=naira_from_kobo(amount))


def _end(circle: Circle, at: datetime) -> None:
    circle.status, circle.ended_at = CircleStatus.DISSOLVED, at
    circle.save(update_fields=["status", "ended_at"])
    audit.record(None, circle, "settled the dissolved circle")
    tell_members(circle, kinds.CIRCLE_DISSOLVED)
    write_in_chat(circle, chat_texts.CIRCLE_DISSOLVED, at=at)
