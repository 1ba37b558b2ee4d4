"""The socket door: /ws/me tells a signed-in person what changes for them, as it changes."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from channels.db import database_sync_to_async

from contri.core.live import user_room
from contri.core.rooms import LOOK_AGAIN, Hint
from contri.core.sockets import BEHIND, Caller, LiveSocket
from notifications import queries
from notifications.api.serializers import NotificationRead


class MeSocket(LiveSocket):
    """Frames to the client: `notification.new {notification, unread_count}`; `notifications.read {unread_count}`;
    `balance.changed`, `circle.changed {circle_id}`: fetch it again; `sync.needed`: something may have been missed.

    It takes no frames.
    """

    async def rooms_of(self, caller: Caller) -> Iterable[str]:
        """One's own."""
        return [user_room(caller.user_id)]

    async def on_hint(self, caller: Caller, hint: Hint) -> None:
        """Look up what a notice says; pass everything else on as it is."""
        match hint:
            case {"event": "notification.new", "notification_id": notification_id}:
                frame = await database_sync_to_async(_new_notice)(caller.user_id, notification_id)
            case {"event": "notifications.read"}:
                frame = await database_sync_to_async(_unread)(caller.user_id)
            case _ if hint in (LOOK_AGAIN, BEHIND):
                frame = {"type": "sync.needed"}
            case _:
                frame = {"type": hint["event"], **{name: value for name, value in hint.items() if name != "event"}}
        if frame is not None:
            await self.say(frame)


def _new_notice(user_id: UUID, notification_id: str) -> dict[str, Any] | None:
    notice = queries.notifications_of(user_id).filter(pk=notification_id).first()
    if notice is None:
        return None
    return {
        "type": "notification.new",
        "notification": NotificationRead(notice).data,
        "unread_count": queries.unread_count(user_id),
    }


def _unread(user_id: UUID) -> dict[str, Any]:
    return {"type": "notifications.read", "unread_count": queries.unread_count(user_id)}
