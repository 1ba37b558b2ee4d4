"""What Contri itself writes into a circle's chat, in the transaction of what it tells."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db import connection

from circles.chat_texts import ChatText
from circles.models import LONGEST_BODY, Chat, ChatMessage, Circle, MessageKind
from circles.signals import chat_moved
from contri.core.announcing import announce
from contri.core.locking import require_transaction


def write_in_chat(circle: Circle, text: ChatText, *, at: datetime, **facts: str) -> ChatMessage:
    """Add a system message to the circle's chat, in the caller's transaction: it stands exactly if the act does.

    Every act that moves a circle's money calls this once for what members should see of it.

    Raises:
        KeyError: the text wants a fact that is missing.
        NoTransactionError: there is no open transaction.
    """
    number = next_chat_number(circle.pk)
    message = ChatMessage.objects.create(
        circle_id=circle.pk,
        number=number,
        changed_number=number,
        kind=MessageKind.SYSTEM,
        event=text.event,
        body=_fitting(text.filled(facts)),
        created_at=at,
    )
    announce(chat_moved, circle_id=circle.pk)
    return message


def next_chat_number(circle_id: UUID) -> int:
    """Take the next number of the circle's chat, and keep everybody else from taking one until the transaction ends.

    Whoever takes one while money moves has all other locks already, or needs none that a chatting member could hold.
    """
    require_transaction()
    with connection.cursor() as cursor:
        cursor.execute(_TAKE_NUMBER, [circle_id])
        number: int = cursor.fetchone()[0]
    return number


def names(display_names: Iterable[str]) -> str:
    """People one after the other, in the order of the alphabet."""
    return ", ".join(sorted(display_names))


_TAKE_NUMBER = (
    f'INSERT INTO "{Chat._meta.db_table}" AS chat (circle_id, last_number) VALUES (%s, 1) '  # noqa: S608 - a constant
    "ON CONFLICT (circle_id) DO UPDATE SET last_number = chat.last_number + 1 RETURNING last_number"
)


def _fitting(text: str) -> str:
    """A hundred long names must not make a payout fail."""
    return text if len(text) <= LONGEST_BODY else f"{text[: LONGEST_BODY - 1]}…"
