"""The worker's door."""

from uuid import UUID

from celery import shared_task

from notifications import services


@shared_task(name="notifications.deliver_mail")
def deliver_mail(delivery_id: str | None = None) -> None:
    """Send one mail that was just queued, or (the beat's sweep) whatever is due."""
    if delivery_id is None:
        services.deliver_due_mail()
    else:
        services.deliver_mail(delivery_id=UUID(delivery_id))
