"""The worker's door."""

from uuid import UUID

from celery import shared_task
from django.utils import timezone

from webhooks import services


@shared_task(name="webhooks.forget_old_bodies")
def forget_old_bodies() -> None:
    """Once a day: what events said a month ago is nobody's business any more."""
    services.forget_old_bodies(at=timezone.now())


@shared_task(name="webhooks.work_inbox")
def work_inbox(event_id: str | None = None) -> None:
    """Work off one event that was just kept, or (the beat's sweep) whatever is due."""
    if event_id is None:
        services.work_inbox(at=timezone.now())
    else:
        services.work_event(event_id=UUID(event_id), at=timezone.now())
