"""Forgetting a person who leaves."""

from uuid import UUID

from contri.core.locking import require_transaction
from notifications.models import Device, MailDelivery, Notification, SwitchedOff


def forget_person(*, user_id: UUID, email: str) -> None:
    """Delete what they were told, how they wanted to be told, and where they could be reached, in the caller's
    transaction."""
    require_transaction()
    Notification.objects.filter(recipient_id=user_id).delete()
    SwitchedOff.objects.filter(user_id=user_id).delete()
    Device.objects.filter(user_id=user_id).delete()
    MailDelivery.objects.filter(to=email).delete()
