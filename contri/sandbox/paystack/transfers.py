"""Money going out: recipients, transfers, and the statuses that a transfer goes through."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any

from django.db import transaction

from contri.sandbox import alarm
from contri.sandbox.environment import current
from contri.sandbox.models import Recipient, Transfer
from contri.sandbox.paystack import refusals, transfer_bodies
from contri.sandbox.paystack.balance import merchant_balance
from contri.sandbox.paystack.banks import resolve_account
from contri.sandbox.paystack.events import announce
from contri.sandbox.paystack.rules import transfer_fee

SANDBOX_OTP = "123456"

# What a status may become. Success is not quite the end: the bank can send the money back days later.
MOVES = MappingProxyType(
    {
        "pending": ("otp", "received", "success", "failed", "abandoned", "blocked", "rejected"),
        "otp": ("pending", "success", "failed", "abandoned"),
        "received": ("pending", "success", "failed", "blocked", "rejected"),
        "success": ("reversed",),
    }
)
ANNOUNCED = ("success", "failed", "reversed")


class ImpossibleMoveError(Exception):
    """A transfer in a final status cannot get the one that was asked for."""


@dataclass(frozen=True, slots=True)
class Ending:
    """How a transfer starts, and what it becomes as time passes."""

    at_once: str
    ahead: tuple[str, ...] = ()


USUAL_ENDING = Ending("pending", ("success",))

# Account numbers, at any bank, that end otherwise.
MAGIC_ACCOUNTS = MappingProxyType(
    {
        "0000000101": Ending("pending", ("failed",)),
        "0000000102": Ending("pending", ("success", "reversed")),
        "0000000103": Ending("pending"),
        "0000000104": Ending("otp"),
        "0000000105": Ending("success"),
    }
)


@transaction.atomic
def create_recipient(*, name: str, account_number: str, bank_code: str, metadata: Any, at: datetime) -> Recipient:
    """Somebody to send money to; an account that is known already gives the old record back.

    Raises:
        PaystackRefusalError: no such bank or account.
    """
    account_name = resolve_account(account_number, bank_code)
    recipient, _ = Recipient.objects.get_or_create(
        account_number=account_number,
        bank_code=bank_code,
        defaults={
            "recipient_code": f"RCP_{secrets.token_hex(8)}",
            "name": name,
            "account_name": account_name,
            "metadata": metadata,
            "created_at": at,
        },
    )
    return recipient


@transaction.atomic
def create_transfer(*, recipient_code: str, reference: str, amount: int, reason: str, at: datetime) -> Transfer:
    """Send `amount` kobo, which with its fee leaves the merchant's balance now; the outcome comes later.

    Raises:
        PaystackRefusalError: the reference was used before, the recipient is unknown, or the balance too low.
    """
    if Transfer.objects.filter(reference=reference).exists():
        raise refusals.duplicate_transfer()
    recipient = Recipient.objects.filter(recipient_code=recipient_code).first()
    if recipient is None:
        raise refusals.invalid_recipient()
    fee = transfer_fee(amount)
    if merchant_balance() < amount + fee:
        raise refusals.insufficient_balance()
    ending = MAGIC_ACCOUNTS.get(recipient.account_number, USUAL_ENDING)
    transfer = Transfer.objects.create(
        recipient=recipient,
        reference=reference,
        transfer_code=f"TRF_{secrets.token_hex(8)}",
        amount=amount,
        fee_charged=fee,
        reason=reason,
        created_at=at,
        updated_at=at,
        **_timetable(ending.ahead, at),
    )
    return transfer if ending.at_once == "pending" else _become(transfer, ending.at_once, at)


@transaction.atomic
def finalize_transfer(*, transfer_code: str, otp: str, at: datetime) -> Transfer:
    """Give the one-time password that a transfer in `otp` waits for; it then goes its usual way.

    Raises:
        PaystackRefusalError: no such transfer, not waiting, or another password than the sandbox's 123456.
    """
    transfer = Transfer.objects.filter(transfer_code=transfer_code).first()
    if transfer is None:
        raise refusals.transfer_not_found()
    if transfer.status != "otp":
        raise refusals.invalid("Transfer is not awaiting OTP")
    if otp != SANDBOX_OTP:
        raise refusals.invalid("OTP is invalid")
    return _become(transfer, "pending", at, ahead=USUAL_ENDING.ahead)


@transaction.atomic
def set_transfer_status(*, reference: str, status: str, at: datetime) -> Transfer:
    """Decide a transfer's fate by hand; whatever was still ahead of it is forgotten.

    Raises:
        Transfer.DoesNotExist: no transfer has this reference.
        ImpossibleMoveError: it has an end already, or the status is none.
    """
    transfer = Transfer.objects.get(reference=reference)
    if status not in MOVES.get(transfer.status, ()):
        raise ImpossibleMoveError(f"a transfer in {transfer.status} cannot become {status}")
    return _become(transfer, status, at)


@transaction.atomic
def move_due_transfers(*, due_by: datetime, at: datetime) -> int:
    """Give every transfer that was due by then its next status; returns how many moved."""
    due = list(Transfer.objects.filter(moves_at__lte=due_by).order_by("moves_at"))
    for transfer in due:
        status, *ahead = transfer.ahead
        _become(transfer, status, at, ahead=ahead)
    return len(due)


def next_due_transfer() -> datetime | None:
    """When the next transfer moves."""
    waiting = Transfer.objects.filter(moves_at__isnull=False).order_by("moves_at")
    return waiting.values_list("moves_at", flat=True).first()


def _become(transfer: Transfer, status: str, at: datetime, *, ahead: Sequence[str] = ()) -> Transfer:
    transfer.status = status
    transfer.updated_at = at
    if status == "failed":
        # Nothing was sent, so nothing is charged.
        transfer.fee_charged = 0
    if status == "success":
        transfer.session_id = f"110006{at:%y%m%d%H%M%S}{secrets.randbelow(10**12):012d}"
    for name, value in _timetable(ahead, at).items():
        setattr(transfer, name, value)
    transfer.save()
    if status in ANNOUNCED:
        data = transfer_bodies.webhook_body(transfer)
        announce(f"transfer.{status}", data, at=at, amount=transfer.amount, reference=transfer.reference)
    return transfer


def _timetable(ahead: Sequence[str], at: datetime) -> dict[str, Any]:
    if not ahead:
        return {"ahead": [], "moves_at": None}
    transaction.on_commit(alarm.wake)
    return {"ahead": list(ahead), "moves_at": at + timedelta(seconds=current().settle_seconds)}
