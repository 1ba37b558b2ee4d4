"""The mail outbox: written with what it tells, delivered after.

A mail is sent at least once. The one way to send it twice is to lose the worker between the mail server's word that it
has the mail and our note of it; the Message-ID, fixed by the row, lets mail systems drop the second copy.
"""

import json
import logging
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from smtplib import SMTPDataError, SMTPException, SMTPRecipientsRefused, SMTPResponseException
from time import monotonic
from uuid import UUID

from anymail.exceptions import AnymailRequestsAPIError
from cryptography.fernet import InvalidToken
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import models, transaction
from django.template import TemplateDoesNotExist
from django.template.loader import render_to_string

from contri.core import audit, crypto
from contri.core.announcing import announce
from contri.core.errors import refuse_if
from contri.core.locking import lock_row, require_transaction
from contri.core.work import WorkState, claim_early, claim_work, finish, park, retry, take_up_again
from notifications import kinds
from notifications.errors import MailAlreadySentError, MailNotFoundError
from notifications.kinds import MailKind, filled, mail_kinds
from notifications.models import MailDelivery, UnreachableAddress
from notifications.signals import mail_queued

logger = logging.getLogger(__name__)

# How long one sweep goes on taking mails, so that it ends well within the task's time limit.
SWEEP_SECONDS = 60.0
# SMTP replies from here on mean: do not try this again.
PERMANENT_REPLY = 500
MOST_IN_A_DIGEST = 50
# HTTP: the mail itself is not acceptable, or too large. Anything else is about us or the provider.
WRONG_MAIL = (400, 413)


def send_mail(*, to: str, kind: MailKind, facts: Mapping[str, str]) -> MailDelivery:
    """Put a mail into the outbox in the caller's transaction; a worker sends it once that has committed.

    `facts` fill the kind's subject and templates. They are kept encrypted, and forgotten once the mail is sent.

    Raises:
        NoTransactionError: there is no open transaction.
    """
    return send_mails(kind=kind, letters=[(to, facts)])[0]


def send_mails(
    *, kind: MailKind, letters: Iterable[tuple[str, Mapping[str, str]]], due_at: datetime | None = None
) -> list[MailDelivery]:
    """Put mails of one kind into the outbox, each with its address and its facts, in one query. See `send_mail`.

    With `due_at` they wait until then.
    """
    require_transaction()
    when = {} if due_at is None else {"due_at": due_at}
    deliveries = [
        MailDelivery(to=to, kind=kind.code, sealed_facts=crypto.encrypt(json.dumps(dict(facts))), **when)
        for to, facts in letters
    ]
    for delivery in MailDelivery.objects.bulk_create(deliveries):
        if due_at is None:
            announce(mail_queued, delivery_id=delivery.id)
    return deliveries


def deliver_mail(*, delivery_id: UUID) -> bool:
    """Send one mail of the outbox now, if it is due. Returns whether the mail server took it.

    A failure makes it due again later; a mail that no server will ever take is left to a person.
    """
    return _deliver_each(MailDelivery.objects.filter(pk=delivery_id)) == 1


def deliver_due_mail() -> int:
    """Send whatever is due, over one connection; returns how many mails the mail server took.

    Stops at the first failure that is the server's and not the mail's: the others would meet the same.
    """
    return _deliver_each(MailDelivery.objects.all())


@transaction.atomic
def retry_mail(*, actor: models.Model, delivery_id: UUID, reason: str) -> MailDelivery:
    """Send a mail that was left to a person once more, from its first try on.

    Raises:
        MailNotFoundError: there is no such mail.
        MailAlreadySentError: it was sent.
    """
    try:
        delivery = lock_row(MailDelivery.objects.all(), delivery_id)
    except MailDelivery.DoesNotExist:
        raise MailNotFoundError from None
    refuse_if(delivery.state == WorkState.DONE, MailAlreadySentError)
    take_up_again(delivery)
    audit.record(actor, delivery, "sent the mail again", reason=reason)
    announce(mail_queued, delivery_id=delivery.id)
    return delivery


