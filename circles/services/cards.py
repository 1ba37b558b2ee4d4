"""Contributions by card: charged outside of any transaction, under one reference, and paid once that is confirmed.

What a provider does not answer for sure is unknown, not failed: the charge stays open, nobody is late meanwhile, and it
is asked about until there is a word. The money goes through the member's wallet like every other deposit.
"""

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from accounts.models import User
from circles.errors import ChargeUnderWayError
from circles.models import (
    ENDED,
    RUNNING,
    CardOutcome,
    CardPayment,
    Circle,
    CircleStatus,
    Contribution,
    ContributionPayment,
    CycleStatus,
    Source,
)
from circles.services.access import lock_circle, lock_circle_of, require_state
from circles.services.collecting import contribution_to_pay, refuse_more_than_owed
from circles.services.fees import collect_late_fees
from circles.services.payday import settle_cycle
from circles.services.paying_in import lock_wallets_of, pay_from_wallet
from circles.services.telling import announce_change
from circles.signals import card_charge_waits
from contri.core import audit
from contri.core.announcing import announce
from contri.core.errors import DomainError, refuse_if
from contri.core.locking import lock_row
from contri.core.money import naira_from_kobo
from contri.core.work import LEASE, WorkState, claim_work, retry
from wallets.errors import CardDeclinedError, CardNotFoundError, InsufficientFundsError, ProviderUnavailableError
from wallets.models import Card, Deposit, Dispute
from wallets.queries import cards_of
from wallets.services import prepare_card_charge, settle_deposit, submit_card_charge

logger = logging.getLogger(__name__)

SWEEP_LIMIT = 50


@dataclass(frozen=True, slots=True)
class CardReceipt:
    """A contribution as it stands after a card was charged for it; `payment` is there once the money is in the pot."""

    contribution: Contribution
    payment: ContributionPayment | None
    charge: Deposit


def contribute_by_card(
    *,
    actor: User,
    circle_id: UUID,
    at: datetime,
    card_id: UUID | None = None,
    cycle_number: int | None = None,
    amount_kobo: int | None = None,
) -> CardReceipt:
    """Pay a contribution, or a part of it, by a kept card: the named one, else the default.

    Charging it again while the first charge is open charges nothing: the open one is returned.

    Raises:
        InvalidStateError, CycleUnknownError, AlreadyPaidError, ValidationFaultsError: as `contribute`.
        CardNotFoundError: it is not theirs, or they keep none.
        ChargeUnderWayError: another amount is being charged for this contribution.
        LimitExceededError: more than their tier may bring in.
        CardDeclinedError: it was not charged.
    """
    charge, is_new = _prepare(actor, circle_id, card_id, cycle_number, amount_kobo, at)
    if is_new:
        _submit(charge, at)
        _ask(charge, at)
    return _receipt(charge)


def charge_default_cards(circle: Circle, unpaid: Iterable[Contribution], *, at: datetime) -> None:
    """Have the default cards charged of those whose wallets held too little, after the caller's transaction."""
    for contribution in _without_charge(unpaid):
        card = cards_of(contribution.membership.user).filter(is_default=True).first()
        if card is None:
            continue
        try:
            with transaction.atomic():
                _write(contribution, card, contribution.owed_kobo, at, is_automatic=True)
        except DomainError as refusal:
            # Less than a provider charges, or more than the tier may bring in: the member pays this one by themselves.
            logger.info("no card is charged for contribution %s: %s", contribution.pk, refusal.code)


def work_card_payments(*, at: datetime, limit: int = SWEEP_LIMIT) -> int:
    """Charge what waits to be charged, and pay what has been confirmed; returns how many came to an end."""
    ended = 0
    for _ in range(limit):
        # One at a time: a lease must outlast one slow answer, not fifty.
        claimed = claim_work(CardPayment.objects.all(), limit=1)
        if not claimed:
            break
        ended += _work(claimed[0], at)
    return ended


