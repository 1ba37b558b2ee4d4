"""What every socket of Contri has in common: who may open it, how long it lives, how fast it may talk.

A socket is accepted before it is refused, so that clients can read the code it is closed with.
"""

import asyncio
import json
import logging
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer
from django.conf import settings
from django.db import Error as DatabaseError
from django.utils import timezone

from contri.core import metrics
from contri.core.client_address import TRUSTED_HEADER, address_from
from contri.core.context import call_context, current_call
from contri.core.live import session_room
from contri.core.logs import facts
from contri.core.rooms import Hint, rooms

logger = logging.getLogger(__name__)

NOT_SIGNED_IN = 4401
FORBIDDEN = 4403
NOT_FOUND = 4404
FLOODED = 4429
BROKEN = 1011

SUBPROTOCOL = "bearer"
LONGEST_FRAME = 16 * 1024
FRAMES_A_SECOND = 20
SECONDS_OF_FLOOD = 10
# How long the news that a session ended may be lost for.
RECHECK_SECONDS = 60.0
# A reader who is this far behind is told so instead, and looks again.
MOST_HINTS_WAITING = 100
BEHIND: Hint = {"event": "behind"}


@dataclass(frozen=True, slots=True)
class Caller:
    """Whose socket it is, by the token it was opened with."""

    user_id: UUID
    session_id: UUID
    expires_at: datetime
    is_still_signed_in: Callable[[], bool]


class Pace:
    """Slows a client down to 20 frames a second, and gives up on one that does not slow down for 10 seconds."""

    def __init__(self) -> None:
        self._second = 0
        self._frames = 0
        self._flooded_seconds = 0

    def pause_before_next(self, now: float) -> float:
        """Count a frame that came at `now` (a monotonic clock); how many seconds to wait before it is looked at."""
        if int(now) != self._second:
            was_flooded = self._frames > FRAMES_A_SECOND and int(now) == self._second + 1
            self._flooded_seconds = self._flooded_seconds + 1 if was_flooded else 0
            self._second, self._frames = int(now), 0
        self._frames += 1
        return self._second + 1 - now if self._frames > FRAMES_A_SECOND else 0.0

    @property
    def is_flood(self) -> bool:
        """Whether it has gone on for too long."""
        return self._flooded_seconds >= SECONDS_OF_FLOOD


