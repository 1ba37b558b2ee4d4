"""Reads that start from what one person may see."""

from uuid import UUID

from notifications.kinds import Channel, kinds_over
from notifications.models import Notification, NotificationQuerySet, SwitchedOff


def notifications_of(user_id: UUID) -> NotificationQuerySet:
    """Everything that one person was told."""
    return Notification.objects.filter(recipient_id=user_id)


def unread_count(user_id: UUID) -> int:
    """How much of it they have not read."""
    return notifications_of(user_id).unread().count()


def preferences_of(user_id: UUID) -> dict[Channel, dict[str, bool]]:
    """For each channel the kinds of notice it carries, and whether this person wants them over it."""
    switched_off = set(SwitchedOff.objects.filter(user_id=user_id).values_list("channel", "kind"))
    return {
        channel: {kind: (channel.value, kind) not in switched_off for kind in kinds_over(channel)}
        for channel in Channel
    }
