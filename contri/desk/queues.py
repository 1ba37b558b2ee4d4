"""The desk's own queue."""

from contri.core.desk.queues import StaffQueue, register_queue
from contri.core.models import StaffRequest


def register() -> None:
    """What waits for a second person."""
    register_queue(
        StaffQueue(
            name="Requests that need a second person",
            waiting=lambda: StaffRequest.objects.filter(status=StaffRequest.Status.OPEN),
            page="admin:core_staffrequest_changelist",
            filters={"status__exact": StaffRequest.Status.OPEN},
            permission="core.view_staffrequest",
        )
    )