def pay_confirmed_charges(*, user_id: UUID, at: datetime) -> None:
    """Pay the contributions for which this person's cards were charged, as far as the charges are confirmed."""
    open_ones = CardPayment.objects.filter(outcome=CardOutcome.OPEN, contribution__membership__user_id=user_id)
    for charge in open_ones.order_by("pk"):
        _conclude(charge, at)


@transaction.atomic
def note_charge_back(*, dispute_id: UUID, at: datetime) -> None:
    """A payment was charged back: note it on the contribution that it had paid, if it had paid one.

    The contribution stays paid, and so does its pot: what is missing the payer owes to Contri, and joins nothing until
    that is paid (`standing`). Noting it again changes nothing.
    """
    disputed = Dispute.objects.filter(pk=dispute_id, deposit__isnull=False).values("deposit_id")
    paid = CardPayment.objects.filter(deposit_id__in=disputed, outcome=CardOutcome.PAID)
    for charge in paid.select_for_update(no_key=True):
        charge.outcome = CardOutcome.CHARGED_BACK
        charge.save(update_fields=["outcome"])
        audit.record(None, charge, "charged back after it had paid a contribution")


def with_open_charge(contributions: QuerySet[Contribution]) -> QuerySet[Contribution]:
    """Those of these contributions for which a card is being charged: what becomes of it is not known yet."""
    charging = CardPayment.objects.filter(contribution=OuterRef("pk"), outcome=CardOutcome.OPEN)
    return contributions.filter(Exists(charging))


@transaction.atomic
def _prepare(
    actor: User,
    circle_id: UUID,
    card_id: UUID | None,
    cycle_number: int | None,
    amount_kobo: int | None,
    at: datetime,
) -> tuple[CardPayment, bool]:
    circle, membership = lock_circle_of(actor, circle_id)
    require_state(circle, *RUNNING)
    contribution = contribution_to_pay(membership, cycle_number)
    amount = amount_kobo or contribution.owed_kobo
    refuse_more_than_owed(amount, contribution)
    open_one = CardPayment.objects.filter(contribution=contribution, outcome=CardOutcome.OPEN).first()
    if open_one is not None:
        refuse_if(open_one.amount_kobo != amount, ChargeUnderWayError)
        return open_one, False
    charge = _write(contribution, _card(actor, card_id), amount, at, is_automatic=False)
    audit.record(actor, contribution, f"pays ₦{naira_from_kobo(amount)} by card")
    return charge, True


def _card(actor: User, card_id: UUID | None) -> Card:
    mine = cards_of(actor)
    card = (mine.filter(pk=card_id) if card_id else mine.filter(is_default=True)).first()
    if card is None:
        raise CardNotFoundError
    return card


def _write(contribution: Contribution, card: Card, amount: int, at: datetime, *, is_automatic: bool) -> CardPayment:
    """Write the charge down before anybody is asked for money. One that waits is claimed by a worker after commit."""
    deposit = prepare_card_charge(actor=contribution.membership.user, amount_kobo=amount, card_id=card.pk, at=at)
    charge = CardPayment.objects.create(
        contribution=contribution,
        amount_kobo=amount,
        deposit_id=deposit.pk,
        is_automatic=is_automatic,
        submitted_at=None if is_automatic else at,
        **({} if is_automatic else {"due_at": at + LEASE}),
    )
    if is_automatic:
        announce(card_charge_waits, card_payment_id=charge.pk)
    return charge


def _without_charge(unpaid: Iterable[Contribution]) -> list[Contribution]:
    wanted = {contribution.pk: contribution for contribution in unpaid}
    charging = CardPayment.objects.filter(contribution__in=list(wanted), outcome=CardOutcome.OPEN)
    for contribution_id in charging.values_list("contribution_id", flat=True):
        wanted.pop(contribution_id, None)
    return list(wanted.values())


