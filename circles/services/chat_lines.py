"""What Contri itself writes into a circle's chat, in the transaction of what it tells."""

import itertools
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
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
    message = _message(circle.pk, text, number, at, facts)
    message.save(force_insert=True)
    announce(chat_moved, circle_id=circle.pk, number=number)
    return message


@dataclass(frozen=True, slots=True)
class ChatLine:
    """What the server is to say in one circle."""

    circle_id: UUID
    text: ChatText
    facts: Mapping[str, str]


def write_in_chats(lines: Sequence[ChatLine], *, at: datetime) -> None:
    """`write_in_chat` for many circles, in two statements; within each circle in the order given."""
    require_transaction()
    if not lines:
        return
    wanted = Counter(line.circle_id for line in lines)
    # Two who write to several of the same chats take their numbers in one order.
    with connection.cursor() as cursor:
        circle_ids = sorted(wanted)
        cursor.execute(_TAKE_NUMBERS, [circle_ids, [wanted[circle_id] for circle_id in circle_ids]])
        last = dict(cursor.fetchall())
    numbers = {circle_id: itertools.count(last[circle_id] - wanted[circle_id] + 1) for circle_id in wanted}
    messages = []
    for line in lines:
        number = next(numbers[line.circle_id])
        messages.append(_message(line.circle_id, line.text, number, at, line.facts))
    ChatMessage.objects.bulk_create(messages)
    for circle_id in wanted:
        announce(chat_moved, circle_id=circle_id, number=last[circle_id])


def next_chat_number(circle_id: UUID) -> int:
    """Take the next number of the circle's chat, and keep everybody else from taking one until the transaction ends.

    Whoever takes one while money moves has all other locks already, or needs none that a chatting member could hold.
    """
    return take_chat_numbers(circle_id, 1)


def take_chat_numbers(circle_id: UUID, count: int) -> int:
    """Take the next `count` numbers, like `next_chat_number`; returns the last of them."""
    require_transaction()
    with connection.cursor() as cursor:
        cursor.execute(_TAKE_NUMBERS, [[circle_id], [count]])
        last: int = cursor.fetchone()[1]
    return last


def names(display_names: Iterable[str]) -> str:
    """People one after the other, in the order of the alphabet."""
    return ", ".join(sorted(display_names))


_TAKE_NUMBERS = (
    f'INSERT INTO "{Chat._meta.db_table}" AS chat (circle_id, last_number) '  # noqa: S608 - a constant
    "SELECT circle_id, wanted FROM unnest(%s::uuid[], %s::bigint[]) AS taken (circle_id, wanted) ORDER BY circle_id "
    "ON CONFLICT (circle_id) DO UPDATE SET last_number = chat.last_number + excluded.last_number "
    "RETURNING circle_id, last_number"
)


def _message(circle_id: UUID, text: ChatText, number: int, at: datetime, facts: Mapping[str, str]) -> ChatMessage:
    return ChatMessage(
        circle_id=circle_id,
        number=number,
        changed_number=number,
        kind=MessageKind.SYSTEM,
        event=text.event,
        body=_fitting(text.filled(facts)),
        created_at=at,
    )


def _fitting(text: str) -> str:
    """A hundred long names must not make a payout fail."""
    return text if len(text) <= LONGEST_BODY else f"{text[: LONGEST_BODY - 1]}…"
