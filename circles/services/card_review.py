"""Card payments that the worker left to a person."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Model

from circles.models import CardPayment
from circles.signals import card_charge_waits
from contri.core import audit
from contri.core.announcing import announce
from contri.core.errors import refuse_if
from contri.core.locking import lock_row
from contri.core.work import WorkState, take_up_again
from wallets.errors import NotWaitingForReviewError


@transaction.atomic
def retry_card_payment(*, actor: Model, card_payment_id: UUID, reason: str, at: datetime) -> CardPayment:
    """Let the worker go on with a card payment that was left to a person: what was sent once is only asked about.

    Raises:
        NotWaitingForReviewError: it was not left to a person.
    """
    charge = lock_row(CardPayment.objects.all(), card_payment_id)
    refuse_if(charge.state != WorkState.NEEDS_REVIEW, NotWaitingForReviewError)
    take_up_again(charge, at=at)
    audit.record(actor, charge, "tried the card payment again", reason=reason)
    announce(card_charge_waits, card_payment_id=charge.pk)
    return charge
