"""The chats that the sockets of this process follow: each read once from the database, and handed to all of them.

Messages are rows; what travels through Redis says only that there are new ones. A hint that is lost costs seconds: all
followed chats are asked for their last number now and then, in one query.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID
from weakref import WeakKeyDictionary

from channels.db import database_sync_to_async
from django.db import Error as DatabaseError

from accounts.models import User
from circles import chat_queries as queries
from circles.chat_frames import Frame, Outgoing, outgoing, read_after
from circles.chat_pen import ChatPen
from circles.chat_presence import Presence
from circles.chat_reader import ChatReader, Socket
from circles.chat_rooms import chat_room
from contri.core.api.people import PersonRead
from contri.core.rooms import Hint, rooms

logger = logging.getLogger(__name__)

# How long a lost hint may go unnoticed, and a database that is away is left alone.
LOOK_SECONDS = 5.0
# Frames handed over before everything else in this process gets a turn.
SENT_AT_ONCE = 2000
# Frames that whoever is a little behind finds here rather than in the database.
MOST_KEPT = 200


class ChatFeed:
    """One chat, followed by some sockets of this process."""

    def __init__(self, circle_id: UUID) -> None:
        self.circle_id = circle_id
        self.position = 0
        self.presence = Presence(circle_id)
        self.pen = ChatPen(circle_id, self._show_own)
        self._readers: dict[ChatReader, UUID] = {}
        self._watchers: set[ChatReader] = set()
        # The latest frames, for readers that are a little behind; everything after `_kept_after` is in them.
        self._kept: deque[Frame] = deque()
        self._kept_after = 0
        self._names: dict[UUID, Any] = {}
        self._asides: list[Hint] = []
        self._has_work = asyncio.Event()
        # How far the chat has come, as far as anybody told us; and whether we may not have been told.
        self._heard_of = 0
        self._must_look = False
        self._ready: asyncio.Task[None] | None = None
        self._tasks: list[asyncio.Task[None]] = []

    @property
    def is_followed(self) -> bool:
        """Whether any socket still follows it."""
        return bool(self._readers)

    async def join(self, reader: ChatReader, user_id: UUID) -> None:
        """Hand `reader` whatever happens after `position`, as it is when this returns."""
        self._readers[reader] = user_id
        if self._ready is None:
            self._ready = asyncio.create_task(self._start())
        await asyncio.shield(self._ready)
        self.presence.came(user_id)

    def leave(self, reader: ChatReader) -> None:
        """Hand it nothing more."""
        user_id = self._readers.pop(reader, None)
        self._watchers.discard(reader)
        if user_id is not None:
            self.presence.left(user_id)
        if not self._readers:
            rooms().leave(self._hear, [chat_room(self.circle_id)])
            self.presence.end()
            self._has_work.set()

    async def watch(self, reader: ChatReader) -> None:
        """Tell `reader` who is here, now and whenever that changes."""
        self._watchers.add(reader)
        reader.take_aside(await self._presence_frame())

    def look(self, last_number: int) -> None:
        """The chat has come as far as `last_number`: read on, if that is news."""
        if last_number > self.position:
            self._heard_of = max(self._heard_of, last_number)
            self._has_work.set()

    def since(self, position: int) -> Sequence[Frame] | None:
        """The frames after a number; None when they are not kept any more."""
        if position < self._kept_after:
            return None
        return [frame for frame in self._kept if frame.position > position]

    async def _start(self) -> None:
        await rooms().join(self._hear, [chat_room(self.circle_id)])
        # Read once nothing can be missed any more.
        self.position = self._kept_after = await database_sync_to_async(queries.last_number)(self.circle_id)
        # Both end by themselves once nobody follows any more, were it before they began.
        self._tasks = [asyncio.create_task(self._run()), asyncio.create_task(self.presence.keep_alive())]

    def _hear(self, hint: Hint) -> None:
        match hint["event"]:
            case "chat.moved":
                self.look(int(hint["number"]))
                return
            case "look_again":
                self._must_look = True
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
                self._must_look = True
                self._has_work.set()

    async def _work(self) -> None:
        # What is being written here is shown without being read; its hint often comes first.
        await self.pen.settled()
        if (self._must_look or self._heard_of > self.position) and self.is_followed:
            self._must_look = False
            await self._read_on()
        asides, self._asides = self._asides, []
        for hint in asides:
            await self._hand_on_aside(hint)

    async def _read_on(self) -> None:
        is_all = False
        while not is_all:
            read = await database_sync_to_async(read_after)(self.circle_id, self.position)
            await self._hand_on(read.frames)
            self.position, is_all = max(self.position, read.up_to), read.is_all

    async def _show_own(self, frames: Sequence[Frame]) -> None:
        """Hand on what this very process has written and committed, unless something else comes before it."""
        if not frames:
            return
        if frames[0].position == self.position + 1 and frames[-1].position == self.position + len(frames):
            await self._hand_on(frames)
        else:
            self.look(frames[-1].position)

    async def _hand_on(self, frames: Sequence[Frame]) -> None:
        """By portions: many messages for many readers must not hold up everything else."""
        at_once = max(SENT_AT_ONCE // max(len(self._readers), 1), 1)
        for first in range(0, len(frames), at_once):
            # What was read may have been shown meanwhile by whoever wrote it, and the other way round.
            self._tell([frame for frame in frames[first : first + at_once] if frame.position > self.position])
            await asyncio.sleep(0)

    def _tell(self, frames: Sequence[Frame]) -> None:
        if not frames:
            return
        self._kept += frames
        self.position = frames[-1].position
        while len(self._kept) > MOST_KEPT:
            self._kept_after = self._kept.popleft().position
        for reader in list(self._readers):
            reader.take(frames)

    async def _hand_on_aside(self, hint: Hint) -> None:
        if hint["event"] == "chat.presence":
            if self._watchers:
                self._tell_aside(await self._presence_frame(), self._watchers)
            return
        user_id = UUID(hint["user_id"])
        frame: dict[str, Any] = {"type": hint["event"].removeprefix("chat."), "user": await self._person(user_id)}
        if hint["event"] == "chat.typing":
            frame["is_typing"] = hint["is_typing"] == "True"
        else:
            frame["message_id"] = hint["message_id"]
        self._tell_aside(outgoing(frame), [reader for reader, whose in self._readers.items() if whose != user_id])

    def _tell_aside(self, aside: Outgoing, readers: Iterable[ChatReader]) -> None:
        for reader in list(readers):
            reader.take_aside(aside)

    async def _presence_frame(self) -> Outgoing:
        people = [await self._person(user_id) for user_id in await self.presence.online()]
        return outgoing({"type": "presence", "online": people})

    async def _person(self, user_id: UUID) -> Any:
        if user_id not in self._names:
            self._names[user_id] = await database_sync_to_async(_person)(user_id)
        return self._names[user_id]


class ChatFeeds:
    """The chats that the sockets of one event loop follow."""

    def __init__(self) -> None:
        self._feeds: dict[UUID, ChatFeed] = {}
        self._looking: asyncio.Task[None] | None = None

    async def join(self, circle_id: UUID, socket: Socket, user_id: UUID) -> tuple[ChatFeed, ChatReader]:
        """Follow a chat, from here on; the reader's first frames wait for its first `catch_up`."""
        feed = self._feeds.setdefault(circle_id, ChatFeed(circle_id))
        reader = ChatReader(feed, socket)
        if self._looking is None:
            self._looking = asyncio.create_task(self._look_now_and_then())
        try:
            await feed.join(reader, user_id)
        except BaseException:
            self.leave(feed, reader)
            raise
        reader.start()
        return feed, reader

    def leave(self, feed: ChatFeed, reader: ChatReader) -> None:
        """Follow it no more. The last socket to leave ends the feed."""
        feed.leave(reader)
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


def _person(user_id: UUID) -> Any:
    return PersonRead(User.objects.get(pk=user_id)).data
