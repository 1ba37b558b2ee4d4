"""What this app does about facts: it nudges its own worker, and its people's open sockets."""

from uuid import UUID

from contri.core.live import hint, user_room
from contri.core.nudging import nudge
from wallets.signals import debt_payable, refund_requested, wallet_changed, withdrawal_requested
from wallets.tasks import recover_owed, work_refunds, work_withdrawals


def connect() -> None:
    """Start listening."""
    withdrawal_requested.connect(submit_withdrawal, dispatch_uid="wallets.submit_withdrawal")
    refund_requested.connect(send_refund, dispatch_uid="wallets.send_refund")
    debt_payable.connect(collect_debt, dispatch_uid="wallets.collect_debt")
    wallet_changed.connect(show_balance, dispatch_uid="wallets.show_balance")


def submit_withdrawal(sender: object, withdrawal_id: UUID, **kwargs: object) -> None:
    """A withdrawal waits: send it now rather than at the next sweep."""
    nudge(work_withdrawals, str(withdrawal_id))


def send_refund(sender: object, refund_id: UUID, **kwargs: object) -> None:
    """Money is to go back to its payer: now rather than at the next sweep."""
    nudge(work_refunds, str(refund_id))


def collect_debt(sender: object, user_id: UUID, **kwargs: object) -> None:
    """Money came to somebody who owes: it pays that first, now rather than at the next sweep."""
    nudge(recover_owed, str(user_id))


def show_balance(sender: object, user_id: UUID, **kwargs: object) -> None:
    """A balance is not what it was: its owner's open sockets fetch it again."""
    hint(user_room(user_id), "balance.changed")
