"""Celery's doors to the verbs of accounts."""

from uuid import UUID

from celery import shared_task

from accounts import services


@shared_task(name="accounts.work_identity_checks")
def work_identity_checks() -> None:
    """Sweep: hand in and ask about every identity check that is due."""
    services.work_identity_checks()


@shared_task(name="accounts.work_identity_check")
def work_identity_check(check_id: str) -> None:
    """Nudge: one check was asked for just now."""
    services.work_identity_check(check_id=UUID(check_id))
