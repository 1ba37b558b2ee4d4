"""What staff see of providers' events on the desk."""

from contri.core.desk.queues import register_rows
from contri.core.work import WorkState
from webhooks.models import InboundEvent


def register() -> None:
    """Name the queues of this app."""
    register_rows("Provider events that failed too often", InboundEvent, state=WorkState.NEEDS_REVIEW)
