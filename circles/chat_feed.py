"""The chats that the sockets of this process follow: each read once from the database, and handed to all of them.

Messages are rows; what travels through Redis says only that there are new ones. A hint that is lost costs seconds: all
followed chats are asked for their last number now and then, in one query.
"""

import asyncio
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID
from weakref import WeakKeyDictionary

from channels.db import database_sync_to_async
from django.db import Error as DatabaseError
from rest_framework.renderers import JSONRenderer

from accounts.models import User
from circles import chat_queries as queries
from circles.api.chat_serializers import MessageRead
from circles.chat_presence import Presence
from circles.chat_rooms import chat_room
from circles.models import ChatMessage
from contri.core.api.people import PersonRead
from contri.core.rooms import Hint, rooms

logger = logging.getLogger(__name__)

# What a socket is handed: a hint with one of these events, the frame as text and, for a message, where it belongs.
FRAME = "chat.frame"
PRESENCE = "chat.presence"

Listener = Callable[[Hint], None]

# How long a lost hint may go unnoticed, and a database that is away is left alone.
LOOK_SECONDS = 5.0


class ChatFeed:
    """One chat, followed by some sockets of this process."""

    def __init__(self, circle_id: UUID) -> None:
        self.circle_id = circle_id
        self.position = 0
        self.presence = Presence(circle_id)
        self._listeners: dict[Listener, UUID] = {}
        self._names: dict[UUID, Any] = {}
        self._asides: list[Hint] = []
        self._has_work = asyncio.Event()
        self._is_behind = False
        self._ready: asyncio.Task[None] | None = None
        self._tasks: list[asyncio.Task[None]] = []

    @property
    def is_followed(self) -> bool:
        """Whether any socket still follows it."""
        return bool(self._listeners)

    async def join(self, listener: Listener, user_id: UUID) -> int:
        """Hand `listener` whatever happens from now on; returns the chat's number after which that is."""
        self._listeners[listener] = user_id
        if self._ready is None:
            self._ready = asyncio.create_task(self._start())
        await asyncio.shield(self._ready)
        self.presence.came(user_id)
        return self.position

    def leave(self, listener: Listener) -> None:
        """Hand `listener` nothing more."""
        user_id = self._listeners.pop(listener, None)
        if user_id is not None:
            self.presence.left(user_id)
        if not self._listeners:
            rooms().leave(self._hear, [chat_room(self.circle_id)])
            self.presence.end()
            self._has_work.set()

    def look(self, last_number: int) -> None:
        """The chat has come as far as `last_number`: read on, if that is news."""
        if last_number > self.position:
            self._is_behind = True
            self._has_work.set()

    async def _start(self) -> None:
        await rooms().join(self._hear, [chat_room(self.circle_id)])
        # Read once nothing can be missed any more.
        self.position = await database_sync_to_async(queries.last_number)(self.circle_id)
        # Both end by themselves once nobody follows any more, were it before they began.
        self._tasks = [asyncio.create_task(self._run()), asyncio.create_task(self.presence.keep_alive())]

    def _hear(self, hint: Hint) -> None:
        match hint["event"]:
            case "chat.moved" | "look_again":
                self._is_behind = True
            case "chat.typing" | "chat.read" | "chat.presence":
                self._asides.append(hint)
            case _:
                return
        self._has_work.set()

    async def _run(self) -> None:
        while self.is_followed:
            await self._has_work.wait()
            self._has_work.clear()
            try:
                await self._work()
            except DatabaseError as error:
                logger.warning("chat: the database is away: %s", type(error).__name__)
                await asyncio.sleep(LOOK_SECONDS)
                self._is_behind = True
                self._has_work.set()

    async def _work(self) -> None:
        if self._is_behind and self.is_followed:
            self._is_behind = False
            await self._read_on()
        asides, self._asides = self._asides, []
        for hint in asides:
            await self._hand_on_aside(hint)

    async def _read_on(self) -> None:
        is_all = False
        while not is_all:
            read = await database_sync_to_async(read_after)(self.circle_id, self.position)
            for frame in read.frames:
                self._tell(frame)
            self.position, is_all = read.up_to, read.is_all

    async def _hand_on_aside(self, hint: Hint) -> None:
        if hint["event"] == "chat.presence":
            if self.presence.is_watched:
                self._tell({"event": PRESENCE, "text": await self.presence_frame()})
            return
        user_id = UUID(hint["user_id"])
        frame: dict[str, Any] = {"type": hint["event"].removeprefix("chat."), "user": await self._person(user_id)}
        if hint["event"] == "chat.typing":
            frame["is_typing"] = hint["is_typing"] == "True"
        else:
            frame["message_id"] = hint["message_id"]
        self._tell({"event": FRAME, "text": as_text(frame)}, but_not=user_id)

    async def presence_frame(self) -> str:
        """Who has the chat open, as the frame that says so."""
        people = [await self._person(user_id) for user_id in await self.presence.online()]
        return as_text({"type": "presence", "online": people})

    async def _person(self, user_id: UUID) -> Any:
        if user_id not in self._names:
            self._names[user_id] = await database_sync_to_async(_person)(user_id)
        return self._names[user_id]

    def _tell(self, frame: Hint, *, but_not: UUID | None = None) -> None:
        for listener, user_id in list(self._listeners.items()):
            if user_id != but_not:
                listener(frame)


