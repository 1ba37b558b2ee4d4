"""Letting members know that there is talk, without telling them of every word."""

from datetime import datetime
from uuid import UUID

from django.db.models import Q

from circles.models import ChatMessage, Membership, MembershipStatus
from circles.services.telling import facts_about
from notifications import kinds
from notifications.services import push_about


def push_message(*, message_id: UUID, at: datetime) -> int:
    """Push to the devices of the members who have not read so far, and want to hear of it, that somebody wrote.

    While such a push waits for a device, later messages are part of it. Returns how many devices are told anew.
    """
    message = ChatMessage.objects.select_related("circle", "sender").get(pk=message_id)
    if message.is_deleted or message.sender is None:
        return 0
    peace = Q(chat_place__muted_until__gt=at) | Q(chat_place__read_number__gte=message.number)
    listeners = Membership.objects.filter(circle=message.circle, status=MembershipStatus.ACTIVE)
    listeners = listeners.exclude(user=message.sender).exclude(peace)
    return push_about(
        user_ids=listeners.values_list("user_id", flat=True),
        kind=kinds.CHAT_MESSAGES,
        facts=facts_about(message.circle, member=message.sender.display_name),
        about=f"chat:{message.circle_id}",
        at=at,
    )
