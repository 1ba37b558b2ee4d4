"""What staff see of providers' events on the desk."""

from contri.core.desk.queues import StaffQueue, register_queue
from contri.core.work import WorkState
from webhooks.models import InboundEvent


def register() -> None:
    """Name the queues of this app."""
    register_queue(
        StaffQueue(
            name="Provider events that failed too often",
            waiting=lambda: InboundEvent.objects.filter(state=WorkState.NEEDS_REVIEW),
            page="admin:webhooks_inboundevent_changelist",
            filters={"state__exact": WorkState.NEEDS_REVIEW},
            permission="webhooks.view_inboundevent",
        )
    )
