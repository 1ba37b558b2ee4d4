"""How Paystack writes down money that comes in: transactions, cards, customers, each place a bit differently.

The differences are real (they are in the official samples) and are traps for whoever reads them, so they are kept.
"""

import json
from typing import Any

from contri.sandbox.clock import iso_milliseconds
from contri.sandbox.models import Authorization, Customer, Transaction

DOMAIN = "test"
INTEGRATION = 500001

# Lists show a payment that nobody made with a card of nulls; verify shows it with an empty object.
NO_CARD = {
    "authorization_code": None,
    "bin": None,
    "last4": None,
    "exp_month": None,
    "exp_year": None,
    "channel": None,
    "card_type": None,
    "bank": None,
    "country_code": None,
    "brand": None,
    "reusable": False,
    "signature": None,
    "account_name": None,
}


def customer_body(customer: Customer) -> dict[str, Any]:
    """A payer."""
    return {
        "id": customer.pk,
        "first_name": customer.first_name or None,
        "last_name": customer.last_name or None,
        "email": customer.email,
        "customer_code": customer.customer_code,
        "phone": customer.phone or None,
        "metadata": None,
        "risk_action": "default",
        "international_format_phone": customer.phone or None,
    }


def authorization_body(card: Authorization) -> dict[str, Any]:
    """A card. The blank after `card_type` is Paystack's."""
    return {
        "authorization_code": card.authorization_code,
        "bin": card.bin,
        "last4": card.last4,
        "exp_month": "12",
        "exp_year": "2030",
        "channel": "card",
        "card_type": f"{card.brand} ",
        "bank": "TEST BANK",
        "country_code": "NG",
        "brand": card.brand,
        "reusable": card.reusable,
        "signature": card.signature,
        "account_name": None,
    }


def verify_body(charge: Transaction) -> dict[str, Any]:
    """`GET /transaction/verify/{reference}`."""
    return {
        **_common(charge),
        "receipt_number": None,
        # No metadata: an empty text here, 0 in the webhook.
        "metadata": "" if charge.metadata is None else _parsed(charge.metadata),
        "plan": None,
        "split": {},
        "source": None,
        "connect": None,
        "createdAt": iso_milliseconds(charge.created_at),
        "transaction_date": iso_milliseconds(charge.created_at),
        "plan_object": {},
    }


def list_body(charge: Transaction) -> dict[str, Any]:
    """One of `GET /transaction`."""
    card = charge.authorization
    return {
        **_common(charge),
        "metadata": _parsed(charge.metadata) if charge.metadata else None,
        "authorization": authorization_body(card) if card else NO_CARD,
        "plan": {},
        "split": {},
        "source": _source(charge),
        "connect": None,
        "paidAt": iso_milliseconds(charge.paid_at) or "",
        "createdAt": iso_milliseconds(charge.created_at),
    }


def webhook_body(charge: Transaction) -> dict[str, Any]:
    """The `data` of `charge.success`."""
    return {
        **_common(charge),
        "receipt_number": None,
        "metadata": 0 if charge.metadata is None else _parsed(charge.metadata),
        "plan": {},
        "split": {},
        "source": _source(charge),
    }


def disputed_body(charge: Transaction) -> dict[str, Any]:
    """A payment inside a dispute about it: without its card, and with little of its payer."""
    metadata = _parsed(charge.metadata)
    return {
        **_common(charge),
        "metadata": {"custom_fields": [], **(metadata if isinstance(metadata, dict) else {})},
        "authorization": {"receiver_bank_account_number": None, "receiver_bank": None},
        "customer": {"international_format_phone": None},
        "plan": {},
        "split": {},
        "createdAt": iso_milliseconds(charge.created_at),
        "source": None,
        "connect": None,
    }


def disputing_body(customer: Customer) -> dict[str, Any]:
    """A payer inside a dispute of theirs: what is not known is an empty text there."""
    return {name: value or "" for name, value in customer_body(customer).items()}


def charge_attempt_body(charge: Transaction) -> dict[str, Any]:
    """`POST /transaction/charge_authorization`, when it was tried at once."""
    common = _common(charge)
    fields = ("id", "domain", "status", "reference", "amount", "message", "gateway_response", "channel", "currency")
    return {
        **{name: common[name] for name in (*fields, "ip_address", "log", "fees", "authorization", "customer")},
        # As it was sent: here the specification has metadata as text.
        "metadata": "" if charge.metadata is None else charge.metadata,
        "plan": None,
        "transaction_date": iso_milliseconds(charge.created_at),
    }


def _common(charge: Transaction) -> dict[str, Any]:
    card = charge.authorization
    return {
        "id": charge.id,
        "domain": DOMAIN,
        "status": charge.status,
        "reference": charge.reference,
        "amount": charge.amount,
        "message": charge.message or None,
        "gateway_response": charge.gateway_response,
        "paid_at": iso_milliseconds(charge.paid_at),
        "created_at": iso_milliseconds(charge.created_at),
        "channel": "card",
        "currency": charge.currency,
        "ip_address": charge.ip_address,
        "log": _log(charge),
        "fees": charge.fees,
        "fees_split": None,
        "authorization": authorization_body(card) if card else {},
        "customer": customer_body(charge.customer),
        "order_id": None,
        "paidAt": iso_milliseconds(charge.paid_at),
        "requested_amount": charge.requested_amount,
        "pos_transaction_data": None,
        "fees_breakdown": None,
        "subaccount": {},
    }


def _log(charge: Transaction) -> dict[str, Any] | None:
    if not charge.attempts:
        return None
    paid = charge.paid_at is not None
    attempt = {"type": "action", "message": "Attempted to pay with card", "time": 8}
    outcome = {"type": "success", "message": "Successfully paid with card", "time": 9}
    refusal = {"type": "error", "message": f"Error: {charge.gateway_response}", "time": 9}
    return {
        "start_time": int(charge.created_at.timestamp()),
        "time_spent": 9,
        "attempts": charge.attempts,
        "errors": 0 if paid else charge.attempts,
        "success": paid,
        "mobile": False,
        "input": [],
        "history": [attempt, outcome if paid else refusal],
    }


def _source(charge: Transaction) -> dict[str, Any]:
    return {"type": "api", "source": "merchant_api", "entry_point": charge.entry_point, "identifier": None}


def _parsed(metadata: Any) -> Any:
    """Metadata that came as the text of a JSON object is shown as the object."""
    if not isinstance(metadata, str):
        return metadata
    try:
        parsed = json.loads(metadata)
    except ValueError:
        return metadata
    return parsed if isinstance(parsed, dict) else metadata
