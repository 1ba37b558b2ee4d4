"""Booking money that a provider confirms: into the wallet if it is what was asked for, else into suspense."""

import logging
from datetime import datetime
from uuid import UUID

from django.db import transaction

from contri.core import audit
from contri.core.locking import lock_row
from contri.core.money import CURRENCY
from contri.core.work import WorkState
from notifications import kinds
from notifications.services import notify
from wallets import chart, ledger
from wallets.ledger import Leg, Posting
from wallets.models import Deposit, SuspenseItem, Transaction, Wallet
from wallets.providers.base import Charge
from wallets.services.cards import keep_card
from wallets.services.crediting import credit_legs, is_closed, record_parked
from wallets.services.history import announce_change, balances_after
from wallets.services.opening import lock_wallets
from wallets.services.wording import naira

logger = logging.getLogger(__name__)

Reason = SuspenseItem.Reason


def book_deposit(deposit: Deposit, charge: Charge, *, at: datetime) -> None:
    """Book a confirmed charge of a deposit that the caller has locked and found open."""
    user_id = deposit.wallet.user_id
    wallet = lock_wallets(user_ids=[user_id])[user_id]
    misfit = _misfit(deposit, charge) or (Reason.CLOSED_ACCOUNT if is_closed(wallet) else None)
    if misfit is None:
        _credit(deposit, wallet, charge, at)
    else:
        _suspend(deposit, charge, misfit, at)


@transaction.atomic
def book_stray(charge: Charge, *, provider: str, at: datetime) -> SuspenseItem:
    """Book a confirmed charge whose reference is none of ours, once however often it is reported."""
    return _into_suspense(charge, provider, _not_ours(charge) or Reason.UNKNOWN_REFERENCE, at)


def _misfit(deposit: Deposit, charge: Charge) -> SuspenseItem.Reason | None:
    """What keeps this charge out of the wallet; None when at least what was asked for has come."""
    asked = deposit.amount_kobo
    if charge.amount < asked or charge.requested_amount < asked:
        return _not_ours(charge) or Reason.LESS_THAN_ASKED
    return _not_ours(charge)


def _not_ours(charge: Charge) -> SuspenseItem.Reason | None:
    """Why this cannot be booked at all: not naira, or test money seen by a live key or the other way round."""
    if not charge.is_of_this_environment:
        return Reason.OTHER_DOMAIN
    return Reason.OTHER_CURRENCY if charge.currency != CURRENCY else None


def _credit(deposit: Deposit, wallet: Wallet, charge: Charge, at: datetime) -> None:
    clearing = chart.clearing_account(deposit.provider)
    legs, parked = credit_legs(wallet, source=clearing, amount_kobo=deposit.amount_kobo, kind="deposit", at=at)
    excess = charge.amount - deposit.amount_kobo
    if excess:
        legs.append(Leg(debit=clearing, credit=chart.suspense_account(), amount=excess, kind="suspense"))
    posting = ledger.post(
        scope="deposit",
        key=deposit.reference,
        source="deposit",
        source_id=deposit.pk,
        legs=legs + _fee_legs(deposit.provider, charge.fee),
        initiator_id=None,
        effective_at=at,
    )
    if excess:
        _suspend_excess(deposit, excess, posting)
    _tell_credited(deposit, wallet, charge, posting, at)
    record_parked(deposit.transaction, parked)


def _suspend_excess(deposit: Deposit, excess: int, posting: Posting) -> None:
    SuspenseItem.objects.create(
        provider=deposit.provider,
        reference=deposit.reference,
        deposit=deposit,
        reason=Reason.MORE_THAN_ASKED,
        amount_minor=excess,
        journal_id=posting.journal_id,
    )


def _tell_credited(deposit: Deposit, wallet: Wallet, charge: Charge, posting: Posting, at: datetime) -> None:
    line = deposit.transaction
    line.status, line.journal_id = Transaction.Status.SUCCEEDED, posting.journal_id
    after = balances_after(posting.transfer_ids)
    line.balance_after_kobo = after.get(chart.wallet_account(wallet.pk))
    line.save(update_fields=["status", "journal_id", "balance_after_kobo"])
    deposit.journal_id = posting.journal_id
    _close(deposit, Deposit.Status.SUCCEEDED, charge, at)
    if deposit.keeps_card and charge.card is not None:
        keep_card(user_id=wallet.user_id, provider=deposit.provider, charged=charge.card)
    audit.record(None, deposit, "credited a deposit")
    facts = {"amount": naira(deposit.amount_kobo)}
    notify(recipient_id=wallet.user_id, kind=kinds.DEPOSIT_SUCCEEDED, facts=facts, key=str(deposit.pk))
    announce_change(wallet, funded=True)


def _suspend(deposit: Deposit, charge: Charge, reason: SuspenseItem.Reason, at: datetime) -> None:
    item = _into_suspense(charge, deposit.provider, reason, at, deposit)
    deposit.journal_id, deposit.failure = item.journal_id, str(item.get_reason_display())
    Transaction.objects.filter(pk=deposit.transaction_id).update(status=Transaction.Status.FAILED)
    _close(deposit, Deposit.Status.SUSPENDED, charge, at)
    facts = {"amount": naira(deposit.amount_kobo)}
    notify(recipient_id=deposit.wallet.user_id, kind=kinds.DEPOSIT_SUSPENDED, facts=facts, key=str(deposit.pk))


def _into_suspense(
    charge: Charge, provider: str, reason: SuspenseItem.Reason, at: datetime, deposit: Deposit | None = None
) -> SuspenseItem:
    # Two who report the same charge at once meet at the unique constraint, and then at the row's lock.
    found, is_new = SuspenseItem.objects.get_or_create(
        provider=provider,
        reference=charge.reference,
        reason=reason,
        defaults={"deposit": deposit, "amount_minor": charge.amount, "currency": charge.currency},
    )
    item = lock_row(SuspenseItem.objects.all(), found.pk)
    if item.journal_id is None and not _not_ours(charge) and charge.amount:
        item.journal_id = _post_suspense(item, charge, at)
        item.save(update_fields=["journal_id"])
    if is_new:
        audit.record(None, item, "put a payment into suspense")
        logger.error("payment in suspense: %s %s", item.reason, item.pk)
    return item


def _post_suspense(item: SuspenseItem, charge: Charge, at: datetime) -> UUID:
    clearing = chart.clearing_account(item.provider)
    leg = Leg(debit=clearing, credit=chart.suspense_account(), amount=charge.amount, kind="suspense")
    posting = ledger.post(
        scope="suspense",
        key=str(item.pk),
        source="suspense_item",
        source_id=item.pk,
        legs=[leg, *_fee_legs(item.provider, charge.fee)],
        initiator_id=None,
        effective_at=at,
    )
    return posting.journal_id


def _fee_legs(provider: str, fee_kobo: int) -> list[Leg]:
    """What the provider kept of the payment is our expense; people are credited in full."""
    if not fee_kobo:
        return []
    clearing = chart.clearing_account(provider)
    return [Leg(debit=chart.provider_fees_account(), credit=clearing, amount=fee_kobo, kind="provider_fee")]


def _close(deposit: Deposit, status: Deposit.Status, charge: Charge, at: datetime) -> None:
    deposit.status, deposit.provider_fee_kobo, deposit.settled_at = status, charge.fee, at
    deposit.state, deposit.finished_at, deposit.last_error = WorkState.DONE, at, ""
    deposit.save(
        update_fields=[
            "status",
            "failure",
            "provider_fee_kobo",
            "settled_at",
            "journal_id",
            "state",
            "finished_at",
            "last_error",
        ]
    )
