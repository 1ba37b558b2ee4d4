"""What this app does about facts: it nudges its own worker."""

from uuid import UUID

from contri.core.nudging import nudge
from webhooks.signals import event_kept
from webhooks.tasks import work_inbox


def connect() -> None:
    """Start listening."""
    event_kept.connect(work_kept_event, dispatch_uid="webhooks.work_kept_event")


def work_kept_event(sender: object, event_id: UUID, **kwargs: object) -> None:
    """An event was written down: work it off now rather than at the next sweep."""
    nudge(work_inbox, str(event_id))
