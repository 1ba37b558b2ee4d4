"""What this app does about facts: it nudges its own worker."""

from uuid import UUID

from contri.core.nudging import nudge
from notifications.signals import mail_queued
from notifications.tasks import deliver_mail


def connect() -> None:
    """Start listening."""
    mail_queued.connect(deliver_queued_mail, dispatch_uid="notifications.deliver_queued_mail")


def deliver_queued_mail(sender: object, delivery_id: UUID, **kwargs: object) -> None:
    """A mail was written: send it now rather than at the next sweep."""
    nudge(deliver_mail, str(delivery_id))
