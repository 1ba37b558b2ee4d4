"""What becomes of money in suspense: one person of staff asks, another one approves."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Model

from accounts.models import User
from contri.core import audit, two_people
from contri.core.errors import refuse_if
from contri.core.locking import lock_row
from contri.core.models import StaffRequest
from notifications import kinds
from notifications.services import notify
from wallets import chart, ledger
from wallets.errors import NotWaitingForReviewError, RecipientNotFoundError, SuspenseItemNotFoundError
from wallets.ledger import Leg
from wallets.models import SuspenseItem, Transaction, Wallet
from wallets.services.crediting import credit_legs, record_parked
from wallets.services.history import announce_change, line_of, write_moved
from wallets.services.opening import lock_wallets, open_wallet
from wallets.services.wording import naira

CREDIT = "wallets.credit_suspense"
WRITE_OFF = "wallets.write_off_suspense"


@transaction.atomic
def ask_suspense_credit(*, actor: Model, item_id: UUID, email: str = "", reason: str) -> StaffRequest:
    """Ask that an open item be credited to the wallet of `email`, or else of whoever made its deposit.

    Raises:
        SuspenseItemNotFoundError: there is no such item.
        NotWaitingForReviewError: it is resolved, or was never booked (another currency or domain).
        RecipientNotFoundError: nobody has this address, and no deposit says whose it is.
        AlreadyAskedError: it is asked for and waits for a decision.
    """
    item = locked_open_item(item_id)
    wallet = _wallet_for(item, email)
    terms = {"wallet_id": str(wallet.pk), "to": wallet.user.display_name, "amount_kobo": item.amount_minor}
    return two_people.ask(actor=actor, kind=CREDIT, target=item, reason=reason, terms=terms)


@transaction.atomic
def ask_suspense_write_off(*, actor: Model, item_id: UUID, reason: str) -> StaffRequest:
    """Ask that money of nobody's be taken into Contri's own, once there is no hope of finding whose it is.

    Raises:
        SuspenseItemNotFoundError, NotWaitingForReviewError, AlreadyAskedError: as above.
    """
    item = locked_open_item(item_id)
    return two_people.ask(
        actor=actor, kind=WRITE_OFF, target=item, reason=reason, terms={"amount_kobo": item.amount_minor}
    )


@transaction.atomic
def approve_suspense_credit(*, actor: Model, item_id: UUID, reason: str, at: datetime) -> Transaction:
    """Approve what somebody else asked for this item; returns the line in the recipient's history.

    Raises:
        NotWaitingForReviewError: it is resolved, or nobody asked.
        SamePersonError: the actor asked themselves.
    """
    asked = StaffRequest.objects.filter(kind=CREDIT, target_id=str(item_id), status=StaffRequest.Status.OPEN).first()
    if asked is None:
        raise NotWaitingForReviewError
    two_people.approve(actor=actor, request_id=asked.pk, reason=reason, at=at)
    return Transaction.objects.get(reference=_reference(item_id))


@transaction.atomic
def credit_suspense(*, request: StaffRequest, actor: Model, at: datetime) -> Transaction:
    """Credit an item to whom the approved `request` names.

    Raises:
        SuspenseItemNotFoundError, NotWaitingForReviewError: as above.
    """
    item = locked_as_decided(request)
    item.credit_to = Wallet.objects.select_related("user").get(pk=request.terms["wallet_id"])
    line = _credit(item, item.credit_to, actor, at)
    _resolve(item, request, at)
    audit.record(actor, item, "credited money in suspense", reason=request.decided_reason)
    return line


@transaction.atomic
def write_off_suspense(*, request: StaffRequest, actor: Model, at: datetime) -> SuspenseItem:
    """Take an item into Contri's own money, as the approved `request` says.

    Raises:
        SuspenseItemNotFoundError, NotWaitingForReviewError: as above.
    """
    item = locked_as_decided(request)
    ledger.post(
        scope="suspense_written_off",
        key=str(item.pk),
        source="suspense_item",
        source_id=item.pk,
        legs=[Leg(chart.suspense_account(), chart.fees_account(), item.amount_minor, "write_off")],
        initiator_id=actor.pk,
        reason=request.asked_reason,
        effective_at=at,
    )
    _resolve(item, request, at)
    audit.record(actor, item, "wrote money in suspense off", reason=request.decided_reason)
    return item


def hand_over(item: SuspenseItem, status: SuspenseItem.Status, request: StaffRequest) -> None:
    """Bring a locked item to where the approved `request` wants it, and write down whose two decisions that was."""
    item.status, item.resolution = status, request.decided_reason
    item.asked_by_id, item.approved_by_id = request.asked_by_id, request.decided_by_id
    item.asked_reason = request.asked_reason
    item.save(
        update_fields=["status", "credit_to", "asked_by", "asked_reason", "approved_by", "resolution", "resolved_at"]
    )


def open_again(item: SuspenseItem) -> None:
    """What was decided about this item came to nothing: staff decide anew. Who decided stays to be read."""
    item.status, item.resolved_at = SuspenseItem.Status.OPEN, None
    item.save(update_fields=["status", "resolved_at"])


def charge_back(item: SuspenseItem, *, kobo: int, why: str, at: datetime) -> None:
    """Write down that its payer's bank got `kobo` of a locked item, which the caller books; what is left stays open."""
    if kobo == item.amount_minor:
        item.status, item.resolution, item.resolved_at = SuspenseItem.Status.CHARGED_BACK, why, at
    else:
        item.status, item.amount_minor, item.resolved_at = SuspenseItem.Status.OPEN, item.amount_minor - kobo, None
        audit.record(None, item, f"{naira(kobo)} of it went back: {why}")
    item.save(update_fields=["status", "amount_minor", "resolution", "resolved_at"])


def _resolve(item: SuspenseItem, request: StaffRequest, at: datetime) -> None:
    item.resolved_at = at
    hand_over(item, SuspenseItem.Status.RESOLVED, request)


def _reference(item_id: UUID) -> str:
    return f"contri-{item_id.hex}"


def locked_open_item(item_id: UUID) -> SuspenseItem:
    """An item that staff may still decide about, locked.

    Raises:
        SuspenseItemNotFoundError: there is no such item.
        NotWaitingForReviewError: it is resolved, on its way back to its payer, or was never booked.
    """
    try:
        item = lock_row(SuspenseItem.objects.select_related("credit_to", "deposit__wallet"), item_id)
    except SuspenseItem.DoesNotExist:
        raise SuspenseItemNotFoundError from None
    refuse_if(item.status != SuspenseItem.Status.OPEN or item.journal_id is None, NotWaitingForReviewError)
    return item


def locked_as_decided(request: StaffRequest) -> SuspenseItem:
    """The item that an approved `request` is about, locked, if it still is what was decided about.

    Raises:
        SuspenseItemNotFoundError, NotWaitingForReviewError: as above; or its payer's bank got a part of it since.
    """
    item = locked_open_item(UUID(request.target_id))
    refuse_if(item.amount_minor != request.terms["amount_kobo"], NotWaitingForReviewError)
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
        reference=_reference(item.pk),
        description="Payment put right by our staff",
    )
    write_moved([line], posting)
    record_parked(line, parked)
    facts = {"amount": naira(item.amount_minor)}
    notify(recipient_id=wallet.user_id, kind=kinds.DEPOSIT_SUCCEEDED, facts=facts, key=str(item.pk))
    announce_change(wallet, funded=True)
    return line
