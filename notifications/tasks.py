"""The worker's door."""

from uuid import UUID

from celery import shared_task
from django.utils import timezone

from notifications import services


@shared_task(name="notifications.deliver_mail")
def deliver_mail(delivery_id: str | None = None) -> None:
    """Send one mail that was just queued, or (the beat's sweep) whatever is due."""
    if delivery_id is None:
        services.deliver_due_mail()
    else:
        services.deliver_mail(delivery_id=UUID(delivery_id))


@shared_task(name="notifications.forget_sent_mail")
def forget_sent_mail() -> None:
    """Once a day: whom we wrote to a quarter ago is nobody's business any more."""
    services.forget_sent_mail(at=timezone.now())


@shared_task(name="notifications.deliver_pushes")
def deliver_pushes() -> None:
    """The beat's sweep: whatever is due to be pushed."""
    services.deliver_pushes(at=timezone.now())


@shared_task(name="notifications.forget_pushes")
def forget_pushes() -> None:
    """Once a day: pushes that were sent, and devices that fell silent."""
    services.forget_pushes(at=timezone.now())
