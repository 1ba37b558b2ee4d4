"""Payments that the payer's bank wants back: opened and decided through the control API, as banks decide elsewhere."""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from contri.sandbox.clock import iso_milliseconds
from contri.sandbox.models import Dispute, Transaction
from contri.sandbox.paystack import bodies, refusals
from contri.sandbox.paystack.events import announce

RESOLUTIONS = ("merchant-accepted", "auto-accepted", "declined")
# What the merchant has to answer in, by the rule of the Nigerian central bank.
HOURS_TO_ANSWER = 16


@transaction.atomic
def open_dispute(*, reference: str, amount: int | None, at: datetime) -> Dispute:
    """Have the payer of `reference` contest the payment, or `amount` kobo of it.

    Raises:
        PaystackRefusalError: there is no such payment, or nobody paid it.
    """
    charge = Transaction.objects.select_related("customer", "authorization").filter(reference=reference).first()
    if charge is None or charge.status != "success":
        raise refusals.transaction_not_found()
    dispute = Dispute.objects.create(
        transaction=charge,
        refund_amount=charge.amount if amount is None else amount,
        due_at=at + timedelta(hours=HOURS_TO_ANSWER),
        created_at=at,
        updated_at=at,
    )
    _tell("create", dispute, at)
    return dispute


@transaction.atomic
def resolve_dispute(*, number: int, resolution: str, at: datetime) -> Dispute:
    """Decide a dispute: accepted, the money leaves the merchant's balance; `declined`, it stays.

    Raises:
        ValueError: there is no such resolution.
        Dispute.DoesNotExist: there is no such dispute.
    """
    if resolution not in RESOLUTIONS:
        raise ValueError(f"resolution must be one of {', '.join(RESOLUTIONS)}")
    dispute = Dispute.objects.select_related("transaction__customer", "transaction__authorization").get(pk=number)
    dispute.status, dispute.resolution, dispute.resolved_at, dispute.updated_at = "resolved", resolution, at, at
    dispute.save()
    _tell("resolve", dispute, at)
    return dispute


@transaction.atomic
def remind_of_dispute(*, number: int, at: datetime) -> Dispute:
    """Remind the merchant of a dispute that waits for an answer.

    Raises:
        Dispute.DoesNotExist: there is no such dispute.
    """
    dispute = Dispute.objects.select_related("transaction__customer", "transaction__authorization").get(pk=number)
    _tell("remind", dispute, at)
    return dispute


def listed_body(dispute: Dispute) -> dict[str, Any]:
    """One dispute, as the list shows it: the payer's metadata is a text there."""
    body = dispute_body(dispute)
    return {**body, "customer": bodies.disputing_body(dispute.transaction.customer)}


def dispute_body(dispute: Dispute) -> dict[str, Any]:
    """One dispute, as fetching it answers."""
    return {
        **_common(dispute),
        "createdAt": iso_milliseconds(dispute.created_at),
        "updatedAt": iso_milliseconds(dispute.updated_at),
    }


def _common(dispute: Dispute) -> dict[str, Any]:
    charge = dispute.transaction
    card = charge.authorization
    return {
        "id": dispute.id,
        "refund_amount": dispute.refund_amount,
        "currency": charge.currency,
        "status": dispute.status,
        "resolution": dispute.resolution or None,
        "domain": bodies.DOMAIN,
        "transaction": bodies.disputed_body(charge),
        "transaction_reference": None,
        "category": "chargeback",
        "customer": {**bodies.disputing_body(charge.customer), "metadata": {}},
        "bin": card.bin if card else None,
        "last4": card.last4 if card else None,
        "dueAt": iso_milliseconds(dispute.due_at),
        "resolvedAt": iso_milliseconds(dispute.resolved_at),
        "evidence": None,
        "attachments": None,
        "note": None,
        "history": [
            {"status": "pending", "by": charge.customer.email, "createdAt": iso_milliseconds(dispute.created_at)}
        ],
        "messages": [
            {
                "sender": charge.customer.email,
                "body": "Debited without value",
                "createdAt": iso_milliseconds(dispute.created_at),
            }
        ],
    }


def _tell(what: str, dispute: Dispute, at: datetime) -> None:
    # Webhooks spell the moments otherwise than the answers do.
    moments = {
        "created_at": iso_milliseconds(dispute.created_at),
        "updated_at": iso_milliseconds(dispute.updated_at),
    }
    announce(
        f"charge.dispute.{what}",
        {**_common(dispute), **moments},
        at=at,
        amount=dispute.refund_amount,
        reference=dispute.transaction.reference,
    )
