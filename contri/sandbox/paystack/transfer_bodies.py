"""How Paystack writes down money that goes out: recipients, transfers, refunds."""

from datetime import timedelta
from typing import Any

from contri.sandbox.clock import iso_milliseconds
from contri.sandbox.models import Recipient, Refund, Transaction, Transfer
from contri.sandbox.paystack.banks import bank_with_code
from contri.sandbox.paystack.bodies import DOMAIN, INTEGRATION

OPERATOR = "ops@example.com"
# Paystack numbers the request behind a transfer apart from the transfer.
REQUEST_NUMBERS_START = 1_068_000_000


def recipient_body(recipient: Recipient) -> dict[str, Any]:
    """Somebody to send money to. Paystack answers null for `email`, though its specification says text."""
    return {
        "active": True,
        "createdAt": iso_milliseconds(recipient.created_at),
        "currency": "NGN",
        "description": "",
        "domain": DOMAIN,
        "email": None,
        "id": recipient.id,
        "integration": INTEGRATION,
        "metadata": recipient.metadata,
        "name": recipient.name,
        "recipient_code": recipient.recipient_code,
        "type": "nuban",
        "updatedAt": iso_milliseconds(recipient.created_at),
        "is_deleted": False,
        "isDeleted": False,
        "details": {
            "authorization_code": None,
            "account_number": recipient.account_number,
            "account_name": recipient.account_name,
            "bank_code": recipient.bank_code,
            "bank_name": bank_with_code(recipient.bank_code).name,
        },
    }


def created_body(transfer: Transfer) -> dict[str, Any]:
    """`POST /transfer`: the recipient is only a number here."""
    return {
        **_common(transfer),
        "integration": INTEGRATION,
        "recipient": transfer.recipient.pk,
        "request": _request_number(transfer),
        "transfersessionid": [],
        "transfertrials": [],
    }


def fetched_body(transfer: Transfer) -> dict[str, Any]:
    """`GET /transfer/verify/{reference}`, `GET /transfer/{code}` and each of `GET /transfer`."""
    return {
        **_common(transfer),
        "integration": INTEGRATION,
        "request": _request_number(transfer),
        "recipient": recipient_body(transfer.recipient),
        "session": _session(transfer),
        "fee_charged": transfer.fee_charged,
        "fees_breakdown": None,
        "gateway_response": None,
    }


def webhook_body(transfer: Transfer) -> dict[str, Any]:
    """The `data` of `transfer.*`: here the integration is an object, everywhere else a number."""
    return {
        **_common(transfer),
        "integration": {"id": INTEGRATION, "is_live": False, "business_name": "Contri Sandbox", "logo_path": None},
        "recipient": recipient_body(transfer.recipient),
        "session": _session(transfer),
        "fee_charged": transfer.fee_charged,
        "gateway_response": None,
    }


def refund_created_body(refund: Refund) -> dict[str, Any]:
    """`POST /refund`: the transaction in full."""
    charge = refund.transaction
    return {
        **_refund_common(refund),
        "transaction": _refunded_transaction(charge),
        "channel": None,
        "expected_at": iso_milliseconds(refund.created_at + timedelta(days=10)),
        "fully_deducted": False,
        "updatedAt": iso_milliseconds(refund.updated_at),
    }


def refund_fetched_body(refund: Refund) -> dict[str, Any]:
    """`GET /refund/{id}` and each of `GET /refund`: the transaction is only a number here."""
    charge = refund.transaction
    customer = charge.customer
    return {
        **_refund_common(refund),
        "transaction": charge.id,
        "transaction_reference": charge.reference,
        "transaction_amount": charge.amount,
        "dispute": None,
        "settlement": None,
        "refunded_at": iso_milliseconds(refund.updated_at) if refund.status == "processed" else None,
        "fully_deducted": 0,
        "bank_reference": None,
        "reason": refund.merchant_note,
        "refund_type": "full" if refund.amount == charge.amount else "partial",
        "initiated_by": OPERATOR,
        "refund_channel": "card",
        "session_id": None,
        "collect_account_number": refund.status == "needs-attention",
        "customer": {
            "id": customer.pk,
            "first_name": customer.first_name,
            "last_name": customer.last_name,
            "email": customer.email,
            "customer_code": customer.customer_code,
            "phone": customer.phone,
            "metadata": "",
            "risk_action": "default",
            "international_format_phone": customer.phone,
        },
    }


def refund_webhook_body(refund: Refund) -> dict[str, Any]:
    """The `data` of `refund.*`: no id of the refund (but for `needs-attention`), and the amount as text."""
    customer = refund.transaction.customer
    body: dict[str, Any] = {
        "status": refund.status,
        "transaction_reference": refund.transaction.reference,
        "refund_reference": refund.refund_reference if refund.status == "processed" else None,
        "amount": str(refund.amount),
        "currency": refund.currency,
        "processor": "instant-transfer",
        "customer": {
            "first_name": customer.first_name or None,
            "last_name": customer.last_name or None,
            "email": customer.email,
        },
        "integration": INTEGRATION,
        "domain": DOMAIN,
    }
    if refund.status == "needs-attention":
        notes = {"customer_note": refund.customer_note, "merchant_note": refund.merchant_note}
        body |= {"id": str(refund.id), "amount": refund.amount, "refund_reference": refund.refund_reference, **notes}
        del body["processor"]
    return body


def _common(transfer: Transfer) -> dict[str, Any]:
    return {
        "amount": transfer.amount,
        "createdAt": iso_milliseconds(transfer.created_at),
        "currency": transfer.currency,
        "domain": DOMAIN,
        "failures": None,
        "id": transfer.id,
        "reason": transfer.reason,
        "reference": transfer.reference,
        "source": "balance",
        "source_details": None,
        "status": transfer.status,
        "titan_code": None,
        "transfer_code": transfer.transfer_code,
        # Official samples leave it null even on success: nobody may rely on it.
        "transferred_at": None,
        "updatedAt": iso_milliseconds(transfer.updated_at),
    }


def _request_number(transfer: Transfer) -> int:
    number: int = REQUEST_NUMBERS_START + transfer.id % 1_000_000
    return number


def _session(transfer: Transfer) -> dict[str, str | None]:
    return {"provider": "nip" if transfer.session_id else None, "id": transfer.session_id or None}


def _refund_common(refund: Refund) -> dict[str, Any]:
    return {
        "id": refund.id,
        "integration": INTEGRATION,
        "domain": DOMAIN,
        "currency": refund.currency,
        "amount": refund.amount,
        "status": refund.status,
        "deducted_amount": 0,
        "customer_note": refund.customer_note,
        "merchant_note": refund.merchant_note,
        "refunded_by": OPERATOR,
        "createdAt": iso_milliseconds(refund.created_at),
    }


def _refunded_transaction(charge: Transaction) -> dict[str, Any]:
    return {
        "id": charge.id,
        "domain": DOMAIN,
        "reference": charge.reference,
        "amount": charge.amount,
        "paid_at": iso_milliseconds(charge.paid_at),
        "channel": "card",
        "currency": charge.currency,
        "authorization": {"exp_month": None, "exp_year": None, "account_name": None},
        "customer": {"international_format_phone": None},
        "plan": {},
        "subaccount": {"currency": None},
        "split": {},
        "order_id": None,
        "paidAt": iso_milliseconds(charge.paid_at),
        "pos_transaction_data": None,
        "source": None,
        "fees_breakdown": None,
    }
