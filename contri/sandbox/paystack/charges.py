"""Money coming in: a payment is announced, made on the checkout page or with a saved card, and settled."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from contri.sandbox import alarm
from contri.sandbox.environment import current
from contri.sandbox.faults import CHARGE_KINDS, claim_fault
from contri.sandbox.models import Authorization, Customer, Transaction
from contri.sandbox.paystack import bodies, cards, refusals
from contri.sandbox.paystack.events import announce
from contri.sandbox.paystack.rules import charge_fee

PAID = ("success", "reversed", "reversal-pending")
NOT_COMPLETED = "The transaction was not completed"


@dataclass(frozen=True, slots=True)
class ChargeRequest:
    """What a merchant asks for, checked by the door. `amount` in kobo."""

    email: str
    amount: int
    currency: str
    reference: str
    metadata: Any
    callback_url: str = ""
    ip_address: str = "127.0.0.1"
    first_name: str = ""
    last_name: str = ""
    phone: str = ""


@transaction.atomic
def initialize_transaction(*, wish: ChargeRequest, at: datetime) -> Transaction:
    """Announce a payment: it can be made on the hosted page and stays `abandoned` until it is.

    Raises:
        PaystackRefusalError: the reference was used before.
    """
    if Transaction.objects.filter(reference=wish.reference).exists():
        raise refusals.duplicate_transaction()
    return _new_transaction(wish, at, entry_point="transaction_initialize")


@transaction.atomic
def pay_on_checkout(*, access_code: str, card_number: str, outcome: str, at: datetime) -> Transaction:
    """Somebody pressed a button on the hosted page: `success`, `declined` or `abandoned`.

    A payment that was made stays made; one that was declined can be tried again. The card may decline by itself.
    """
    charge = Transaction.objects.get(access_code=access_code)
    if charge.status in PAID or charge.status == "processing":
        return charge
    if outcome == "abandoned":
        return _close(charge, "abandoned", NOT_COMPLETED)
    behaviour = cards.behaviour_of(card_number)
    if behaviour is None:
        return _close(charge, "failed", "Invalid card number")
    # Also of a card that declines: verify shows an authorization then too, which must not be kept or charged.
    charge.authorization = cards.remember_card(charge.customer, card_number)
    if behaviour.checkout != cards.SUCCESS:
        return _close(charge, "failed", behaviour.checkout)
    return _close(charge, "failed", "Declined") if outcome == "declined" else _settle(charge, at)


@transaction.atomic
def answer_challenge(*, access_code: str, outcome: str, at: datetime) -> Transaction:
    """The owner of a saved card said yes (`success`) or no to a charge that their bank asked them about."""
    charge = Transaction.objects.get(access_code=access_code)
    if charge.status != "ongoing":
        return charge
    if outcome != "success":
        return _close(charge, "failed", "Declined")
    return _settle(charge, at)


@transaction.atomic
def charge_saved_card(*, authorization_code: str, wish: ChargeRequest, at: datetime) -> Transaction:
    """Charge a card by its authorization; how it ends is the card's own nature (cards.py).

    Raises:
        PaystackRefusalError: the reference was used before, or the card is unknown, not reusable or another person's.
    """
    if Transaction.objects.filter(reference=wish.reference).exists():
        raise refusals.duplicate_charge()
    card = Authorization.objects.filter(authorization_code=authorization_code, reusable=True).first()
    if card is None or card.customer.email != wish.email or not _has_paid(card):
        raise refusals.authorization_mismatch()
    charge = _new_transaction(wish, at, entry_point="charge_authorization")
    charge.authorization = card
    return _attempt_later_charge(charge, card.later_charge, at)


@transaction.atomic
def settle_due_charges(*, due_by: datetime, at: datetime) -> int:
    """Let the charges that take their time and were due by then end well; returns how many did."""
    due = list(Transaction.objects.filter(moves_at__lte=due_by))
    for charge in due:
        _settle(charge, at)
    return len(due)


def next_due_charge() -> datetime | None:
    """When the next of them ends."""
    waiting = Transaction.objects.filter(moves_at__isnull=False).order_by("moves_at")
    return waiting.values_list("moves_at", flat=True).first()


def needs_its_owner(charge: Transaction) -> bool:
    """Whether a charge of a saved card waits for its owner to agree on the hosted page."""
    return charge.status == "ongoing" and charge.entry_point == "charge_authorization"


def new_reference() -> str:
    """A reference for a merchant who gave none."""
    return f"T{secrets.randbelow(10**15):015d}"


def _new_transaction(wish: ChargeRequest, at: datetime, *, entry_point: str) -> Transaction:
    customer, _ = Customer.objects.get_or_create(
        email=wish.email,
        defaults={
            "first_name": wish.first_name,
            "last_name": wish.last_name,
            "phone": wish.phone,
            "customer_code": f"CUS_{secrets.token_hex(8)}",
        },
    )
    return Transaction.objects.create(
        customer=customer,
        reference=wish.reference,
        access_code=secrets.token_hex(8),
        amount=wish.amount,
        requested_amount=wish.amount,
        currency=wish.currency,
        metadata=wish.metadata,
        callback_url=wish.callback_url,
        ip_address=wish.ip_address,
        entry_point=entry_point,
        created_at=at,
    )


def _has_paid(card: Authorization) -> bool:
    return Transaction.objects.filter(authorization=card, status__in=PAID).exists()


def _attempt_later_charge(charge: Transaction, nature: str, at: datetime) -> Transaction:
    if nature == cards.SUCCESS:
        return _settle(charge, at)
    if nature == cards.CHALLENGE:
        charge.status = "ongoing"
    elif nature == cards.PROCESSING:
        charge.status = "processing"
        charge.moves_at = at + timedelta(seconds=current().settle_seconds)
        transaction.on_commit(alarm.wake)
    else:
        return _close(charge, "failed", nature)
    charge.gateway_response = ""
    charge.save()
    return charge


def _settle(charge: Transaction, at: datetime) -> Transaction:
    """The money is there: say so once, by webhook."""
    fault = claim_fault("paystack.charge", CHARGE_KINDS, at=at, amount=charge.amount, reference=charge.reference)
    if fault is not None:
        charge.amount = fault.amount or charge.amount // 2
        charge.requested_amount = fault.requested_amount or charge.amount
    charge.status = "success"
    charge.gateway_response = "Successful" if charge.entry_point == "transaction_initialize" else "Approved"
    charge.message = ""
    charge.fees = charge_fee(charge.amount)
    charge.attempts += 1
    charge.paid_at = at
    charge.moves_at = None
    charge.save()
    announce(
        "charge.success",
        bodies.webhook_body(charge),
        at=at,
        amount=charge.requested_amount,
        reference=charge.reference,
    )
    return charge


def _close(charge: Transaction, status: str, reason: str) -> Transaction:
    """No money came. Paystack sends no webhook for that: the merchant must ask."""
    charge.status = status
    charge.gateway_response = reason
    charge.message = reason if status == "failed" else ""
    charge.attempts += 1 if status == "failed" else 0
    charge.save()
    return charge
