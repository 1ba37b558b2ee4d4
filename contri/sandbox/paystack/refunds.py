"""Money going back to the card that it came from."""

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Sum

from contri.sandbox import alarm
from contri.sandbox.environment import current
from contri.sandbox.models import Refund, Transaction
from contri.sandbox.paystack import refusals, transfer_bodies
from contri.sandbox.paystack.events import announce
from contri.sandbox.paystack.transfer_bodies import OPERATOR

# A failed refund gives its amount back to the merchant, so it no longer counts.
COUNTED = ("pending", "processing", "processed", "needs-attention")


@transaction.atomic
def create_refund(
    *, charge: Transaction, amount: int | None, customer_note: str, merchant_note: str, at: datetime
) -> Refund:
    """Send `amount` kobo of a payment back (all that is left when None).

    Raises:
        PaystackRefusalError: nothing, or not that much, is left to send back.
    """
    left = _refundable(charge)
    if left <= 0:
        raise refusals.fully_reversed()
    if amount is not None and amount > left:
        raise refusals.invalid("Refund amount cannot be more than the amount left of the transaction")
    outcome = charge.authorization.refund_outcome if charge.authorization else "processed"
    refund = Refund.objects.create(
        transaction=charge,
        amount=left if amount is None else amount,
        customer_note=customer_note or f"Refund for transaction {charge.reference}",
        merchant_note=merchant_note or f"Refund for transaction {charge.reference} by {OPERATOR}",
        refund_reference=f"TRF_{secrets.token_hex(8)}",
        created_at=at,
        updated_at=at,
    )
    return _become(refund, "pending", at, ahead=("processing", outcome))


@transaction.atomic
def move_due_refunds(*, due_by: datetime, at: datetime) -> int:
    """Give every refund that was due by then its next status; returns how many moved."""
    due = list(Refund.objects.filter(moves_at__lte=due_by).order_by("moves_at"))
    for refund in due:
        status, *ahead = refund.ahead
        _become(refund, status, at, ahead=ahead)
    return len(due)


def next_due_refund() -> datetime | None:
    """When the next refund moves."""
    waiting = Refund.objects.filter(moves_at__isnull=False).order_by("moves_at")
    return waiting.values_list("moves_at", flat=True).first()


def _refundable(charge: Transaction) -> int:
    if charge.status not in ("success", "reversal-pending"):
        return 0
    back = Refund.objects.filter(transaction=charge, status__in=COUNTED).aggregate(kobo=Sum("amount"))["kobo"] or 0
    left: int = charge.amount - back
    return left


def _become(refund: Refund, status: str, at: datetime, *, ahead: Sequence[str]) -> Refund:
    refund.status = status
    refund.updated_at = at
    refund.ahead = list(ahead)
    refund.moves_at = at + timedelta(seconds=current().settle_seconds) if ahead else None
    refund.save()
    _mark_transaction(refund)
    transaction.on_commit(alarm.wake)
    reference = refund.transaction.reference
    data = transfer_bodies.refund_webhook_body(refund)
    announce(f"refund.{status}", data, at=at, amount=refund.amount, reference=reference)
    return refund


def _mark_transaction(refund: Refund) -> None:
    charge = refund.transaction
    if refund.status == "failed":
        charge.status = "success"
    elif _all_is_going_back(charge):
        charge.status = "reversed" if refund.status == "processed" else "reversal-pending"
    charge.save(update_fields=["status"])


def _all_is_going_back(charge: Transaction) -> bool:
    back = Refund.objects.filter(transaction=charge, status__in=COUNTED).aggregate(kobo=Sum("amount"))["kobo"] or 0
    return bool(back >= charge.amount)
