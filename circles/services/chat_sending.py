"""Saying something in a circle's chat: one message, or all that came together."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from accounts.models import User
from circles.chat_flags import flags_of
from circles.errors import CircleNotFoundError
from circles.models import ChatMessage, Membership, MessageKind
from circles.services.chat import chatting_members, refuse_silenced
from circles.services.chat_lines import take_chat_numbers
from circles.signals import chat_moved, message_sent
from contri.core.announcing import announce
from contri.core.errors import DomainError


@dataclass(frozen=True, slots=True)
class Letter:
    """What somebody wants to say. Under a `client_id` the same person says it once; `image` names a picture that was
    put into the private storage before, and `body` is its caption then."""

    sender: User
    body: str
    client_id: str = ""
    image: str = ""


@dataclass(frozen=True, slots=True)
class Sent:
    """A message that stands in the chat, and whether it is new: under a `client_id` of before it is that of before."""

    message: ChatMessage
    is_new: bool


def send_message(
    *, actor: User, circle_id: UUID, body: str, at: datetime, client_id: str = "", image: str = ""
) -> tuple[ChatMessage, bool]:
    """Say `body` in the circle's chat; returns the message and whether it is new. See `Letter` for the rest.

    Raises:
        CircleNotFoundError: there is none, or the actor is not an active member.
        SilencedError: a moderator has taken their word away for a while.
    """
    [outcome] = send_messages(circle_id=circle_id, letters=[Letter(actor, body, client_id, image)], at=at)
    if isinstance(outcome, DomainError):
        raise outcome
    return outcome.message, outcome.is_new


def send_messages(*, circle_id: UUID, letters: Sequence[Letter], at: datetime) -> list[Sent | DomainError]:
    """Say several things in a circle's chat, in this order and in as few statements as one.

    Returns what became of each letter: who may not write has their refusal (see `send_message`), which keeps nobody
    else's letter back.
    """
    members = chatting_members(circle_id, {letter.sender.pk for letter in letters})
    refusals = [_refusal(members.get(letter.sender.pk), at) for letter in letters]
    written = iter(_written(circle_id, [letter for letter, no in zip(letters, refusals, strict=True) if not no], at))
    return [refusal or next(written) for refusal in refusals]


def _refusal(membership: Membership | None, at: datetime) -> DomainError | None:
    if membership is None:
        return CircleNotFoundError()
    try:
        refuse_silenced(membership, at)
    except DomainError as refusal:
        return refusal
    return None


@transaction.atomic
def _written(circle_id: UUID, letters: Sequence[Letter], at: datetime) -> list[Sent]:
    if not letters:
        return []
    last = take_chat_numbers(circle_id, len(letters))
    # Whoever writes here holds the chat's counter: what is not there now cannot come in between.
    known = _sent_before(circle_id, letters)
    sent = []
    for number, letter in enumerate(letters, start=last - len(letters) + 1):
        standing = known.get((letter.sender.pk, letter.client_id))
        message = standing or _message(circle_id, number, letter, at)
        sent.append(Sent(message, is_new=standing is None))
        if letter.client_id:
            known[letter.sender.pk, letter.client_id] = message
    fresh = [outcome.message for outcome in sent if outcome.is_new]
    if fresh:
        ChatMessage.objects.bulk_create(fresh)
        announce(chat_moved, circle_id=circle_id, number=last)
        announce(message_sent, circle_id=circle_id, message_id=fresh[0].pk)
    return sent


def _sent_before(circle_id: UUID, letters: Sequence[Letter]) -> dict[tuple[UUID | None, str], ChatMessage]:
    client_ids = {letter.client_id for letter in letters} - {""}
    if not client_ids:
        return {}
    theirs = ChatMessage.objects.filter(
        circle_id=circle_id, sender__in=[letter.sender for letter in letters], client_id__in=client_ids
    )
    return {(message.sender_id, message.client_id): message for message in theirs.select_related("sender")}


def _message(circle_id: UUID, number: int, letter: Letter, at: datetime) -> ChatMessage:
    return ChatMessage(
        circle_id=circle_id,
        number=number,
        changed_number=number,
        kind=MessageKind.IMAGE if letter.image else MessageKind.TEXT,
        sender=letter.sender,
        client_id=letter.client_id,
        body=letter.body,
        image=letter.image,
        flags=flags_of(letter.body),
        created_at=at,
    )
