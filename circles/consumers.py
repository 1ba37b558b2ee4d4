"""The socket door: /ws/circles/{id}/chat is where members talk.

Messages come from rows, by way of the feed that all sockets of this process share; a socket only keeps where it is in
the chat. So whatever is lost on the way (a hint, a slow reader's turn, Redis), it reads on from there.
"""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from typing import Any, ClassVar
from uuid import UUID

from channels.db import database_sync_to_async
from django.db import Error as DatabaseError
from rest_framework import serializers

from accounts.models import User
from circles import chat_queries as queries
from circles import services
from circles.api.chat_serializers import ReadInput, SocketMessageInput, SyncInput
from circles.api.doors import checked
from circles.chat_feed import ChatFeed, chat_feeds
from circles.chat_frames import new_frames
from circles.chat_reader import ChatReader
from circles.chat_rooms import chat_room, member_room
from contri.core.errors import DomainError
from contri.core.roll_call import roll_call
from contri.core.rooms import Hint, tell_sockets
from contri.core.sockets import BROKEN, FORBIDDEN, NOT_FOUND, Caller, LiveSocket

# A client that was away asks for what it missed first. That long nothing overtakes its question.
GRACE_SECONDS = 1.0


class ChatSocket(LiveSocket):
    """Frames to the server: `message.send {client_id, body}`, `typing {is_typing}`, `read {message_id}`,
    `sync {after}`, `presence {}`.

    Frames to the client: `message.new {message}`, `message.changed {message}`, `typing {user, is_typing}`,
    `read {user, message_id}`, `sync.done {last_id}`, `presence {online}` for who has asked, `error {code, detail}`.
    """

    user: User
    feed: ChatFeed | None = None
    reader: ChatReader | None = None

    async def rooms_of(self, caller: Caller) -> Iterable[str] | int:
        """Where news of one's own membership come; 4404 for everybody else's circles and for none."""
        self.circle_id: UUID = self.scope["url_route"]["kwargs"]["circle_id"]
        user = await database_sync_to_async(queries.member_of_chat)(caller.user_id, self.circle_id)
        if user is None:
            return NOT_FOUND
        self.user = user
        return [member_room(self.circle_id, caller.user_id)]

    async def on_entering(self, caller: Caller) -> None:
        """Follow the chat as well: from the moment that the socket is open nothing is missed."""
        self.stays_while(queries.active_places_among, (self.circle_id, caller.user_id), code=FORBIDDEN)
        self.feed, self.reader = await chat_feeds().join(self.circle_id, self, caller.user_id)
        self._grace: asyncio.TimerHandle | None = asyncio.get_running_loop().call_later(GRACE_SECONDS, self._begin)

    async def disconnect(self, code: int) -> None:
        """Follow it no more."""
        if self.feed is not None and self.reader is not None:
            self._cancel_grace()
            chat_feeds().leave(self.feed, self.reader)
        await super().disconnect(code)

    async def on_hint(self, caller: Caller, hint: Hint) -> None:
        """Ask whether one is in the circle still: somebody may have left and come back since."""
        if hint["event"] == "membership.ended":
            roll_call().call_soon()

    def break_off(self) -> None:
        """Nothing can be sent any more."""
        self.end_soon(BROKEN)

    async def on_frame(self, caller: Caller, frame: Mapping[str, Any]) -> bool:
        """One of the frames above."""
        act = self.acts.get(frame["type"])
        if act is None:
            return False
        try:
            await act(self, frame)
        except DomainError as refusal:
            await self._refuse(frame, refusal.code, refusal.detail)
        except serializers.ValidationError as faults:
            await self._refuse(frame, "validation_error", _in_words(faults))
        except DatabaseError:
            await self._refuse(frame, "service_unavailable", "Temporarily unavailable; try again.")
        finally:
            self._begin()
        return True

    async def _send_message(self, frame: Mapping[str, Any]) -> None:
        values = checked(SocketMessageInput(data=frame))
        if self.feed is None:
            return
        outcome = await self.feed.pen.write(services.Letter(self.user, **values))
        if isinstance(outcome, DomainError):
            raise outcome
        if not outcome.is_new:
            # Everybody has seen it; whoever sends it again has not, or does not know that it arrived.
            [shown] = await database_sync_to_async(new_frames)([outcome.message])
            await self.base_send(shown.outgoing)

    async def _say_typing(self, frame: Mapping[str, Any]) -> None:
        is_typing = frame.get("is_typing") is True
        await tell_sockets(chat_room(self.circle_id), "chat.typing", user_id=self.user.pk, is_typing=str(is_typing))

    async def _mark_read(self, frame: Mapping[str, Any]) -> None:
        message_id = checked(ReadInput(data=frame))["message_id"]
        mark = database_sync_to_async(services.mark_chat_read)
        await mark(actor=self.user, circle_id=self.circle_id, message_id=message_id)

    async def _bring_what_was_missed(self, frame: Mapping[str, Any]) -> None:
        if self.reader is None:
            return
        after = checked(SyncInput(data=frame))["after"]
        number = await database_sync_to_async(queries.number_of)(self.circle_id, after) if after else 0
        await self.reader.replay(number, then=self._say_that_this_was_all)

    async def _say_that_this_was_all(self) -> None:
        last = await database_sync_to_async(queries.last_message_id)(self.circle_id)
        await self.say({"type": "sync.done", "last_id": str(last) if last else None})

    async def _tell_who_is_here(self, frame: Mapping[str, Any]) -> None:
        if self.feed is not None and self.reader is not None:
            await self.feed.watch(self.reader)

    acts: ClassVar[Mapping[str, Callable[..., Any]]] = {
        "message.send": _send_message,
        "typing": _say_typing,
        "read": _mark_read,
        "sync": _bring_what_was_missed,
        "presence": _tell_who_is_here,
    }

    def _begin(self) -> None:
        """The client has said its first word, or keeps silent: from now on it hears what comes."""
        if self._grace is not None and self.reader is not None:
            self._cancel_grace()
            self.later(self.reader.catch_up)

    def _cancel_grace(self) -> None:
        if self._grace is not None:
            self._grace.cancel()
            self._grace = None

    async def _refuse(self, frame: Mapping[str, Any], code: str, detail: str) -> None:
        answer = {"type": "error", "code": code, "detail": detail}
        if isinstance(frame.get("client_id"), str):
            answer["client_id"] = frame["client_id"]
        await self.say(answer)


def _in_words(faults: serializers.ValidationError) -> str:
    fields = faults.detail if isinstance(faults.detail, dict) else {"": faults.detail}
    return " ".join(f"{field}: {' '.join(map(str, details))}" for field, details in fields.items())
