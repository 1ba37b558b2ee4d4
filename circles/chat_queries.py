"""Reads of chats that more than one door needs, each starting from what this person may see."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import QuerySet

from accounts.models import User
from circles.errors.chat import MessageNotFoundError
from circles.models import Chat, ChatMessage, ChatPlace, Circle, Membership, MembershipStatus

# Happenings read at once. Each takes a number of its own, so a stretch of numbers bounds what there is to read.
STRETCH = 500


@dataclass(frozen=True, slots=True)
class Happenings:
    """What happened in a chat between two numbers: what was written, in order, and earlier messages that changed."""

    written: list[ChatMessage]
    changed: list[ChatMessage]
    up_to: int
    is_all: bool


def chats_of(user: User) -> QuerySet[Circle]:
    """The circles whose chat this person may use: active members only, asking to join is not enough."""
    active = Membership.objects.filter(user=user, status=MembershipStatus.ACTIVE)
    return Circle.objects.filter(pk__in=active.values("circle_id"))


def active_places_among(places: Collection[tuple[UUID, UUID]]) -> set[tuple[UUID, UUID]]:
    """Those of these (circle, user) where the user may use the circle's chat. One query."""
    circle_ids, user_ids = {circle_id for circle_id, _ in places}, {user_id for _, user_id in places}
    active = Membership.objects.filter(
        circle_id__in=circle_ids, user_id__in=user_ids, status=MembershipStatus.ACTIVE
    ).values_list("circle_id", "user_id")
    return set(active).intersection(places)


def member_of_chat(user_id: UUID, circle_id: UUID) -> User | None:
    """This person, if they may use the circle's chat."""
    active = Membership.objects.filter(user_id=user_id, circle_id=circle_id, status=MembershipStatus.ACTIVE)
    membership = active.select_related("user").first()
    return membership.user if membership else None


def messages_of(circle_id: UUID) -> QuerySet[ChatMessage]:
    """Everything that was said in a circle, with what was hidden or taken back, which shows without its words."""
    return ChatMessage.objects.filter(circle_id=circle_id).select_related("sender")


def last_number(circle_id: UUID) -> int:
    """The number of the latest happening in a chat; 0 while nothing has happened."""
    return last_numbers([circle_id])[circle_id]


def last_numbers(circle_ids: Iterable[UUID]) -> dict[UUID, int]:
    """The same for several chats in one query."""
    ids = list(circle_ids)
    numbers = dict(Chat.objects.filter(pk__in=ids).values_list("pk", "last_number"))
    return {circle_id: numbers.get(circle_id, 0) for circle_id in ids}


def happened_after(circle_id: UUID, number: int) -> Happenings:
    """What happened in a chat after `number`; of a long stretch the first part, which `up_to` is the end of."""
    last = last_number(circle_id)
    up_to = min(last, number + STRETCH)
    if up_to <= number:
        return Happenings([], [], number, is_all=True)
    messages = messages_of(circle_id)
    written = list(messages.filter(number__gt=number, number__lte=up_to).order_by("number"))
    # Each happening has a number of its own: where every number is a message, nothing has changed.
    is_all_written = len(written) == up_to - number
    changed = messages.filter(number__lte=number, changed_number__gt=number, changed_number__lte=up_to)
    return Happenings(
        written, [] if is_all_written else list(changed.order_by("changed_number")), up_to, is_all=up_to == last
    )


def number_of(circle_id: UUID, message_id: UUID) -> int:
    """The number of a message of this chat.

    Raises:
        MessageNotFoundError: there is no such message in it.
    """
    number = messages_of(circle_id).filter(pk=message_id).values_list("number", flat=True).first()
    if number is None:
        raise MessageNotFoundError
    return number


def last_message_id(circle_id: UUID) -> UUID | None:
    """The newest message of a chat, if there is one."""
    return messages_of(circle_id).order_by("-number").values_list("pk", flat=True).first()


def places_of(circle_id: UUID) -> QuerySet[ChatPlace]:
    """How far each active member has read; who has read nothing is not among them."""
    active = ChatPlace.objects.filter(membership__circle_id=circle_id, membership__status=MembershipStatus.ACTIVE)
    return active.exclude(read_message=None).select_related("membership__user").order_by("membership_id")


def unread_in(circle_id: UUID, user: User) -> int:
    """How many messages of others this person has not read, as far as a badge shows: 100 stands for more."""
    place = ChatPlace.objects.filter(membership__circle_id=circle_id, membership__user=user).first()
    read = place.read_number if place else 0
    unread = ChatMessage.objects.filter(circle_id=circle_id, number__gt=read).exclude(sender=user)
    return unread[:100].count()
