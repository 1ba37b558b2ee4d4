"""What this app does about facts: it nudges its own worker."""

from uuid import UUID

from contri.core.nudging import nudge
from wallets.signals import withdrawal_requested
from wallets.tasks import work_withdrawals


def connect() -> None:
    """Start listening."""
    withdrawal_requested.connect(submit_withdrawal, dispatch_uid="wallets.submit_withdrawal")


def submit_withdrawal(sender: object, withdrawal_id: UUID, **kwargs: object) -> None:
    """A withdrawal waits: send it now rather than at the next sweep."""
    nudge(work_withdrawals, str(withdrawal_id))
