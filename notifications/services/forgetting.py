"""Forgetting a person who leaves, and what has been kept for long enough."""

from datetime import datetime, timedelta
from uuid import UUID

from contri.core.locking import require_transaction
from contri.core.work import WorkState
from notifications.models import Device, MailDelivery, Notification, SwitchedOff

# Long enough to answer "did you write to me?".
SENT_MAIL_KEPT = timedelta(days=90)


def forget_sent_mail(*, at: datetime) -> int:
    """Delete the outbox's rows of mails sent a quarter before `at`; returns how many."""
    sent = MailDelivery.objects.filter(state=WorkState.DONE, finished_at__lt=at - SENT_MAIL_KEPT)
    return sent.delete()[0]


def forget_person(*, user_id: UUID, email: str) -> None:
    """Delete what they were told, how they wanted to be told, and where they could be reached, in the caller's
    transaction."""
    require_transaction()
    Notification.objects.filter(recipient_id=user_id).delete()
    SwitchedOff.objects.filter(user_id=user_id).delete()
    Device.objects.filter(user_id=user_id).delete()
    MailDelivery.objects.filter(to=email).delete()
