"""What this app does about its own facts: it nudges its worker, and the sockets of whom they concern."""

from collections.abc import Sequence
from uuid import UUID

from contri.core.live import hint, user_room
from contri.core.nudging import nudge
from notifications.signals import mail_queued, notices_read, notices_written
from notifications.tasks import deliver_mail


def connect() -> None:
    """Start listening."""
    mail_queued.connect(deliver_queued_mail, dispatch_uid="notifications.deliver_queued_mail")
    notices_written.connect(show_new_notices, dispatch_uid="notifications.show_new_notices")
    notices_read.connect(show_what_is_unread, dispatch_uid="notifications.show_what_is_unread")


def deliver_queued_mail(sender: object, delivery_id: UUID, **kwargs: object) -> None:
    """A mail was written: send it now rather than at the next sweep."""
    nudge(deliver_mail, str(delivery_id))


def show_new_notices(sender: object, written: Sequence[tuple[UUID, UUID]], **kwargs: object) -> None:
    """Notices were written: their readers' open sockets show them."""
    for notification_id, recipient_id in written:
        hint(user_room(recipient_id), "notification.new", notification_id=notification_id)


def show_what_is_unread(sender: object, user_id: UUID, **kwargs: object) -> None:
    """Somebody read on one device: the others count anew."""
    hint(user_room(user_id), "notifications.read")
