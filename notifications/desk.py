"""What staff see of notices and mail on the desk."""

from contri.core.desk.queues import register_rows
from contri.core.work import WorkState
from notifications.models import MailDelivery, PushDelivery


def register() -> None:
    """Name the queues of this app."""
    register_rows("Mail that could not be sent", MailDelivery, state=WorkState.NEEDS_REVIEW)
    register_rows("Pushes that could not be sent", PushDelivery, state=WorkState.NEEDS_REVIEW)
