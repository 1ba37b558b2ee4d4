"""What the pretend bank keeps of money that moves, and how Paystack tells of it."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from contri.core.moments import rfc3339

Body = dict[str, Any]

CARD_FEE_KOBO = 100_00


@dataclass
class Charge:
    """Money on its way in."""

    number: int
    reference: str
    email: str
    amount: int
    at: datetime
    status: str = "abandoned"
    paid: int = 0


@dataclass
class Transfer:
    """Money on its way out. `fate` is what its status becomes, and when."""

    number: int
    reference: str
    amount: int
    at: datetime
    status: str = "pending"
    fate: list[tuple[datetime, str]] = field(default_factory=list)


@dataclass
class Refund:
    """Money on its way back to the card that it came from. `note` is how the merchant knows it again."""

    number: int
    charge: str
    amount: int
    note: str
    status: str = "pending"
    fate: list[tuple[datetime, str]] = field(default_factory=list)


@dataclass
class Dispute:
    """Money that a payer wants back by way of their card's bank. `fate` is how it is resolved, and when."""

    number: int
    charge: Charge
    amount: int
    at: datetime
    due_at: datetime
    status: str = "awaiting-merchant-feedback"
    resolution: str = ""
    fate: list[tuple[datetime, str]] = field(default_factory=list)

    @property
    def is_lost(self) -> bool:
        """Whether the money went back."""
        return self.resolution in ("merchant-accepted", "auto-accepted")


def charge_body(charge: Charge) -> Body:
    """How a charge stands."""
    is_paid = charge.status in ("success", "reversed")
    amount = charge.paid if is_paid else charge.amount
    return {
        "id": charge.number,
        "domain": "test",
        "status": charge.status,
        "reference": charge.reference,
        "amount": amount,
        "requested_amount": charge.amount,
        "currency": "NGN",
        "fees": CARD_FEE_KOBO if is_paid else None,
        "authorization": _card_of(charge) if is_paid else {},
        "customer": {"email": charge.email},
    }


def _card_of(charge: Charge) -> Body:
    """Everybody pays by one card, which may be kept."""
    return {
        "authorization_code": f"AUTH_{charge.email}",
        "signature": f"SIG_{charge.email}",
        "channel": "card",
        "reusable": True,
        "last4": "4081",
        "card_type": "visa",
        "exp_month": "12",
        "exp_year": "2099",
    }


def transfer_body(transfer: Transfer) -> Body:
    """How a transfer stands."""
    return {
        "id": transfer.number,
        "domain": "test",
        "transfer_code": f"TRF_{transfer.number}",
        "status": transfer.status,
        "reference": transfer.reference,
        "amount": transfer.amount,
        "currency": "NGN",
        "fee_charged": 0,
    }


def refund_body(refund: Refund) -> Body:
    """How a refund is listed, and what its webhooks say."""
    return {
        "id": refund.number,
        "status": refund.status,
        "transaction_reference": refund.charge,
        "amount": refund.amount,
        "currency": "NGN",
        "merchant_note": refund.note,
    }


def dispute_body(dispute: Dispute) -> Body:
    """How a dispute stands."""
    charge = dispute.charge
    return {
        "id": dispute.number,
        "domain": "test",
        "status": dispute.status,
        "resolution": dispute.resolution or None,
        "refund_amount": dispute.amount,
        "currency": "NGN",
        "transaction": {"id": charge.number, "reference": charge.reference, "amount": charge.paid},
        "dueAt": rfc3339(dispute.due_at),
    }
