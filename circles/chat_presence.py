"""Who has a chat open. Kept in Redis, where each process says every few seconds whom it serves; it may be forgotten."""

import asyncio
import logging
import os
import time
from collections import Counter
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from redis.asyncio import Redis
from redis.exceptions import RedisError

from circles.chat_rooms import chat_room
from contri.core.rooms import tell_sockets

logger = logging.getLogger(__name__)

SAY_AGAIN_SECONDS = 20.0
GONE_AFTER_SECONDS = 50.0
_THIS_PROCESS = f"{os.getpid()}-{uuid4().hex[:8]}"


class Presence:
    """The people who have one chat open, in this process and in the others."""

    def __init__(self, circle_id: UUID) -> None:
        self._circle_id = circle_id
        self._here: Counter[UUID] = Counter()
        self._changes = asyncio.Event()
        self._gone: set[UUID] = set()
        self._is_over = False

    def came(self, user_id: UUID) -> None:
        """Somebody opened the chat here."""
        self._here[user_id] += 1
        if self._here[user_id] == 1:
            self._gone.discard(user_id)
            self._changes.set()

    def left(self, user_id: UUID) -> None:
        """Somebody closed it; perhaps they have it open elsewhere still."""
        self._here[user_id] -= 1
        if self._here[user_id] <= 0:
            del self._here[user_id]
            self._gone.add(user_id)
            self._changes.set()

    async def online(self) -> list[UUID]:
        """Who has the chat open anywhere; when Redis is away, who has it open here."""
        seen = set(self._here)
        try:
            async with self._redis() as redis:
                kept = await redis.zrangebyscore(self._key, time.time(), "+inf")
            seen |= {UUID(entry.decode().partition("/")[0]) for entry in kept}
        except (RedisError, OSError) as error:
            logger.warning("presence: Redis is away: %s", type(error).__name__)
        return sorted(seen)

    def end(self) -> None:
        """Nobody is here any more: `keep_alive` says so, and ends."""
        self._is_over = True
        self._changes.set()

    async def keep_alive(self) -> None:
        """Say who is here, at every change and now and then, until `end`.

        It is told to end rather than cancelled: the Redis client may swallow a cancellation, and this would go on.
        """
        while not self._is_over:
            is_change = await self._waits_for_change()
            await self._say()
            if is_change:
                await self._tell_the_others()

    async def _tell_the_others(self) -> None:
        await tell_sockets(chat_room(self._circle_id), "chat.presence")

    async def _waits_for_change(self) -> bool:
        try:
            # Not wait_for: in Python 3.11 it swallows a cancellation that comes together with the event.
            async with asyncio.timeout(SAY_AGAIN_SECONDS):
                await self._changes.wait()
        except TimeoutError:
            return False
        self._changes.clear()
        return True

    async def _say(self) -> None:
        gone, self._gone = self._gone, set()
        try:
            await self._write(gone)
        except (RedisError, OSError) as error:
            logger.warning("presence: Redis is away: %s", type(error).__name__)

    async def _write(self, gone: set[UUID]) -> None:
        until = time.time() + GONE_AFTER_SECONDS
        async with self._redis() as redis, redis.pipeline(transaction=False) as pipeline:
            if gone:
                pipeline.zrem(self._key, *(_entry(user_id) for user_id in gone))
            if self._here:
                pipeline.zadd(self._key, {_entry(user_id): until for user_id in self._here})
            pipeline.zremrangebyscore(self._key, "-inf", time.time())
            pipeline.expire(self._key, int(GONE_AFTER_SECONDS))
            await pipeline.execute()

    @property
    def _key(self) -> str:
        return f"contri-presence:{self._circle_id}"

    def _redis(self) -> Any:
        return Redis.from_url(settings.REDIS_URL, socket_connect_timeout=1, socket_timeout=1)


def _entry(user_id: UUID) -> str:
    return f"{user_id}/{_THIS_PROCESS}"
