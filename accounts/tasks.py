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


@shared_task(name="accounts.write_requested_mails")
def write_requested_mails() -> None:
    """Sweep: write every mail that somebody asked for."""
    services.write_requested_mails()


@shared_task(name="accounts.write_requested_mail")
def write_requested_mail(request_id: str) -> None:
    """Nudge: one mail was asked for just now."""
    services.write_requested_mail(request_id=UUID(request_id))


@shared_task(name="accounts.tell_of_failures")
def tell_of_failures(user_id: str) -> None:
    """Nudge: a wrong password was given for this account just now."""
    services.tell_of_failures(user_id=UUID(user_id), at=timezone.now())


@shared_task(name="accounts.forget_old_rows")
def forget_old_rows() -> None:
    """Daily: delete what is kept no longer than it is needed."""
    services.forget_old_rows(at=timezone.now())
