"""What staff see of people on the desk."""

from accounts.models import CheckStatus, IdentityCheck
from contri.core.desk.queues import StaffQueue, register_queue
from contri.core.work import WorkState

CHECKS = "admin:accounts_identitycheck_changelist"


def register() -> None:
    """Name the queues of this app."""
    register_queue(
        StaffQueue(
            name="Identity checks to review",
            waiting=lambda: IdentityCheck.objects.filter(status=CheckStatus.REVIEW),
            page=CHECKS,
            filters={"status__exact": CheckStatus.REVIEW},
            permission="accounts.view_identitycheck",
        )
    )
    register_queue(
        StaffQueue(
            name="Identity checks that the worker gave up",
            waiting=lambda: IdentityCheck.objects.filter(state=WorkState.NEEDS_REVIEW),
            page=CHECKS,
            filters={"state__exact": WorkState.NEEDS_REVIEW},
            permission="accounts.view_identitycheck",
        )
    )
