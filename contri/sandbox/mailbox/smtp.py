"""The mail server: takes every mail for everybody and delivers none of them further."""

import asyncio
import logging
import socket

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from django.db import close_old_connections
from django.utils import timezone

from contri.sandbox.environment import HOST
from contri.sandbox.mailbox.reading import read_mail
from contri.sandbox.models import Mail

logger = logging.getLogger("sandbox")


class MailboxKeeper:
    """aiosmtpd's hooks: keeps what arrives."""

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 (aiosmtpd's name)
        """Keep a message, one row for each recipient, before saying that it was accepted."""
        content = envelope.content or b""
        raw = content if isinstance(content, bytes) else content.encode()
        await asyncio.to_thread(keep_mail, raw, list(envelope.rcpt_tos))
        return "250 Message accepted for delivery"


def keep_mail(raw: bytes, recipients: list[str]) -> None:
    """Put a message into the box of each of its recipients."""
    mail = read_mail(raw)
    Mail.objects.bulk_create(
        Mail(
            to=recipient.lower(),
            sender=mail.sender,
            subject=mail.subject,
            text=mail.text,
            html=mail.html,
            links=mail.links,
            received_at=timezone.now(),
        )
        for recipient in recipients
    )
    close_old_connections()
    logger.info("mail for %s: %s", ", ".join(recipients), mail.subject)


def start_mail_server(port: int) -> Controller:
    """Listen on this machine's `port` in a thread of its own.

    Raises:
        OSError: the port is taken.
    """
    # aiosmtpd would find out as well, but only tell after its time-out.
    socket.create_server((HOST, port)).close()
    controller = Controller(MailboxKeeper(), hostname=HOST, port=port, ready_timeout=10)
    controller.start()
    return controller
