"""Where one socket is in a chat: a number. Whatever it has not been sent yet, it reads on from there."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any, Protocol
from uuid import UUID

from channels.db import database_sync_to_async

from circles.chat_frames import Frame, Outgoing, read_after
from contri.core.eager import run_at_once

logger = logging.getLogger(__name__)


class Feed(Protocol):
    """What a reader reads from."""

    circle_id: UUID
    position: int

    def since(self, position: int) -> Sequence[Frame] | None:
        """The frames after a number; None when they are not kept any more."""


class Socket(Protocol):
    """Whom it reads for."""

    async def base_send(self, message: Outgoing) -> None:
        """Send it to the client; it waits while the client is not reading."""

    def later(self, act: Callable[[], Awaitable[None]]) -> None:
        """Do something beside the client's frames."""

    def break_off(self) -> None:
        """Nothing can be sent to the client any more."""


class ChatReader:
    """Sends a client what happens in a chat, each happening once and in order.

    As long as the client has everything, a new frame is sent as soon as the feed hands it over, without a queue or a
    task in between. Otherwise (it is asking for what it missed, or too slow) nothing is kept for it: it reads on by its
    number when it can, from the frames that the feed keeps for all, or from the rows.
    """

    def __init__(self, feed: Feed, socket: Socket) -> None:
        self.position = self._opened_after = 0
        self._feed = feed
        self._socket = socket
        self._turn = asyncio.Lock()
        self._has_everything = False
        self._is_stuck = False
        self._has_synced = False

    def start(self) -> None:
        """What has happened so far the client has, or asks for."""
        self.position = self._opened_after = self._feed.position

    def take(self, frames: Sequence[Frame]) -> None:
        """Frames of the feed, in order, once each: send them, or read them later."""
        for frame in frames:
            if not self._has_everything:
                return
            self.position = frame.position
            self._send_now(frame.outgoing)

    def take_aside(self, outgoing: Outgoing) -> None:
        """Something that has no place in the order and may be lost: nothing for a client that does not keep up."""
        if not self._is_stuck:
            self._send_now(outgoing)

    async def catch_up(self) -> None:
        """Send whatever has not been sent yet, and from then on what comes."""
        async with self._alone():
            pass

    async def replay(self, after: int, *, then: Callable[[], Awaitable[None]]) -> None:
        """Send what happened after this number, straight from the rows, do `then`, and go on from there.

        A client that asks for what it missed before it connected is not told again what this connection has brought.
        """
        async with self._alone():
            await self._read_rows(after, but_not=self._sent_since_opening(after))
            await then()

    @asynccontextmanager
    async def _alone(self) -> AsyncIterator[None]:
        """What comes meanwhile is read at the end."""
        async with self._turn:
            self._has_everything = False
            yield
            while self.position < self._feed.position:
                await self._read_on()
            self._has_everything = True

    async def _read_on(self) -> None:
        up_to = self._feed.position
        kept = self._feed.since(self.position)
        if kept is None:
            await self._read_rows(self.position)
            return
        for frame in kept:
            await self._socket.base_send(frame.outgoing)
            self.position = frame.position
        self.position = max(self.position, up_to)

    async def _read_rows(self, after: int, *, but_not: range = range(0)) -> None:
        is_all = False
        while not is_all:
            read = await database_sync_to_async(read_after)(self._feed.circle_id, after)
            for frame in read.frames:
                if frame.position not in but_not:
                    await self._socket.base_send(frame.outgoing)
            after, is_all = read.up_to, read.is_all
        self.position = max(self.position, after)

    def _sent_since_opening(self, asked_after: int) -> range:
        is_first, self._has_synced = not self._has_synced, True
        is_before = asked_after <= self._opened_after
        return range(self._opened_after + 1, self.position + 1) if is_first and is_before else range(0)

    def _send_now(self, outgoing: Outgoing) -> None:
        try:
            rest = run_at_once(self._socket.base_send(outgoing))
        except Exception as error:  # noqa: BLE001 - each server has an error of its own for a client that is gone
            logger.info("chat: a frame could not be sent: %s", type(error).__name__)
            self._has_everything, self._is_stuck = False, True
            self._socket.break_off()
            return
        if rest is not None:
            self._has_everything, self._is_stuck = False, True
            self._socket.later(lambda: self._wait_for(rest))

    async def _wait_for(self, rest: "asyncio.Task[Any]") -> None:
        await rest
        self._is_stuck = False
        await self.catch_up()
