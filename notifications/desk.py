"""What staff see of notices and mail on the desk."""

from contri.core.desk.queues import StaffQueue, register_queue
from contri.core.work import WorkState
from notifications.models import MailDelivery, PushDelivery


def register() -> None:
    """Name the queues of this app."""
    register_queue(
        StaffQueue(
            name="Mail that could not be sent",
            waiting=lambda: MailDelivery.objects.filter(state=WorkState.NEEDS_REVIEW),
            page="admin:notifications_maildelivery_changelist",
            filters={"state__exact": WorkState.NEEDS_REVIEW},
            permission="notifications.view_maildelivery",
        )
    )
    register_queue(
        StaffQueue(
            name="Pushes that could not be sent",
            waiting=lambda: PushDelivery.objects.filter(state=WorkState.NEEDS_REVIEW),
            page="admin:notifications_pushdelivery_changelist",
            filters={"state__exact": WorkState.NEEDS_REVIEW},
            permission="notifications.view_pushdelivery",
        )
    )