class LiveSocket(AsyncWebsocketConsumer, ABC):  # type: ignore[misc]  # channels ships no types
    """A socket of one signed-in person that passes hints on and takes frames `{"type": …}`.

    A subclass says which rooms it is in, what it does with a hint, and which frames it takes.
    """

    caller: Caller | None = None

    async def __call__(self, scope: Mapping[str, Any], receive: Any, send: Any) -> None:
        """Live, from handshake to close, as one call under one request id."""
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        peer = (scope.get("client") or ("",))[0]
        address = address_from(forwarded=headers.get(TRUSTED_HEADER, ""), peer=peer)
        with call_context(request_id=headers.get("x-request-id", ""), address=address):
            await super().__call__(scope, receive, send)

    @abstractmethod
    async def rooms_of(self, caller: Caller) -> Iterable[str] | int:
        """The rooms to listen in, or the code to close with."""

    @abstractmethod
    async def on_hint(self, caller: Caller, hint: Hint) -> None:
        """Something happened in a room."""

    async def on_entering(self, caller: Caller) -> None:
        """It listens now, and is not open yet."""

    async def on_frame(self, caller: Caller, frame: Mapping[str, Any]) -> bool:
        """Deal with a frame from the client; False when it is none that this socket takes."""
        return False

    async def reason_to_end(self, caller: Caller) -> int | None:
        """The code to close with when the caller may not be here any more; asked again each minute."""
        return None if await _is_still_signed_in(caller) else NOT_SIGNED_IN

    async def connect(self) -> None:
        """Enter the rooms, then accept: once the socket is open, nothing is missed. Or accept, then refuse."""
        self._hints: asyncio.Queue[Hint] = asyncio.Queue(MOST_HINTS_WAITING)
        self._tasks: list[asyncio.Task[None]] = []
        self._rooms: list[str] = []
        self._pace = Pace()
        self._is_ended = False
        self._end_code: int | None = None
        self._frames_taken = 0
        self._opened_at = asyncio.get_running_loop().time()
        metrics.socket_opened(type(self).__name__)
        refusal = await self._enter()
        await self.accept(SUBPROTOCOL if SUBPROTOCOL in self.scope["subprotocols"] else None)
        if refusal is not None:
            await self.end(refusal)
        elif self.caller is not None:
            chores = (self._pass_hints_on(self.caller), self._watch_session(self.caller))
            self._tasks = [asyncio.create_task(chore) for chore in chores]

    async def disconnect(self, code: int) -> None:
        """Leave the rooms and stop everything that this socket started."""
        rooms().leave(self._hear, self._rooms)
        for task in self._tasks:
            task.cancel()
        self._record_end(code if self._end_code is None else self._end_code)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        """One frame from the client, at the pace that is allowed."""
        if self.caller is None or self._is_ended or not await self._keeps_pace():
            return
        self._frames_taken += 1
        frame = _read(text_data)
        if frame is None:
            await self.say_error("bad_frame", 'Send a JSON object with a "type", at most 16 KiB of it.')
        elif not await self.on_frame(self.caller, frame):
            await self.say_error("unknown_type", "This socket takes no such frame.")

    async def end(self, code: int) -> None:
        """Close the socket, for the first reason that there is."""
        if not self._is_ended:
            self._is_ended = True
            self._end_code = code
            await self.close(code)

    async def say(self, frame: Mapping[str, Any]) -> None:
        """Send one frame."""
        await self.send(text_data=json.dumps(frame))

    async def say_error(self, code: str, detail: str) -> None:
        """Send an error; the socket stays open."""
        await self.say({"type": "error", "code": code, "detail": detail})

    async def _enter(self) -> int | None:
        """Start listening; or the code to close with."""
        caller: Caller | None = self.scope.get("caller")
        if not _is_origin_ours(self.scope):
            return FORBIDDEN
        if caller is None:
            return NOT_SIGNED_IN
        wanted = await self.rooms_of(caller)
        if isinstance(wanted, int):
            return wanted
        self.caller = caller
        self._rooms = [session_room(caller.session_id), *wanted]
        await rooms().join(self._hear, self._rooms)
        await self.on_entering(caller)
        return None

    def _hear(self, hint: Hint) -> None:
        if self._hints.full():
            while not self._hints.empty():
                self._hints.get_nowait()
            hint = BEHIND
        self._hints.put_nowait(hint)

    async def _pass_hints_on(self, caller: Caller) -> None:
        while True:
            hint = await self._hints.get()
            if hint["event"] == "session.ended":
                await self.end(NOT_SIGNED_IN)
                return
            try:
                await self.on_hint(caller, hint)
            except Exception:
                logger.exception("hint %s could not be passed on", hint["event"])
                await self.end(BROKEN)
                return

    async def _watch_session(self, caller: Caller) -> None:
        """End the socket when the token expires, and when it should have ended without our hearing of it."""
        while True:
            left = (caller.expires_at - timezone.now()).total_seconds()
            await asyncio.sleep(max(min(left, RECHECK_SECONDS), 0))
            reason = NOT_SIGNED_IN if timezone.now() >= caller.expires_at else await self.reason_to_end(caller)
            if reason is not None:
                await self.end(reason)
                return

    def _record_end(self, code: int) -> None:
        name = type(self).__name__
        seconds = round(asyncio.get_running_loop().time() - self._opened_at, 1)
        metrics.socket_ended(name, code=code)
        logger.info(
            "%s closed with %d after %.1f s",
            name,
            code,
            seconds,
            extra=facts(
                kind="socket",
                socket=name,
                code=code,
                seconds=seconds,
                frames_taken=self._frames_taken,
                user_id=str(self.caller.user_id) if self.caller else None,
                address=current_call().address,
            ),
        )

    async def _keeps_pace(self) -> bool:
        pause = self._pace.pause_before_next(asyncio.get_running_loop().time())
        if self._pace.is_flood:
            await self.end(FLOODED)
            return False
        if pause:
            await asyncio.sleep(pause)
        return True


class Nowhere(AsyncWebsocketConsumer):  # type: ignore[misc]  # channels ships no types
    """Any address that is no socket of ours."""

    async def connect(self) -> None:
        """Say so."""
        await self.accept(SUBPROTOCOL if SUBPROTOCOL in self.scope["subprotocols"] else None)
        await self.close(NOT_FOUND)


async def _is_still_signed_in(caller: Caller) -> bool:
    try:
        return bool(await database_sync_to_async(caller.is_still_signed_in)())
    except DatabaseError:
        # Asked again in a minute; a database that is away must not end every socket at once.
        return True


def _read(text: str | None) -> Mapping[str, Any] | None:
    if text is None or len(text) > LONGEST_FRAME:
        return None
    try:
        frame = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return frame if isinstance(frame, dict) and isinstance(frame.get("type"), str) else None


def _is_origin_ours(scope: Mapping[str, Any]) -> bool:
    """Browsers send an Origin and it must be one of ours; apps send none, and the token vouches for them."""
    origin = dict(scope["headers"]).get(b"origin", b"").decode("latin-1")
    ours = {settings.PUBLIC_BASE_URL, *settings.CORS_ALLOWED_ORIGINS}
    return not origin or origin in {f"{urlsplit(url).scheme}://{urlsplit(url).netloc}" for url in ours}