def _deliver_each(due: models.QuerySet[MailDelivery]) -> int:
    server = get_connection()
    deadline = monotonic() + SWEEP_SECONDS
    sent = 0
    try:
        # One at a time: a lease must outlast one slow server's answer, not a hundred of them.
        while monotonic() < deadline and (claimed := claim_work(due, limit=1)):
            sent += _deliver([*claimed, *_gathered_with(claimed[0])], server)
    except ServerAwayError as fault:
        logger.warning("mail server: %s", fault)
    finally:
        server.close()
    return sent


class ServerAwayError(Exception):
    """The mail server does not take mails now, whichever they are."""


def _gathered_with(delivery: MailDelivery) -> list[MailDelivery]:
    """What else has gathered for the same person and goes in the same mail; claimed as well."""
    if delivery.kind != kinds.WAITING_NOTICE_MAIL.code:
        return []
    others = MailDelivery.objects.filter(to=delivery.to, kind=delivery.kind).exclude(pk=delivery.pk)
    return claim_early(others, limit=MOST_IN_A_DIGEST - 1)


def _deliver(together: Sequence[MailDelivery], server: BaseEmailBackend) -> bool:
    """Send one mail; whatever becomes of it becomes of all rows that are in it."""
    if UnreachableAddress.objects.filter(address=together[0].to.lower()).exists():
        _park(together, "the address is unreachable")
        return False
    try:
        server.open()
        server.send_messages([_message(together)])
    except (KeyError, ValueError, TemplateDoesNotExist, InvalidToken) as mistake:
        logger.exception("mail %s cannot be written", together[0].id)
        _park(together, f"cannot be written: {type(mistake).__name__}")
        return False
    except (SMTPException, OSError) as fault:
        if _is_final(fault):
            _park(together, _reply(fault))
            return False
        for delivery in together:
            retry(delivery, _reply(fault))
        raise ServerAwayError(_reply(fault)) from fault
    _close(together)
    return True


def _park(together: Sequence[MailDelivery], error: str) -> None:
    for delivery in together:
        park(delivery, error)


@transaction.atomic
def _close(together: Sequence[MailDelivery]) -> None:
    done = [delivery.pk for delivery in together if finish(delivery)]
    MailDelivery.objects.filter(pk__in=done).update(sealed_facts=None)


def _message(together: Sequence[MailDelivery]) -> EmailMultiAlternatives:
    notices = [json.loads(crypto.decrypt(bytes(delivery.sealed_facts or b""))) for delivery in together]
    if len(together) > 1:
        return _rendered(together[0], "digest", f"{len(notices)} notices for you", {"notices": notices})
    kind, [facts] = mail_kinds()[together[0].kind], notices
    return _rendered(together[0], kind.template, filled(kind.subject, facts), facts)


def _rendered(
    delivery: MailDelivery, template: str, subject: str, facts: Mapping[str, object]
) -> EmailMultiAlternatives:
    # A line break in a circle's name must not become a header of its own.
    subject = " ".join(subject.split())
    context = {**facts, "subject": subject}
    message = EmailMultiAlternatives(
        subject=subject,
        body=render_to_string(f"mail/{template}.txt", context),
        to=[delivery.to],
        headers={"Message-ID": delivery.message_id, "Auto-Submitted": "auto-generated"},
    )
    message.attach_alternative(render_to_string(f"mail/{template}.html", context), "text/html")
    return message


def _is_final(fault: Exception) -> bool:
    """Whether the server's word is about this mail, and for ever. A refused login or sender is our own mistake."""
    if isinstance(fault, AnymailRequestsAPIError):
        return fault.status_code in WRONG_MAIL
    if isinstance(fault, SMTPRecipientsRefused):
        return all(code >= PERMANENT_REPLY for code, _ in fault.recipients.values())
    return isinstance(fault, SMTPDataError) and fault.smtp_code >= PERMANENT_REPLY


def _reply(fault: Exception) -> str:
    code: int | str | None = fault.smtp_code if isinstance(fault, SMTPResponseException) else ""
    if isinstance(fault, AnymailRequestsAPIError):
        code = fault.status_code
    return f"{type(fault).__name__} {code}".strip()
