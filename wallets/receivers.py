"""What this app does about facts: it nudges its own worker, and its people's open sockets."""

from collections.abc import Sequence
from uuid import UUID

from contri.core.live import hint, user_room
from contri.core.nudging import nudge
from wallets.signals import debt_payable, refund_requested, wallets_changed, withdrawal_requested
from wallets.tasks import recover_owed, work_refunds, work_withdrawals


def connect() -> None:
    """Start listening."""
    withdrawal_requested.connect(submit_withdrawal, dispatch_uid="wallets.submit_withdrawal")
    refund_requested.connect(send_refund, dispatch_uid="wallets.send_refund")
    debt_payable.connect(collect_debt, dispatch_uid="wallets.collect_debt")
    wallets_changed.connect(show_balances, dispatch_uid="wallets.show_balances")


def submit_withdrawal(sender: object, withdrawal_id: UUID, **kwargs: object) -> None:
    """A withdrawal waits: send it now rather than at the next sweep."""
    nudge(work_withdrawals, str(withdrawal_id))


def send_refund(sender: object, refund_id: UUID, **kwargs: object) -> None:
    """Money is to go back to its payer: now rather than at the next sweep."""
    nudge(work_refunds, str(refund_id))


def collect_debt(sender: object, user_id: UUID, **kwargs: object) -> None:
    """Money came to somebody who owes: it pays that first, now rather than at the next sweep."""
    nudge(recover_owed, str(user_id))


def show_balances(sender: object, user_ids: Sequence[UUID], **kwargs: object) -> None:
    """Balances are not what they were: their owners' open sockets fetch them again."""
    hint([user_room(user_id) for user_id in user_ids], "balance.changed")