class ChatFeeds:
    """The chats that the sockets of one event loop follow."""

    def __init__(self) -> None:
        self._feeds: dict[UUID, ChatFeed] = {}
        self._looking: asyncio.Task[None] | None = None

    async def join(self, circle_id: UUID, listener: Listener, user_id: UUID) -> ChatFeed:
        """Follow a chat; see `ChatFeed.join`."""
        feed = self._feeds.setdefault(circle_id, ChatFeed(circle_id))
        if self._looking is None:
            self._looking = asyncio.create_task(self._look_now_and_then())
        await feed.join(listener, user_id)
        return feed

    def leave(self, feed: ChatFeed, listener: Listener) -> None:
        """Follow it no more. The last socket to leave ends the feed."""
        feed.leave(listener)
        if not feed.is_followed and self._feeds.get(feed.circle_id) is feed:
            del self._feeds[feed.circle_id]
        if not self._feeds and self._looking is not None:
            self._looking.cancel()
            self._looking = None

    async def _look_now_and_then(self) -> None:
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            try:
                numbers = await database_sync_to_async(queries.last_numbers)(list(self._feeds))
            except DatabaseError as error:
                logger.warning("chat: the database is away: %s", type(error).__name__)
                continue
            for circle_id, number in numbers.items():
                if circle_id in self._feeds:
                    self._feeds[circle_id].look(number)


_feeds: "WeakKeyDictionary[asyncio.AbstractEventLoop, ChatFeeds]" = WeakKeyDictionary()


def chat_feeds() -> ChatFeeds:
    """The feeds of the running event loop: a server has one of them."""
    loop = asyncio.get_running_loop()
    if loop not in _feeds:
        _feeds[loop] = ChatFeeds()
    return _feeds[loop]


@dataclass(frozen=True, slots=True)
class Read:
    """What a chat brought between two numbers, as frames in the order in which sockets send them."""

    frames: list[Hint]
    up_to: int
    is_all: bool


def read_after(circle_id: UUID, number: int) -> Read:
    """What happened in a chat after `number`, or the first part of it."""
    happened = queries.happened_after(circle_id, number)
    frames = [new_frame(message) for message in happened.written]
    frames += [_frame("message.changed", message, message.changed_number) for message in happened.changed]
    return Read(frames, happened.up_to, happened.is_all)


def new_frame(message: ChatMessage) -> Hint:
    """The frame that shows a message for the first time."""
    return _frame("message.new", message, message.number)


def as_text(frame: Mapping[str, Any]) -> str:
    """A frame as it goes over the wire."""
    text: bytes = JSONRenderer().render(frame)
    return text.decode()


def _frame(kind: str, message: ChatMessage, position: int) -> Hint:
    text = as_text({"type": kind, "message": MessageRead(message).data})
    return {"event": FRAME, "text": text, "position": str(position)}


def _person(user_id: UUID) -> Any:
    return PersonRead(User.objects.get(pk=user_id)).data
