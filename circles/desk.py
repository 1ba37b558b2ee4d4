"""What staff see of circles on the desk."""

from circles.models import (
    ActState,
    Appeal,
    AppealStatus,
    CardPayment,
    ChatReport,
    ReportState,
    ScheduledAct,
)
from contri.core.desk.queues import StaffQueue, register_queue, register_rows
from contri.core.work import WorkState


def register() -> None:
    """Name the queues of this app."""
    register_queue(
        StaffQueue(
            name="Acts of circles that fail",
            waiting=lambda: ScheduledAct.objects.filter(state=ActState.PENDING, attempts__gt=0),
            page="admin:circles_scheduledact_changelist",
            filters={"state__exact": ActState.PENDING, "last_error__isempty": "0"},
            permission="circles.view_scheduledact",
            since="due_at",
        )
    )
    register_rows("Card payments whose end is unknown", CardPayment, state=WorkState.NEEDS_REVIEW)
    register_queue(
        StaffQueue(
            name="Appeals against a record",
            waiting=lambda: Appeal.objects.filter(status=AppealStatus.OPEN),
            page="admin:circles_appeal_changelist",
            filters={"status__exact": AppealStatus.OPEN},
            permission="circles.view_appeal",
            since="appealed_at",
        )
    )
    register_queue(
        StaffQueue(
            name="Reported chat messages",
            waiting=lambda: ChatReport.objects.filter(state=ReportState.OPEN),
            page="admin:circles_chatmessage_changelist",
            filters={"reports": "open"},
            permission="circles.view_chatmessage",
            since="reported_at",
        )
    )
