"""Faults on demand: who asked for which, and which of them strikes now.

An operation is named like `paystack.transfer.create` or `paystack.webhook.charge.success`; a fault's `operation` may be
a pattern (`paystack.*`). Some exact amounts carry a fault by themselves, once for each operation and reference.
"""

from collections.abc import Collection
from datetime import datetime
from fnmatch import fnmatchcase
from types import MappingProxyType

from django.db import transaction

from contri.sandbox.models import Fault

# What can happen to a call. The "after" kinds do the work first: the caller cannot know.
CALL_KINDS = (
    "timeout_before",
    "timeout_after",
    "error_500",
    "error_500_after",
    "html_502",
    "html_502_after",
    "reset",
    "reset_after",
    "rate_limited",
    "slow",
)
CHARGE_KINDS = ("other_amount",)
WEBHOOK_KINDS = ("duplicate_webhook", "lost_webhook", "out_of_order")
KINDS = CALL_KINDS + CHARGE_KINDS + WEBHOOK_KINDS

# ₦666.01 to ₦666.10, in kobo.
MAGIC_AMOUNTS = MappingProxyType(
    {
        66601: "timeout_before",
        66602: "timeout_after",
        66603: "error_500",
        66604: "html_502",
        66605: "reset",
        66606: "slow",
        66607: "other_amount",
        66608: "duplicate_webhook",
        66609: "lost_webhook",
        66610: "out_of_order",
    }
)


class UnknownFaultError(ValueError):
    """No fault of this kind exists."""


def ask_for_fault(
    *,
    operation: str,
    kind: str,
    at: datetime,
    times: int = 1,
    delay_ms: int | None = None,
    amount: int | None = None,
    requested_amount: int | None = None,
    reference: str = "",
) -> Fault:
    """Let `operation` (a name or a pattern) go wrong the next `times` times. Amounts in kobo, for `other_amount`.

    Raises:
        UnknownFaultError: there is no such kind, or nothing would ever happen.
    """
    if kind not in KINDS:
        raise UnknownFaultError(f"kind must be one of {', '.join(KINDS)}")
    if not operation or times < 1:
        raise UnknownFaultError("operation must be named and times be at least 1")
    return Fault.objects.create(
        operation=operation,
        kind=kind,
        reference=reference,
        remaining=times,
        delay_ms=delay_ms,
        amount=amount,
        requested_amount=requested_amount,
        created_at=at,
    )


def claim_fault(
    operation: str, kinds: Collection[str], *, at: datetime, amount: int | None = None, reference: str = ""
) -> Fault | None:
    """Use up one fault that strikes `operation` now, the oldest first, or answer None."""
    magic = MAGIC_AMOUNTS.get(amount) if amount is not None else None
    if magic not in kinds and not Fault.objects.filter(remaining__gt=0).exists():
        return None
    with transaction.atomic():
        if magic in kinds:
            _lay_magic_fault_once(operation, str(magic), reference, at)
        for fault in Fault.objects.filter(remaining__gt=0, kind__in=kinds):
            if _strikes(fault, operation, reference):
                fault.remaining -= 1
                fault.save(update_fields=["remaining"])
                return fault
    return None


def _strikes(fault: Fault, operation: str, reference: str) -> bool:
    return fnmatchcase(operation, fault.operation) and fault.reference in ("", reference)


def _lay_magic_fault_once(operation: str, kind: str, reference: str, at: datetime) -> None:
    # Once a reference: whoever repeats the call with the same one gets through, as after a real hiccup.
    Fault.objects.get_or_create(
        operation=operation, kind=kind, reference=reference or "(none)", defaults={"created_at": at}
    )
