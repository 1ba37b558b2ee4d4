"""What staff see of money on the desk."""

from typing import Any

from django.db.models import F, QuerySet

from contri.core.desk.queues import StaffQueue, register_queue, register_rows
from contri.core.work import WorkState
from wallets.models import (
    BankAccount,
    Deposit,
    Dispute,
    ParkedCredit,
    ReconciliationItem,
    Refund,
    SuspenseItem,
    Withdrawal,
)
from wallets.providers.base import AWAITS_PASSWORD


def register() -> None:
    """Name the queues of this app, the most urgent first."""
    register_rows("Payments that a bank wants back", Dispute, status=Dispute.Status.OPEN)
    register_rows("Disputes that need a person", Dispute, state=WorkState.NEEDS_REVIEW)
    register_rows("Refunds that need a person", Refund, state=WorkState.NEEDS_REVIEW)
    register_rows("Differences to a provider's lists", ReconciliationItem, status=ReconciliationItem.Status.OPEN)
    register_rows("Money in suspense", SuspenseItem, status=SuspenseItem.Status.OPEN)
    register_rows("Withdrawals whose end is unknown", Withdrawal, state=WorkState.NEEDS_REVIEW)
    register_rows(
        "Withdrawals that wait for a one-time password", Withdrawal, state=WorkState.READY, last_error=AWAITS_PASSWORD
    )
    register_rows("Deposits that nobody answers for", Deposit, state=WorkState.NEEDS_REVIEW)
    still_waiting = ParkedCredit.objects.filter(released_kobo__lt=F("amount_kobo"))
    _queue("Money held over a tier's limit", still_waiting, still_waiting="yes")
    _queue(
        "Bank names to confirm",
        BankAccount.objects.filter(status=BankAccount.Status.PENDING, removed_at=None),
        status__exact=BankAccount.Status.PENDING,
        removed_at__isempty="1",
    )


def _queue(name: str, waiting: QuerySet[Any], **filters: str) -> None:
    table = waiting.model._meta.model_name
    register_queue(
        StaffQueue(
            name=name,
            # A fresh query each time: this one would remember its first answer.
            waiting=waiting.all,
            page=f"admin:wallets_{table}_changelist",
            filters=filters,
            permission=f"wallets.view_{table}",
        )
    )
