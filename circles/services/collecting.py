"""Money comes in: contributions are taken from wallets, by members themselves or when they fall due."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from accounts.models import User
from circles.due import cycles_fallen_due, fallen_due
from circles.errors import AlreadyPaidError, CycleUnknownError
from circles.models import (
    RUNNING,
    UNPAID,
    Circle,
    Contribution,
    ContributionPayment,
    CycleStatus,
    Membership,
)
from circles.services.access import lock_circle, lock_circle_of, require_state
from circles.services.fees import collect_late_fees
from circles.services.payday import settle_cycle
from circles.services.paying_in import lock_wallets_of, pay_from_wallet, take_from_wallets
from circles.services.telling import announce_change
from contri.core import audit
from contri.core.errors import FieldFault, ValidationFaultsError, refuse_if
from contri.core.money import naira_from_kobo


@dataclass(frozen=True, slots=True)
class Receipt:
    """A contribution as it stands after a payment to it."""

    contribution: Contribution
    payment: ContributionPayment


@transaction.atomic
def contribute(
    *, actor: User, circle_id: UUID, at: datetime, cycle_number: int | None = None, amount_kobo: int | None = None
) -> Receipt:
    """Pay a contribution, or a part of it, from the actor's wallet.

    Without `cycle_number` the oldest unpaid one; without `amount_kobo` all that is owed. The payment that completes a
    cycle which is due pays it out; what comes in after a payout goes on to the recipient it is owed to.

    Raises:
        InvalidStateError: nothing is paid in now.
        CycleUnknownError: there is no such cycle.
        AlreadyPaidError: nothing is left to pay.
        ValidationFaultsError: the amount is more than is owed.
        InsufficientFundsError: the wallet holds too little.
    """
    circle, membership = lock_circle_of(actor, circle_id)
    require_state(circle, *RUNNING)
    contribution = contribution_to_pay(membership, cycle_number)
    amount = amount_kobo or contribution.owed_kobo
    refuse_more_than_owed(amount, contribution)

    if contribution.cycle.status != CycleStatus.UPCOMING:
        lock_wallets_of(circle)
    payment = pay_from_wallet(circle, contribution, amount, at)
    settle_cycle(circle, contribution.cycle, at=at)
    collect_late_fees(circle, up_to=at, at=at, members=[membership])
    audit.record(actor, contribution, f"paid ₦{naira_from_kobo(amount)}")
    announce_change(circle)
    return Receipt(contribution, payment)


def collect_due(
    circle: Circle, *, up_to: datetime, at: datetime, members: Sequence[Membership] | None = None
) -> list[Contribution]:
    """Take from the wallets what fell due up to a moment, oldest first, and settle the cycles it belongs to.

    Who cannot pay is passed over. Returns what is still unpaid.
    """
    lock_wallets_of(circle)
    unpaid = _unpaid(circle, up_to, members)
    paid = take_from_wallets(circle, unpaid, at)
    # Read only now: each settling may close earlier cycles as well.
    open_cycles = circle.cycles.filter(cycles_fallen_due(up_to)).exclude(status=CycleStatus.CLOSED)
    for cycle in open_cycles.select_related("slot__membership__user", "payout__membership__user"):
        settle_cycle(circle, cycle, at=at)
    collect_late_fees(circle, up_to=up_to, at=at, members=members)
    # Read again: a settling has paid recipients' own shares out of their pots.
    return _unpaid(circle, up_to, members) if len(paid) < len(unpaid) else []


@transaction.atomic
def collect_from_member(*, circle_id: UUID, user_id: UUID, at: datetime) -> list[Contribution]:
    """Take what one member owes and has fallen due, now that money has come into their wallet.

    Returns what is still unpaid. A circle that is not running takes nothing.
    """
    circle = lock_circle(circle_id)
    if circle.status not in RUNNING:
        return []
    unpaid = collect_due(circle, up_to=at, at=at, members=list(circle.memberships.filter(user_id=user_id)))
    announce_change(circle)
    return unpaid


def contribution_to_pay(membership: Membership, cycle_number: int | None) -> Contribution:
    """What a member pays when they pay: of this cycle, or the oldest unpaid.

    Raises:
        CycleUnknownError: there is no such cycle.
        AlreadyPaidError: nothing is left to pay.
    """
    mine = Contribution.objects.filter(membership=membership).select_related("cycle", "membership__user")
    if cycle_number is not None:
        mine = mine.filter(cycle__number=cycle_number)
        refuse_if(not mine.exists(), CycleUnknownError)
    oldest = mine.filter(status__in=UNPAID).order_by("cycle__number", "slot__position").first()
    if oldest is None:
        raise AlreadyPaidError
    return oldest


def refuse_more_than_owed(amount: int, contribution: Contribution) -> None:
    """Nobody pays more than they owe.

    Raises:
        ValidationFaultsError: they would.
    """
    owed = contribution.owed_kobo
    if amount > owed:
        detail = f"₦{naira_from_kobo(owed)} is owed, not more."
        raise ValidationFaultsError(FieldFault("amount", "more_than_owed", detail))


def _unpaid(circle: Circle, up_to: datetime, members: Sequence[Membership] | None) -> list[Contribution]:
    owed = Contribution.objects.filter(fallen_due(up_to), cycle__circle=circle, status__in=UNPAID)
    if members is not None:
        owed = owed.filter(membership__in=members)
    return list(owed.select_related("cycle", "membership__user").order_by("due_at", "slot__position"))
