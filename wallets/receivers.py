"""What this app does about facts: it nudges its own worker, and its people's open sockets."""

from uuid import UUID

from contri.core.live import hint, user_room
from contri.core.nudging import nudge
from wallets.signals import wallet_changed, withdrawal_requested
from wallets.tasks import work_withdrawals


def connect() -> None:
    """Start listening."""
    withdrawal_requested.connect(submit_withdrawal, dispatch_uid="wallets.submit_withdrawal")
    wallet_changed.connect(show_balance, dispatch_uid="wallets.show_balance")


def submit_withdrawal(sender: object, withdrawal_id: UUID, **kwargs: object) -> None:
    """A withdrawal waits: send it now rather than at the next sweep."""
    nudge(work_withdrawals, str(withdrawal_id))


def show_balance(sender: object, user_id: UUID, **kwargs: object) -> None:
    """A balance is not what it was: its owner's open sockets fetch it again."""
    hint(user_room(user_id), "balance.changed")
