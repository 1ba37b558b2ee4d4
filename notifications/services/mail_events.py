"""What a mail provider tells of addresses: mail that bounces, and people who call it spam."""

from datetime import datetime
from uuid import UUID

from django.contrib.auth import get_user_model
from django.db import models, transaction

from contri.core import audit
from notifications import kinds
from notifications.errors import AddressReachableError
from notifications.models import UnreachableAddress, WhyUnreachable
from notifications.services.notices import notify


@transaction.atomic
def note_unreachable(*, address: str, why: WhyUnreachable, at: datetime) -> bool:
    """Write to this address no more, and tell whoever has it in the app. Returns whether that is news.

    Writing on to dead addresses, or to people who complain, costs the good name that all our mail depends on.
    """
    row, is_news = UnreachableAddress.objects.get_or_create(address=address.lower(), defaults={"why": why, "since": at})
    owner: UUID | None = (
        get_user_model()._default_manager.filter(email=row.address).values_list("pk", flat=True).first()
    )
    if is_news and owner is not None:
        facts = {"email": row.address}
        notify(recipient_id=owner, kind=kinds.EMAIL_UNREACHABLE, facts=facts, key=f"{row.address}:{row.pk}"[:120])
    return is_news


@transaction.atomic
def trust_address(*, actor: models.Model, address: str, reason: str) -> None:
    """Write to an address again that was taken for dead.

    Raises:
        AddressReachableError: it is written to already.
    """
    row = UnreachableAddress.objects.filter(address=address.lower()).first()
    if row is None:
        raise AddressReachableError
    audit.record(actor, row, "writes to the address again", reason=reason, flag=audit.DELETION)
    row.delete()
