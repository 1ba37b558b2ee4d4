"""What staff see of money on the desk."""

from django.db.models import F

from contri.core.desk.queues import StaffQueue, register_queue
from contri.core.work import WorkState
from wallets.models import BankAccount, Dispute, ParkedCredit, ReconciliationItem, SuspenseItem, Withdrawal

STUCK = {"state__exact": WorkState.NEEDS_REVIEW}


def register() -> None:
    """Name the queues of this app."""
    register_queue(
        StaffQueue(
            name="Payments that a bank wants back",
            waiting=lambda: Dispute.objects.filter(status=Dispute.Status.OPEN),
            page="admin:wallets_dispute_changelist",
            filters={"status__exact": Dispute.Status.OPEN},
            permission="wallets.view_dispute",
        )
    )
    register_queue(
        StaffQueue(
            name="Differences to a provider's lists",
            waiting=lambda: ReconciliationItem.objects.filter(status=ReconciliationItem.Status.OPEN),
            page="admin:wallets_reconciliationitem_changelist",
            filters={"status__exact": ReconciliationItem.Status.OPEN},
            permission="wallets.view_reconciliationitem",
        )
    )
    register_queue(
        StaffQueue(
            name="Money in suspense",
            waiting=lambda: SuspenseItem.objects.filter(status=SuspenseItem.Status.OPEN),
            page="admin:wallets_suspenseitem_changelist",
            filters={"status__exact": SuspenseItem.Status.OPEN},
            permission="wallets.view_suspenseitem",
        )
    )
    register_queue(
        StaffQueue(
            name="Withdrawals whose end is unknown",
            waiting=lambda: Withdrawal.objects.filter(state=WorkState.NEEDS_REVIEW),
            page="admin:wallets_withdrawal_changelist",
            filters=STUCK,
            permission="wallets.view_withdrawal",
        )
    )
    register_queue(
        StaffQueue(
            name="Money held over a tier's limit",
            waiting=lambda: ParkedCredit.objects.filter(released_kobo__lt=F("amount_kobo")),
            page="admin:wallets_parkedcredit_changelist",
            permission="wallets.view_parkedcredit",
        )
    )
    register_queue(
        StaffQueue(
            name="Bank names to confirm",
            waiting=lambda: BankAccount.objects.filter(status=BankAccount.Status.PENDING, removed_at=None),
            page="admin:wallets_bankaccount_changelist",
            filters={"status__exact": BankAccount.Status.PENDING, "removed_at__isempty": "1"},
            permission="wallets.view_bankaccount",
        )
    )
