"""Mails with a key for people who are not signed in: asked for at a door, written by a worker.

The door does the same for every address; only the worker looks whether anybody has it.
"""

from uuid import UUID

from django.db import models, transaction

from accounts.models import MailKey, MailRequest, User
from accounts.services.addresses import mail_another_verification_key
from accounts.services.closing import mail_closing_key
from accounts.services.credentials import mail_reset_key
from accounts.signals import mail_requested
from contri.core.announcing import announce
from contri.core.work import claim_work

SWEEP_LIMIT = 200
WRITERS = {
    MailKey.VERIFY_EMAIL: mail_another_verification_key,
    MailKey.RESET_PASSWORD: mail_reset_key,
    MailKey.CLOSE_ACCOUNT: mail_closing_key,
}


def resend_verification(*, email: str) -> None:
    """Have a new key mailed to `email` if it waits for one. Says nothing either way."""
    _ask(email, MailKey.VERIFY_EMAIL)


def request_password_reset(*, email: str) -> None:
    """Have a key mailed that resets the password of `email`'s account, if there is one. Says nothing either way."""
    _ask(email, MailKey.RESET_PASSWORD)


def request_closing(*, email: str) -> None:
    """Have a key mailed that closes `email`'s account, if there is one. Says nothing either way."""
    _ask(email, MailKey.CLOSE_ACCOUNT)


def write_requested_mails() -> int:
    """Write the mails that are due; returns how many requests were looked at."""
    return _write_each(MailRequest.objects.all())


def write_requested_mail(*, request_id: UUID) -> None:
    """Write one mail now, if it is due."""
    _write_each(MailRequest.objects.filter(pk=request_id))


@transaction.atomic
def _ask(email: str, key: MailKey) -> None:
    asked = MailRequest.objects.create(email=email, key=key)
    announce(mail_requested, request_id=asked.pk)


def _write_each(due: "models.QuerySet[MailRequest]") -> int:
    done = 0
    while done < SWEEP_LIMIT and (claimed := claim_work(due, limit=1)):
        _write(claimed[0])
        done += 1
    return done


@transaction.atomic
def _write(asked: MailRequest) -> None:
    # Whoever deletes the row writes the mail: a worker that lost its lease meanwhile finds it gone.
    deleted, _ = MailRequest.objects.filter(pk=asked.pk, attempts=asked.attempts).delete()
    user = User.objects.filter(email=asked.email, is_active=True).first()
    if deleted and user is not None:
        WRITERS[MailKey(asked.key)](user)