def _work(charge: CardPayment, at: datetime) -> bool:
    if charge.submitted_at is None:
        # Noted before it is sent: should this worker die now, the charge is asked about, and never sent twice.
        charge.submitted_at = at
        charge.save(update_fields=["submitted_at"])
        try:
            _submit(charge, at)
        except CardDeclinedError:
            return True
        _ask(charge, at)
    elif _conclude(charge, at):
        return True
    charge.refresh_from_db(fields=["outcome"])
    if charge.outcome == CardOutcome.OPEN:
        retry(charge, "not confirmed yet")
    return charge.outcome != CardOutcome.OPEN


def _submit(charge: CardPayment, at: datetime) -> None:
    try:
        submit_card_charge(deposit=_deposit(charge), at=at)
    except CardDeclinedError:
        _end(charge, CardOutcome.DECLINED)
        raise


def _ask(charge: CardPayment, at: datetime) -> None:
    """Most cards answer at once; for the others there are the webhook and the sweep."""
    deposit = _deposit(charge)
    try:
        settle_deposit(reference=deposit.reference, at=at, provider=deposit.provider)
    except ProviderUnavailableError:
        return
    _conclude(charge, at)


def _conclude(charge: CardPayment, at: datetime) -> bool:
    """Pay the contribution, or give the charge up, by what wallets know of its deposit; False while nothing is sure."""
    deposit = _deposit(charge)
    if deposit.status == Deposit.Status.PENDING:
        return False
    if deposit.status != Deposit.Status.SUCCEEDED:
        _end(charge, CardOutcome.DECLINED)
        return True
    return _pay(charge, at)


@transaction.atomic
def _pay(charge: CardPayment, at: datetime) -> bool:
    contribution = Contribution.objects.select_related("cycle").get(pk=charge.contribution_id)
    circle = lock_circle(contribution.cycle.circle_id)
    charge = lock_row(CardPayment.objects.all(), charge.pk)
    if circle.status == CircleStatus.PAUSED or charge.outcome != CardOutcome.OPEN:
        return charge.outcome != CardOutcome.OPEN
    outcome = CardOutcome.UNUSED if circle.status in ENDED else _pay_into_pot(circle, charge, at)
    _end(charge, outcome)
    audit.record(None, charge, f"ended a charge: {outcome}")
    announce_change(circle)
    return True


def _pay_into_pot(circle: Circle, charge: CardPayment, at: datetime) -> CardOutcome:
    """What the contribution no longer needs stays in the wallet, where all that is owed is taken from."""
    rows = Contribution.objects.select_related("cycle__slot", "membership__user")
    contribution = rows.get(pk=charge.contribution_id)
    amount = min(charge.amount_kobo, contribution.owed_kobo)
    if circle.status not in RUNNING or not amount:
        return CardOutcome.UNUSED
    if contribution.cycle.status != CycleStatus.UPCOMING:
        lock_wallets_of(circle)
    try:
        pay_from_wallet(circle, contribution, amount, at, source=Source.CARD)
    except InsufficientFundsError:
        return CardOutcome.UNUSED
    settle_cycle(circle, contribution.cycle, at=at)
    collect_late_fees(circle, up_to=at, at=at, members=[contribution.membership])
    return CardOutcome.PAID


def _end(charge: CardPayment, outcome: CardOutcome) -> None:
    open_one = CardPayment.objects.filter(pk=charge.pk, outcome=CardOutcome.OPEN)
    open_one.update(outcome=outcome, state=WorkState.DONE)
    charge.outcome = outcome


def _deposit(charge: CardPayment) -> Deposit:
    return Deposit.objects.get(pk=charge.deposit_id)


def _receipt(charge: CardPayment) -> CardReceipt:
    rows = Contribution.objects.select_related("cycle", "membership__user")
    contribution = rows.get(pk=charge.contribution_id)
    charge.refresh_from_db(fields=["outcome"])
    paid = contribution.payments.filter(source=Source.CARD).order_by("pk").last()
    return CardReceipt(contribution, paid if charge.outcome == CardOutcome.PAID else None, _deposit(charge))
