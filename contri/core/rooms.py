"""Who in this process wants to hear of what: rooms fed by one Redis subscription, however many sockets are open.

Channels' own groups keep a subscription or a queue in Redis for each socket; one for the process costs a third of it.
What sockets tell one another and nobody has to hear (who is typing, who came) goes over Channels' layer instead, with
one channel of it for the process: it is sent from the event loop itself, and may be lost.
"""

import asyncio
import json
import logging
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from typing import Any
from uuid import UUID
from weakref import WeakKeyDictionary

from channels.layers import get_channel_layer
from django.conf import settings
from redis.asyncio import Redis
from redis.exceptions import RedisError

from contri.core.live import channel

logger = logging.getLogger(__name__)

Hint = Mapping[str, str]
Listener = Callable[[Hint], None]

# Told to everybody after Redis was away: anything may have happened meanwhile.
LOOK_AGAIN: Hint = {"event": "look_again"}

# The group of the layer that one channel of each process is in.
EVERYBODY = "sockets"
SUBSCRIBE_SECONDS = 2.0
RECONNECT_SECONDS = 0.5
QUIET_SECONDS = 10.0


class Rooms:
    """The rooms of one event loop. The subscription lives as long as somebody is in one of them."""

    def __init__(self) -> None:
        self._rooms: defaultdict[str, set[Listener]] = defaultdict(set)
        self._listening: asyncio.Task[None] | None = None
        self._overhearing: asyncio.Task[None] | None = None
        self._is_subscribed = asyncio.Event()
        self._is_overhearing = asyncio.Event()
        self._has_missed_some = False

    async def join(self, listener: Listener, rooms: Iterable[str]) -> None:
        """Call `listener` with every hint for `rooms` from now on; it must not block.

        Returns once nothing can be missed any more, or after a short wait when Redis is away: then LOOK_AGAIN follows.
        """
        for room in rooms:
            self._rooms[room].add(listener)
        if self._listening is None:
            self._listening = asyncio.create_task(self._listen())
            self._overhearing = asyncio.create_task(self._overhear())
        try:
            both = asyncio.gather(self._is_subscribed.wait(), self._is_overhearing.wait())
            await asyncio.wait_for(both, SUBSCRIBE_SECONDS)
        except TimeoutError:
            self._has_missed_some = True

    def leave(self, listener: Listener, rooms: Iterable[str]) -> None:
        """Call `listener` no more with hints for `rooms`. The last one to leave ends the subscription."""
        for room in rooms:
            self._rooms[room].discard(listener)
            if not self._rooms[room]:
                del self._rooms[room]
        if not self._rooms and self._listening is not None and self._overhearing is not None:
            self._listening.cancel()
            self._overhearing.cancel()
            self._listening = self._overhearing = None
            self._is_subscribed.clear()
            self._is_overhearing.clear()

    async def _listen(self) -> None:
        while self._is_listening():
            try:
                await self._subscription()
            except (RedisError, OSError) as error:
                logger.warning("hints: Redis is away: %s", type(error).__name__)
            self._has_missed_some = True
            self._is_subscribed.clear()
            await asyncio.sleep(RECONNECT_SECONDS)

    async def _subscription(self) -> None:
        redis: Any = Redis.from_url(settings.REDIS_URL, socket_connect_timeout=1, health_check_interval=QUIET_SECONDS)
        async with redis, redis.pubsub() as subscription:
            await subscription.subscribe(channel())
            while self._is_listening():
                # Returning now and then lets the client ask whether the connection is still there.
                message = await subscription.get_message(timeout=QUIET_SECONDS)
                if message is None:
                    continue
                if message["type"] == "message":
                    for line in message["data"].splitlines():
                        self._pass_on(line)
                elif message["type"] == "subscribe":
                    self._resume()

    async def _overhear(self) -> None:
        layer = get_channel_layer()
        while self._overhearing is asyncio.current_task():
            try:
                own = await layer.new_channel()
                await layer.group_add(EVERYBODY, own)
                self._is_overhearing.set()
                while self._overhearing is asyncio.current_task():
                    said = await layer.receive(own)
                    self._tell(said["hint"], [said["room"]])
            except (RedisError, OSError) as error:
                logger.warning("the channel layer is away: %s", type(error).__name__)
                await asyncio.sleep(RECONNECT_SECONDS)

    def _is_listening(self) -> bool:
        """Whether this task is the one to listen still: the Redis client may swallow the cancellation that ended it."""
        return self._listening is asyncio.current_task()

    def _resume(self) -> None:
        self._is_subscribed.set()
        if self._has_missed_some:
            self._has_missed_some = False
            self._tell(LOOK_AGAIN, self._rooms)

    def _pass_on(self, data: bytes) -> None:
        try:
            message = json.loads(data)
            self._tell(message["hint"], message["rooms"])
        except (ValueError, TypeError, KeyError):
            # One message that is not ours must not make every socket deaf.
            logger.exception("hints: unreadable message")

    def _tell(self, hint: Hint, rooms: Iterable[str]) -> None:
        for listener in {listener for room in rooms for listener in self._rooms.get(room, ())}:
            listener(hint)


async def tell_sockets(room: str, event: str, **ids: UUID | str) -> None:
    """From one socket to all in `room`, in every process: something that nobody minds not hearing. Never fails."""
    hint = {"event": event, **{name: str(value) for name, value in ids.items()}}
    try:
        await get_channel_layer().group_send(EVERYBODY, {"type": "hint", "room": room, "hint": hint})
    except (RedisError, OSError) as error:
        logger.warning("%s was not passed on: %s", event, type(error).__name__)


_rooms: "WeakKeyDictionary[asyncio.AbstractEventLoop, Rooms]" = WeakKeyDictionary()


def rooms() -> Rooms:
    """The rooms of the running event loop: a server has one of them."""
    loop = asyncio.get_running_loop()
    if loop not in _rooms:
        _rooms[loop] = Rooms()
    return _rooms[loop]
