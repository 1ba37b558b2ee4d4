"""Celery's doors to the verbs of accounts."""

from uuid import UUID

from celery import shared_task
from django.utils import timezone

from accounts import services


@shared_task(name="accounts.work_identity_checks")
def work_identity_checks() -> None:
    """Sweep: hand in and ask about every identity check that is due."""
    services.work_identity_checks()


@shared_task(name="accounts.work_identity_check")
def work_identity_check(check_id: str) -> None:
    """Nudge: one check was asked for just now."""
    services.work_identity_check(check_id=UUID(check_id))


@shared_task(name="accounts.forget_old_rows")
def forget_old_rows() -> None:
    """Daily: delete what is kept no longer than it is needed."""
    services.forget_old_rows(at=timezone.now())
