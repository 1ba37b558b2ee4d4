"""Money coming in: announced, then paid on the hosted page or with a card's token."""

import secrets
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Sum

from contri.sandbox.clock import iso_milliseconds
from contri.sandbox.faults import CHARGE_KINDS, claim_fault
from contri.sandbox.flutterwave import refusals
from contri.sandbox.flutterwave.doors import naira
from contri.sandbox.flutterwave.events import announce
from contri.sandbox.flutterwave.refusals import FlutterwaveRefusalError
from contri.sandbox.models import FlutterwavePayment, FlutterwaveTransfer
from contri.sandbox.paystack import cards
from contri.sandbox.paystack.rules import OPENING_BALANCE

PAID = "successful"
ACCOUNT_ID = 17321


@transaction.atomic
def announce_payment(
    *, tx_ref: str, email: str, amount: int, currency: str, redirect_url: str, at: datetime
) -> FlutterwavePayment:
    """A payment that can be made on the hosted page.

    Raises:
        FlutterwaveRefusalError: the reference was used before.
    """
    if FlutterwavePayment.objects.filter(tx_ref=tx_ref).exists():
        raise FlutterwaveRefusalError("Duplicate tx_ref")
    return FlutterwavePayment.objects.create(
        tx_ref=tx_ref,
        code=secrets.token_hex(10),
        email=email,
        amount=amount,
        currency=currency,
        redirect_url=redirect_url,
        created_at=at,
    )


@transaction.atomic
def pay(*, code: str, card_number: str, outcome: str, at: datetime) -> FlutterwavePayment:
    """Somebody pressed a button on the hosted page: `success`, `declined` or `abandoned`. Paid stays paid."""
    payment = FlutterwavePayment.objects.get(code=code)
    if payment.status == PAID or outcome == "abandoned":
        return payment
    behaviour = cards.behaviour_of(card_number)
    if behaviour is None or behaviour.checkout != cards.SUCCESS or outcome == "declined":
        reason = behaviour.checkout if behaviour and behaviour.checkout != cards.SUCCESS else "Declined"
        return _end(payment, "failed", reason, at)
    digits = card_number.replace(" ", "")
    payment.card_number_ends, payment.brand = digits[:6] + digits[-4:], cards.brand_of(digits)
    payment.token = f"flw-t1nf-{secrets.token_hex(12)}-m03k" if behaviour.reusable else ""
    return _end(payment, PAID, "Approved by Financial Institution", at)


@transaction.atomic
def charge_token(
    *, token: str, tx_ref: str, email: str, amount: int, currency: str, at: datetime
) -> FlutterwavePayment:
    """Charge a card that has paid before.

    Raises:
        FlutterwaveRefusalError: the reference was used before, or the token is not this payer's.
    """
    first = FlutterwavePayment.objects.filter(token=token, email=email, status=PAID).first() if token else None
    if first is None:
        raise FlutterwaveRefusalError("Wrong token or email passed")
    payment = announce_payment(tx_ref=tx_ref, email=email, amount=amount, currency=currency, redirect_url="", at=at)
    payment.card_number_ends, payment.brand, payment.token = first.card_number_ends, first.brand, token
    return _end(payment, PAID, "Approved", at)


def payment_with(tx_ref: str) -> FlutterwavePayment:
    """The payment that somebody has tried under this reference.

    Raises:
        FlutterwaveRefusalError: there is none (404).
    """
    payment = FlutterwavePayment.objects.filter(tx_ref=tx_ref).exclude(status="").first()
    if payment is None:
        raise refusals.no_transaction()
    return payment


def balance() -> int:
    """Kobo that the merchant can send out: it starts with what is in its opening balance."""
    came_in = sum(payment.amount - _fee(payment) for payment in FlutterwavePayment.objects.filter(status=PAID))
    sent = FlutterwaveTransfer.objects.exclude(status="FAILED").aggregate(kobo=Sum("amount"))["kobo"] or 0
    kobo: int = OPENING_BALANCE + came_in - sent
    return kobo


def payment_body(payment: FlutterwavePayment, *, with_token: bool = True) -> dict[str, Any]:
    """A payment as verifying it answers; its webhook shows no token."""
    return {
        "id": payment.id,
        "tx_ref": payment.tx_ref,
        "flw_ref": f"CONTRI/FLW{payment.id}",
        "device_fingerprint": "N/A",
        "amount": naira(payment.amount),
        "currency": payment.currency,
        "charged_amount": naira(payment.amount),
        "app_fee": naira(_fee(payment)),
        "merchant_fee": 0,
        "processor_response": payment.processor_response,
        "auth_model": "PIN",
        "ip": "127.0.0.1",
        "narration": "CARD Transaction ",
        "status": payment.status,
        "payment_type": "card",
        "created_at": iso_milliseconds(payment.created_at),
        "account_id": ACCOUNT_ID,
        "customer": {
            "id": payment.id,
            "name": payment.email,
            "phone_number": None,
            "email": payment.email,
            "created_at": iso_milliseconds(payment.created_at),
        },
        **({"card": _card(payment, with_token=with_token)} if payment.card_number_ends else {}),
        "amount_settled": naira(payment.amount - _fee(payment)),
        "meta": None,
    }


def _card(payment: FlutterwavePayment, *, with_token: bool) -> dict[str, Any]:
    return {
        "first_6digits": payment.card_number_ends[:6],
        "last_4digits": payment.card_number_ends[6:],
        "issuer": "TEST BANK",
        "country": "NG",
        "type": payment.brand.upper(),
        "expiry": "12/30",
        **({"token": payment.token} if with_token and payment.token else {}),
    }


def _fee(payment: FlutterwavePayment) -> int:
    # 1.4 % of what was paid.
    return payment.amount * 14 // 1000 if payment.status == PAID else 0


def _end(payment: FlutterwavePayment, status: str, response: str, at: datetime) -> FlutterwavePayment:
    payment.status, payment.processor_response = status, response
    if status == PAID:
        _let_a_fault_strike(payment, at)
    payment.save()
    announce(
        "charge.completed",
        "CARD_TRANSACTION",
        payment_body(payment, with_token=False),
        at=at,
        amount=payment.amount,
        reference=payment.tx_ref,
    )
    return payment


def _let_a_fault_strike(payment: FlutterwavePayment, at: datetime) -> None:
    fault = claim_fault("flutterwave.charge", CHARGE_KINDS, at=at, amount=payment.amount, reference=payment.tx_ref)
    if fault is not None:
        payment.amount = fault.amount or payment.amount // 2
