"""What members do in their circle's chat with what was said: change it, take it back, read it."""

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from accounts.models import User
from circles.chat_flags import flags_of
from circles.errors import CircleNotFoundError
from circles.errors.chat import (
    MessageDeletedError,
    MessageNotFoundError,
    NotAuthorError,
    NotYoursToChangeError,
    SilencedError,
    TooLateToChangeError,
)
from circles.models import ChatEdit, ChatMessage, ChatPlace, Membership, MembershipStatus, MessageKind
from circles.services.chat_lines import next_chat_number
from circles.signals import chat_moved, chat_read
from contri.core.announcing import announce
from contri.core.errors import refuse_if
from contri.core.locking import lock_row
from contri.core.moments import rfc3339

# How long an author may change or take back what they said.
CHANGE_WINDOW = timedelta(minutes=15)


@transaction.atomic
def edit_message(*, actor: User, circle_id: UUID, message_id: UUID, body: str, at: datetime) -> ChatMessage:
    """Say something else instead, within fifteen minutes. What was said before is kept for the audit.

    Raises:
        CircleNotFoundError, MessageNotFoundError: not a member, or no such message here.
        NotAuthorError, TooLateToChangeError, MessageDeletedError: it is not, or no longer, the actor's to change.
        SilencedError: a moderator has taken their word away for a while.
    """
    refuse_silenced(chatting_member(actor, circle_id), at)
    message = _own_message(actor, circle_id, message_id, at)
    ChatEdit.objects.create(message=message, body=message.body, replaced_at=at)
    message.body, message.flags, message.edited_at = body, flags_of(body), at
    return changed(message, "body", "flags", "edited_at")


@transaction.atomic
def delete_message(*, actor: User, circle_id: UUID, message_id: UUID, at: datetime) -> ChatMessage:
    """Take a message back, within fifteen minutes: nobody sees its words any more; they are kept for the audit.

    Raises:
        CircleNotFoundError, MessageNotFoundError, NotAuthorError, TooLateToChangeError, MessageDeletedError: as above.
    """
    chatting_member(actor, circle_id)
    message = _own_message(actor, circle_id, message_id, at)
    message.deleted_at = at
    return changed(message, "deleted_at")


@transaction.atomic
def mark_chat_read(*, actor: User, circle_id: UUID, message_id: UUID) -> bool:
    """Note that the actor has read up to this message; never backwards. Returns whether that is news.

    Raises:
        CircleNotFoundError, MessageNotFoundError: not a member, or no such message here.
    """
    membership = chatting_member(actor, circle_id)
    message = message_in(circle_id, message_id)
    place_of(membership)
    behind = ChatPlace.objects.filter(membership=membership, read_number__lt=message.number)
    is_news = behind.update(read_message=message, read_number=message.number) == 1
    if is_news:
        announce(chat_read, circle_id=circle_id, user_id=actor.pk, message_id=message_id)
    return is_news


def chatting_member(actor: User, circle_id: UUID) -> Membership:
    """The actor's place in a circle whose chat they may use.

    Raises:
        CircleNotFoundError: there is no such circle, or they are not, or not yet, or no longer, in it.
    """
    membership = chatting_members(circle_id, [actor.pk]).get(actor.pk)
    if membership is None:
        raise CircleNotFoundError
    return membership


def chatting_members(circle_id: UUID, user_ids: Collection[UUID]) -> dict[UUID, Membership]:
    """The places of those of these people who may use the circle's chat, by their ids. One query."""
    active = Membership.objects.filter(circle_id=circle_id, user_id__in=user_ids, status=MembershipStatus.ACTIVE)
    return {membership.user_id: membership for membership in active.select_related("chat_place")}


def refuse_silenced(membership: Membership, at: datetime) -> None:
    """Go on only if this member may write.

    Raises:
        SilencedError: a moderator has taken their word away for a while.
    """
    place = getattr(membership, "chat_place", None)
    until = place.silenced_until if place is not None else None
    if until is not None and until > at:
        raise SilencedError(extra={"silenced_until": rfc3339(until)})


def place_of(membership: Membership) -> ChatPlace:
    """Where this member is in the chat; a new member is nowhere yet."""
    return ChatPlace.objects.get_or_create(membership=membership)[0]


def message_in(circle_id: UUID, message_id: UUID) -> ChatMessage:
    """One message of a circle's chat.

    Raises:
        MessageNotFoundError: there is no such message in it.
    """
    message = ChatMessage.objects.filter(pk=message_id, circle_id=circle_id).first()
    if message is None:
        raise MessageNotFoundError
    return message


def locked_message(circle_id: UUID, message_id: UUID) -> ChatMessage:
    """The same, locked until the transaction ends."""
    try:
        return lock_row(ChatMessage.objects.filter(circle_id=circle_id).select_related("sender"), message_id)
    except ChatMessage.DoesNotExist as missing:
        raise MessageNotFoundError from missing


def changed(message: ChatMessage, *columns: str) -> ChatMessage:
    """Save a locked message that is not what it was, as the chat's latest happening: open sockets show it anew."""
    message.changed_number = next_chat_number(message.circle_id)
    message.save(update_fields=["changed_number", *columns])
    announce(chat_moved, circle_id=message.circle_id, number=message.changed_number)
    return message


def _own_message(actor: User, circle_id: UUID, message_id: UUID, at: datetime) -> ChatMessage:
    message = locked_message(circle_id, message_id)
    refuse_if(message.kind == MessageKind.SYSTEM, NotYoursToChangeError)
    refuse_if(message.sender_id != actor.pk, NotAuthorError)
    refuse_if(message.is_deleted, MessageDeletedError)
    refuse_if(at - message.created_at > CHANGE_WINDOW, TooLateToChangeError)
    return message
