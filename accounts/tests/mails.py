"""Looking into the outbox."""

import json

from accounts.services import write_requested_mails
from contri.core.crypto import decrypt
from notifications.models import MailDelivery


def facts_of_mails(*, to: str, kind: str) -> list[dict[str, str]]:
    """What the mails of one kind to one address tell, oldest first, once those asked for are written."""
    write_requested_mails()
    mails = MailDelivery.objects.filter(to=to, kind=kind).order_by("created_at", "pk")
    return [json.loads(decrypt(bytes(mail.sealed_facts or b""))) for mail in mails]
