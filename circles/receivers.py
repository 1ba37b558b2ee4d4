"""What circles do about facts, those of wallets and their own: a nudge, and nothing else."""

from collections import defaultdict
from collections.abc import Sequence
from uuid import UUID

from django.dispatch import receiver
from django.utils import timezone

from circles.chat_rooms import chat_room, member_room
from circles.models import Membership, MembershipStatus
from circles.queries import who_has_to_pay
from circles.signals import card_charge_waits, chat_moved, chat_read, circles_changed, member_gone, message_sent
from circles.tasks import collect_from_member, note_charge_back, push_message, work_card_payments
from contri.core.live import hint, user_room
from contri.core.nudging import nudge, nudge_once_in
from wallets.signals import deposit_charged_back, wallets_funded

# A push about a chat waits for longer than that, and whatever is said meanwhile is part of it.
PUSH_SECONDS = 10.0


@receiver(wallets_funded, dispatch_uid="circles.collect_from_members")
def collect_what_is_owed(sender: None, *, user_ids: Sequence[UUID], **_kwargs: object) -> None:
    """Money has come in: whoever owes a circle pays it first. A nudge costs more than asking whether they do."""
    for user_id in who_has_to_pay(user_ids, at=timezone.now()):
        nudge(collect_from_member, str(user_id))


@receiver(card_charge_waits, dispatch_uid="circles.charge_card")
def charge_card(sender: None, *, card_payment_id: UUID, **_kwargs: object) -> None:
    """A card waits to be charged: now rather than at the next sweep."""
    nudge(work_card_payments, str(card_payment_id))


@receiver(deposit_charged_back, dispatch_uid="circles.note_charge_back")
def note_what_it_had_paid(sender: None, *, dispute_id: UUID, **_kwargs: object) -> None:
    """A payment was charged back: it may have paid a contribution."""
    nudge(note_charge_back, str(dispute_id))


@receiver(circles_changed, dispatch_uid="circles.show_circles")
def show_circles(sender: None, *, circle_ids: Sequence[UUID], **_kwargs: object) -> None:
    """Circles are not what they were: their members' open sockets fetch them again."""
    rooms: defaultdict[UUID, list[str]] = defaultdict(list)
    members = Membership.objects.filter(circle__in=circle_ids, status=MembershipStatus.ACTIVE)
    for circle_id, user_id in members.values_list("circle_id", "user_id"):
        rooms[circle_id].append(user_room(user_id))
    for circle_id in circle_ids:
        hint(rooms[circle_id], "circle.changed", circle_id=circle_id)


@receiver(chat_moved, dispatch_uid="circles.show_chat")
def show_chat(sender: None, *, circle_id: UUID, number: int, **_kwargs: object) -> None:
    """A chat has come as far as `number`: whoever follows it and is not there reads on."""
    hint(chat_room(circle_id), "chat.moved", number=number)


@receiver(chat_read, dispatch_uid="circles.show_reading")
def show_reading(sender: None, *, circle_id: UUID, user_id: UUID, message_id: UUID, **_kwargs: object) -> None:
    """Somebody has read on: the others see it, and their own other devices count anew."""
    hint(chat_room(circle_id), "chat.read", user_id=user_id, message_id=message_id)
    hint(user_room(user_id), "chat.read", circle_id=circle_id, message_id=message_id)


@receiver(member_gone, dispatch_uid="circles.close_chat")
def close_chat(sender: None, *, circle_id: UUID, user_id: UUID, **_kwargs: object) -> None:
    """Somebody is no longer in a circle: their sockets in its chat end."""
    hint(member_room(circle_id, user_id), "membership.ended")


@receiver(message_sent, dispatch_uid="circles.push_message")
def tell_phones(sender: None, *, circle_id: UUID, message_id: UUID, **_kwargs: object) -> None:
    """Somebody wrote in a chat. Lost, and nobody's phone rings: the message stands all the same."""
    nudge_once_in(PUSH_SECONDS, push_message, str(message_id), about=f"chat:{circle_id}")
