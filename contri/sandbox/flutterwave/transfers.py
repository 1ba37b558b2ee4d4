"""Money going out. Flutterwave finds a transfer by its own id, or in a list of many."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any

from django.db import transaction

from contri.sandbox import alarm
from contri.sandbox.clock import iso_milliseconds
from contri.sandbox.environment import current
from contri.sandbox.flutterwave import refusals
from contri.sandbox.flutterwave.doors import naira
from contri.sandbox.flutterwave.events import announce
from contri.sandbox.models import FlutterwaveTransfer
from contri.sandbox.paystack.banks import bank_with_code, resolve_account
from contri.sandbox.paystack.rules import transfer_fee
from contri.sandbox.paystack.transfers import ImpossibleMoveError

FINAL = ("SUCCESSFUL", "FAILED")
# Account numbers, at any bank, that end otherwise than well.
MAGIC_ACCOUNTS = MappingProxyType({"0000000101": ("PENDING", "FAILED"), "0000000103": ("PENDING",)})
USUAL_WAY = ("PENDING", "SUCCESSFUL")
# Value added tax on the fee is why fees come out at parts of a kobo.
WITH_TAX = 1.075


@transaction.atomic
def create_transfer(
    *, reference: str, bank_code: str, account_number: str, amount: int, narration: str, at: datetime
) -> FlutterwaveTransfer:
    """Queue a transfer of `amount` kobo; the outcome comes later.

    Raises:
        FlutterwaveRefusalError: the reference was used before.
        PaystackRefusalError: no such bank or account.
    """
    if FlutterwaveTransfer.objects.filter(reference=reference).exists():
        raise refusals.duplicate_transfer()
    transfer = FlutterwaveTransfer.objects.create(
        reference=reference,
        bank_code=bank_code,
        account_number=account_number,
        full_name=resolve_account(account_number, bank_code),
        amount=amount,
        narration=narration,
        created_at=at,
    )
    return _become(transfer, "NEW", at, ahead=MAGIC_ACCOUNTS.get(account_number, USUAL_WAY))


@transaction.atomic
def set_transfer_status(*, reference: str, status: str, at: datetime) -> FlutterwaveTransfer:
    """Decide a transfer's fate by hand; whatever was still ahead of it is forgotten.

    Raises:
        FlutterwaveTransfer.DoesNotExist: no transfer has this reference.
        ImpossibleMoveError: it has an end already, or the status is none.
    """
    transfer = FlutterwaveTransfer.objects.get(reference=reference)
    if transfer.status in FINAL or status.upper() not in FINAL:
        raise ImpossibleMoveError(f"a transfer in {transfer.status} cannot become {status}")
    return _become(transfer, status.upper(), at)


@transaction.atomic
def move_due_transfers(*, due_by: datetime, at: datetime) -> int:
    """Give every transfer that was due by then its next status; returns how many moved."""
    due = list(FlutterwaveTransfer.objects.filter(moves_at__lte=due_by).order_by("moves_at"))
    for transfer in due:
        status, *ahead = transfer.ahead
        _become(transfer, status, at, ahead=ahead)
    return len(due)


def next_due_transfer() -> datetime | None:
    """When the next transfer moves."""
    waiting = FlutterwaveTransfer.objects.filter(moves_at__isnull=False).order_by("moves_at")
    return waiting.values_list("moves_at", flat=True).first()


def transfer_body(transfer: FlutterwaveTransfer) -> dict[str, Any]:
    """A transfer as it is answered and told of."""
    return {
        "id": transfer.id,
        "account_number": transfer.account_number,
        "bank_code": transfer.bank_code,
        "full_name": transfer.full_name,
        "created_at": iso_milliseconds(transfer.created_at),
        "currency": "NGN",
        "debit_currency": "NGN",
        "amount": naira(transfer.amount),
        "fee": round(transfer_fee(transfer.amount) * WITH_TAX / 100, 3),
        "status": transfer.status,
        "reference": transfer.reference,
        "meta": None,
        "narration": transfer.narration,
        "complete_message": transfer.complete_message,
        "requires_approval": 0,
        "is_approved": 1,
        "bank_name": bank_with_code(transfer.bank_code).name,
    }


def _become(
    transfer: FlutterwaveTransfer, status: str, at: datetime, *, ahead: Sequence[str] = ()
) -> FlutterwaveTransfer:
    transfer.status = status
    transfer.complete_message = "DISBURSE FAILED" if status == "FAILED" else ""
    transfer.ahead = list(ahead)
    transfer.moves_at = at + timedelta(seconds=current().settle_seconds) if ahead else None
    transfer.save()
    transaction.on_commit(alarm.wake)
    if status in FINAL:
        announce(
            "transfer.completed",
            "Transfer",
            transfer_body(transfer),
            at=at,
            amount=transfer.amount,
            reference=transfer.reference,
        )
    return transfer
