"""The socket door: /ws/circles/{id}/chat is where members talk.

Messages come from rows, by way of the feed that all sockets of this process share; a socket only keeps where it is in
the chat. So whatever is lost on the way (a hint, a slow reader's turn, Redis), it reads on from there.
"""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from typing import Any, ClassVar
from uuid import UUID

from asgiref.sync import sync_to_async
from channels.db import database_sync_to_async
from django.db import Error as DatabaseError
from django.utils import timezone
from rest_framework import serializers

from accounts.models import User
from circles import chat_queries as queries
from circles import services
from circles.api.chat_serializers import ReadInput, SocketMessageInput, SyncInput
from circles.api.doors import checked
from circles.chat_feed import FRAME, ChatFeed, chat_feeds, new_frame, read_after
from circles.chat_rooms import chat_room, member_room
from contri.core.errors import DomainError
from contri.core.live import hint
from contri.core.rooms import Hint
from contri.core.sockets import BEHIND, FORBIDDEN, NOT_FOUND, Caller, LiveSocket

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
    has_asked_who_is_here = False

    async def rooms_of(self, caller: Caller) -> Iterable[str] | int:
        """Where news of one's own membership come; 4404 for everybody else's circles and for none."""
        self.circle_id: UUID = self.scope["url_route"]["kwargs"]["circle_id"]
        if not await database_sync_to_async(queries.is_in_chat)(caller.user_id, self.circle_id):
            return NOT_FOUND
        self.user = await User.objects.aget(pk=caller.user_id)
        return [member_room(self.circle_id, caller.user_id)]

    async def on_entering(self, caller: Caller) -> None:
        """Follow the chat as well: from the moment that the socket is open nothing is missed."""
        self._turn = asyncio.Lock()
        self._has_spoken = asyncio.Event()
        self._entered_at = asyncio.get_running_loop().time()
        self.feed = await chat_feeds().join(self.circle_id, self._hear, caller.user_id)
        self._opened_after = self._position = self.feed.position
        self._has_synced = False

    async def disconnect(self, code: int) -> None:
        """Follow it no more."""
        if self.feed is not None:
            if self.has_asked_who_is_here:
                self.feed.presence.watch(-1)
            chat_feeds().leave(self.feed, self._hear)
        await super().disconnect(code)

    async def reason_to_end(self, caller: Caller) -> int | None:
        """4403 when one is in the circle no more, in case that news was lost."""
        reason = await super().reason_to_end(caller)
        return reason if reason is not None else await self._reason_to_leave(caller)

    async def on_hint(self, caller: Caller, hint: Hint) -> None:
        """Pass frames on, each once and in order; or read on by oneself."""
        if hint["event"] == FRAME:
            await self._on_chat_frame(hint)
            return
        match hint:
            case {"event": "membership.ended"}:
                # Somebody may have left and come back since.
                if (reason := await self._reason_to_leave(caller)) is not None:
                    await self.end(reason)
            case {"event": "chat.presence"} if self.has_asked_who_is_here:
                await self.send(text_data=hint["text"])
            case _ if hint == BEHIND:
                await self._wait_for_first_word()
                async with self._turn:
                    await self._replay(self._position)

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
            self._has_spoken.set()
        return True

    async def _send_message(self, frame: Mapping[str, Any]) -> None:
        values = checked(SocketMessageInput(data=frame))
        send = database_sync_to_async(services.send_message)
        message, is_new = await send(actor=self.user, circle_id=self.circle_id, at=timezone.now(), **values)
        if not is_new:
            # Everybody has seen it; whoever sends it again has not, or does not know that it arrived.
            await self.send(text_data=(await database_sync_to_async(new_frame)(message))["text"])

    async def _say_typing(self, frame: Mapping[str, Any]) -> None:
        is_typing = frame.get("is_typing") is True
        say = sync_to_async(hint, thread_sensitive=False)
        await say(chat_room(self.circle_id), "chat.typing", user_id=self.user.pk, is_typing=str(is_typing))

    async def _mark_read(self, frame: Mapping[str, Any]) -> None:
        message_id = checked(ReadInput(data=frame))["message_id"]
        mark = database_sync_to_async(services.mark_chat_read)
        await mark(actor=self.user, circle_id=self.circle_id, message_id=message_id)

    async def _bring_what_was_missed(self, frame: Mapping[str, Any]) -> None:
        after = checked(SyncInput(data=frame))["after"]
        async with self._turn:
            self._has_spoken.set()
            number = await database_sync_to_async(queries.number_of)(self.circle_id, after) if after else 0
            await self._replay(number, but_not=self._seen_since_opening(number))
            last = await database_sync_to_async(queries.last_message_id)(self.circle_id)
            await self.say({"type": "sync.done", "last_id": str(last) if last else None})

    async def _tell_who_is_here(self, frame: Mapping[str, Any]) -> None:
        if self.feed is None:
            return
        if not self.has_asked_who_is_here:
            self.has_asked_who_is_here = True
            self.feed.presence.watch(1)
        await self.send(text_data=await self.feed.presence_frame())

    acts: ClassVar[Mapping[str, Callable[..., Any]]] = {
        "message.send": _send_message,
        "typing": _say_typing,
        "read": _mark_read,
        "sync": _bring_what_was_missed,
        "presence": _tell_who_is_here,
    }

    async def _on_chat_frame(self, frame: Hint) -> None:
        """Send a frame, if it is not behind what was sent; for a message in its turn, after a question that is open."""
        if "position" not in frame:
            await self.send(text_data=frame["text"])
            return
        if not self._has_spoken.is_set():
            await self._wait_for_first_word()
        # Nearly every frame goes this way, five hundred times for each message: no wait that is none.
        if self._turn.locked():
            async with self._turn:
                await self._send_once(frame)
        else:
            await self._send_once(frame)

    async def _send_once(self, frame: Hint) -> None:
        position = int(frame["position"])
        if position > self._position:
            self._position = position
            await self.base_send({"type": "websocket.send", "text": frame["text"]})

    async def _replay(self, after: int, *, but_not: range = range(0)) -> None:
        """Send what happened after this number, straight from the rows, and be there; the caller holds the turn."""
        is_all = False
        while not is_all:
            read = await database_sync_to_async(read_after)(self.circle_id, after)
            for frame in read.frames:
                if int(frame["position"]) not in but_not:
                    await self.send(text_data=frame["text"])
            after, is_all = read.up_to, read.is_all
        self._position = max(self._position, after)

    def _seen_since_opening(self, asked_after: int) -> range:
        """What this connection has brought already, where a client asks for what it missed before it connected."""
        is_first, self._has_synced = not self._has_synced, True
        is_before = asked_after <= self._opened_after
        return range(self._opened_after + 1, self._position + 1) if is_first and is_before else range(0)

    async def _wait_for_first_word(self) -> None:
        if self._has_spoken.is_set():
            return
        left = self._entered_at + GRACE_SECONDS - asyncio.get_running_loop().time()
        try:
            async with asyncio.timeout(max(left, 0)):
                await self._has_spoken.wait()
        except TimeoutError:
            self._has_spoken.set()

    async def _reason_to_leave(self, caller: Caller) -> int | None:
        try:
            is_in = await database_sync_to_async(queries.is_in_chat)(caller.user_id, self.circle_id)
        except DatabaseError:
            return None
        return None if is_in else FORBIDDEN

    async def _refuse(self, frame: Mapping[str, Any], code: str, detail: str) -> None:
        answer = {"type": "error", "code": code, "detail": detail}
        if isinstance(frame.get("client_id"), str):
            answer["client_id"] = frame["client_id"]
        await self.say(answer)


def _in_words(faults: serializers.ValidationError) -> str:
    fields = faults.detail if isinstance(faults.detail, dict) else {"": faults.detail}
    return " ".join(f"{field}: {' '.join(map(str, details))}" for field, details in fields.items())
