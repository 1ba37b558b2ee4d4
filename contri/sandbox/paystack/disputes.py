"""Payments that the payer's bank wants back: opened and decided through the control API, as banks decide elsewhere."""

import secrets
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from contri.sandbox.clock import iso_milliseconds
from contri.sandbox.models import Dispute, DisputeFile, Transaction
from contri.sandbox.paystack import bodies, refusals
from contri.sandbox.paystack.events import announce
from contri.sandbox.paystack.transfer_bodies import OPERATOR

MERCHANTS_WORDS = ("merchant-accepted", "declined")
RESOLUTIONS = ("merchant-accepted", "auto-accepted", "declined")
# The person at the merchant who answers.
OPERATOR_ID = 33240
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
def answer_dispute(
    *, number: int, resolution: str, message: str, refund_amount: int, attachment: str, at: datetime
) -> Dispute:
    """The merchant's own word: `merchant-accepted` gives `refund_amount` kobo back, `declined` contests the claim.

    Raises:
        PaystackRefusalError: no such dispute, it is over, no such word, too much, or the file was never uploaded.
    """
    dispute = dispute_with(number)
    if dispute.status == "resolved":
        raise refusals.invalid("Dispute has already been resolved")
    if resolution not in MERCHANTS_WORDS:
        raise refusals.invalid("Invalid resolution")
    if not 0 <= refund_amount <= dispute.transaction.amount:
        raise refusals.invalid("Refund amount is invalid")
    if not DisputeFile.objects.filter(dispute=dispute, name=attachment, content__isnull=False).exists():
        raise refusals.invalid("The uploaded file was not found")
    dispute.message, dispute.attachment = message, attachment
    if resolution == "merchant-accepted":
        dispute.refund_amount = refund_amount
    dispute.save()
    return resolve_dispute(number=number, resolution=resolution, at=at)


@transaction.atomic
def add_evidence(*, number: int, facts: dict[str, str], at: datetime) -> Dispute:
    """What the merchant tells of the customer and the service; a second time replaces the first.

    Raises:
        PaystackRefusalError: no such dispute, or it is over.
    """
    dispute = dispute_with(number)
    if dispute.status == "resolved":
        raise refusals.invalid("Dispute has already been resolved")
    dispute.evidence, dispute.updated_at = facts, at
    dispute.save(update_fields=["evidence", "updated_at"])
    return dispute


def place_for_file(*, number: int, name: str) -> DisputeFile:
    """Where the merchant may put a file about a dispute, under a name of ours that keeps its ending.

    Raises:
        PaystackRefusalError: no such dispute.
    """
    ending = name.rpartition(".")[2] if "." in name else ""
    stored = f"{secrets.token_hex(10)}{f'.{ending}' if ending.isalnum() else ''}"[:60]
    return DisputeFile.objects.create(dispute=dispute_with(number), name=stored)


def dispute_with(number: int) -> Dispute:
    """A dispute, and all that answers about it tell.

    Raises:
        PaystackRefusalError: there is none.
    """
    rows = Dispute.objects.select_related("transaction__customer", "transaction__authorization")
    dispute = rows.filter(pk=number).first()
    if dispute is None:
        raise refusals.dispute_not_found()
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


def resolved_body(dispute: Dispute) -> dict[str, Any]:
    """One dispute, as answering it answers: numbers where other answers have objects, and the message by itself."""
    card, moment = dispute.transaction.authorization, iso_milliseconds(dispute.updated_at)
    return {
        "currency": dispute.transaction.currency,
        "last4": card.last4 if card else "",
        "bin": card.bin if card else "",
        "transaction_reference": None,
        "merchant_transaction_reference": dispute.transaction.reference,
        "refund_amount": dispute.refund_amount,
        "status": dispute.status,
        "domain": bodies.DOMAIN,
        "resolution": dispute.resolution,
        "category": "chargeback",
        "note": None,
        "attachments": dispute.attachment,
        "id": dispute.id,
        "integration": bodies.INTEGRATION,
        "transaction": dispute.transaction.id,
        "created_by": OPERATOR_ID,
        "evidence": dispute.id if dispute.evidence else 0,
        "resolvedAt": iso_milliseconds(dispute.resolved_at),
        "createdAt": iso_milliseconds(dispute.created_at),
        "updatedAt": moment,
        "dueAt": None,
        "message": {
            "dispute": dispute.id,
            "sender": OPERATOR,
            "body": dispute.message,
            "id": dispute.id,
            "createdAt": moment,
            "updatedAt": moment,
        },
    }


def evidence_body(dispute: Dispute) -> dict[str, Any]:
    """The merchant's facts, as telling them answers. A dispute has one set of them, under the dispute's own number."""
    told = {"delivery_address": "", "delivery_date": "", **(dispute.evidence or {})}
    moment = iso_milliseconds(dispute.updated_at)
    return {**told, "dispute": dispute.id, "id": dispute.id, "createdAt": moment, "updatedAt": moment}


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
