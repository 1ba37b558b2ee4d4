"""Bringing money in suspense to whose it is: one person of staff asks, another one approves."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Model

from accounts.models import User
from contri.core import audit
from contri.core.errors import refuse_if
from contri.core.locking import lock_row
from notifications import kinds
from notifications.services import notify
from wallets import chart, ledger
from wallets.errors import (
    NotWaitingForReviewError,
    RecipientNotFoundError,
    SecondPersonRequiredError,
    SuspenseItemNotFoundError,
)
from wallets.models import SuspenseItem, Transaction, Wallet
from wallets.services.crediting import credit_legs, record_parked
from wallets.services.history import announce_change, line_of, write_moved
from wallets.services.opening import lock_wallets, open_wallet
from wallets.services.wording import naira


@transaction.atomic
def ask_suspense_credit(*, actor: Model, item_id: UUID, email: str = "", reason: str) -> SuspenseItem:
    """Ask that an open item be credited to the wallet of `email`, or else of whoever made its deposit.

    Asking again replaces who it is for, and who asked.

    Raises:
        SuspenseItemNotFoundError: there is no such item.
        NotWaitingForReviewError: it is resolved, or was never booked (another currency or domain).
        RecipientNotFoundError: nobody has this address, and no deposit says whose it is.
    """
    item = _locked_open(item_id)
    item.credit_to = _wallet_for(item, email)
    item.asked_by_id, item.asked_reason = actor.pk, reason[:300]
    item.save(update_fields=["credit_to", "asked_by", "asked_reason"])
    audit.record(actor, item, "asked to credit money in suspense", reason=reason)
    return item


@transaction.atomic
def approve_suspense_credit(*, actor: Model, item_id: UUID, reason: str, at: datetime) -> Transaction:
    """Credit an item to whom another person of staff asked it to be credited; returns the line in their history.

    Raises:
        SuspenseItemNotFoundError: there is no such item.
        NotWaitingForReviewError: it is resolved, or nobody asked.
        SecondPersonRequiredError: the actor asked themselves.
    """
    item = _locked_open(item_id)
    if item.credit_to is None:
        raise NotWaitingForReviewError
    refuse_if(item.asked_by_id == actor.pk, SecondPersonRequiredError)

    line = _credit(item, item.credit_to, actor, at)
    item.status, item.approved_by_id = SuspenseItem.Status.RESOLVED, actor.pk
    item.resolution, item.resolved_at = reason[:500], at
    item.save(update_fields=["status", "approved_by", "resolution", "resolved_at"])
    audit.record(actor, item, "approved crediting money in suspense", reason=reason)
    return line


def _locked_open(item_id: UUID) -> SuspenseItem:
    try:
        item = lock_row(SuspenseItem.objects.select_related("credit_to", "deposit__wallet"), item_id)
    except SuspenseItem.DoesNotExist:
        raise SuspenseItemNotFoundError from None
    refuse_if(item.status != SuspenseItem.Status.OPEN or item.journal_id is None, NotWaitingForReviewError)
    return item


def _wallet_for(item: SuspenseItem, email: str) -> Wallet:
    if not email and item.deposit is not None:
        return item.deposit.wallet
    owner = User.objects.filter(email=email.lower(), is_active=True).first()
    if owner is None:
        raise RecipientNotFoundError
    return open_wallet(user_id=owner.pk)


def _credit(item: SuspenseItem, credit_to: Wallet, actor: Model, at: datetime) -> Transaction:
    wallet = lock_wallets(user_ids=[credit_to.user_id])[credit_to.user_id]
    legs, parked = credit_legs(
        wallet, source=chart.suspense_account(), amount_kobo=item.amount_minor, kind="suspense", at=at
    )
    posting = ledger.post(
        scope="suspense_credited",
        key=str(item.pk),
        source="suspense_item",
        source_id=item.pk,
        legs=legs,
        initiator_id=actor.pk,
        effective_at=at,
    )
    line = line_of(
        wallet,
        type=Transaction.Type.DEPOSIT,
        direction=Transaction.Direction.CREDIT,
        status=Transaction.Status.SUCCEEDED,
        amount_kobo=item.amount_minor,
        reference=f"contri-{item.pk.hex}",
        description="Payment put right by our staff",
    )
    write_moved([line], posting)
    record_parked(line, parked)
    facts = {"amount": naira(item.amount_minor)}
    notify(recipient_id=wallet.user_id, kind=kinds.DEPOSIT_SUCCEEDED, facts=facts, key=str(item.pk))
    announce_change(wallet, funded=True)
    return line
