"""A contribution goes back to whoever is to receive what is due to its member."""

from datetime import datetime

from accounts.models import User
from circles import chat_texts
from circles.models import Circle, Contribution, Refund
from circles.services.chat_lines import write_in_chat
from contri.core.models import uuid7
from contri.core.money import naira_from_kobo
from wallets.services import refund_from_pot


def give_back(circle: Circle, contribution: Contribution, *, actor: User | None, at: datetime) -> None:
    """Move what was paid of a contribution out of the pot again; its status is the caller's."""
    refund_id = uuid7()
    moved = refund_from_pot(
        circle_id=circle.pk,
        refund_id=refund_id,
        user_id=contribution.membership.receiver_id,
        amount_kobo=contribution.paid_kobo,
        key=str(refund_id),
        description=f"{circle.name}: refund of cycle {contribution.cycle.number}",
        at=at,
    )
    Refund.objects.create(
        id=refund_id,
        contribution=contribution,
        amount_kobo=contribution.paid_kobo,
        transaction_id=moved.pk,
        refunded_at=at,
        actor=actor,
    )
    write_in_chat(
        circle,
        chat_texts.CONTRIBUTION_REFUNDED,
        at=at,
        member=contribution.membership.user.display_name,
        amount=naira_from_kobo(contribution.paid_kobo),
        cycle=str(contribution.cycle.number),
    )
