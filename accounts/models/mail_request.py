"""Mails that somebody who is not signed in asked for."""

from typing import ClassVar

from django.db import models

from contri.core.work import QueuedWork, due_index


class MailKey(models.TextChoices):
    """What the key in the mail is for."""

    VERIFY_EMAIL = "verify_email"
    RESET_PASSWORD = "reset_password"  # noqa: S105 - a purpose, not a password
    CLOSE_ACCOUNT = "close_account"


class MailRequest(QueuedWork):
    """One address, as it was typed; whether anybody has it a worker finds out, and deletes the row.

    Asking leaves the same row for every address, so that neither the answer nor its time tells who has an account.
    """

    email = models.CharField(max_length=254)
    key = models.CharField(max_length=14, choices=MailKey)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [due_index("mail_request_due")]

    def __str__(self) -> str:
        return f"request for a mail: {self.key}"
