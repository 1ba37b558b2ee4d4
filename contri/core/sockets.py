"""What every socket of Contri has in common: who may open it, how long it lives, how fast it may talk.

A socket is accepted before it is refused, so that clients can read the code it is closed with.
"""

import asyncio
import json
import logging
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Awaitable, Callable, Hashable, Iterable, Mapping
from contextlib import suppress
from contextvars import copy_context
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from channels.generic.websocket import AsyncWebsocketConsumer
from django.conf import settings
from django.db import Error as DatabaseError
from django.utils import timezone

from contri.core import metrics
from contri.core.client_address import TRUSTED_HEADER, address_from
from contri.core.context import call_context, current_call
from contri.core.live import session_room
from contri.core.logs import facts
from contri.core.pace import Pace
from contri.core.roll_call import Question, roll_call
from contri.core.rooms import LOOK_AGAIN, Hint, rooms

logger = logging.getLogger(__name__)

NOT_SIGNED_IN = 4401
FORBIDDEN = 4403
NOT_FOUND = 4404
FLOODED = 4429
BROKEN = 1011
TRY_AGAIN_LATER = 1013

SUBPROTOCOL = "bearer"
LONGEST_FRAME = 16 * 1024
# A reader who is this far behind is told so instead, and looks again.
MOST_HINTS_WAITING = 100
BEHIND: Hint = {"event": "behind"}
# Channels would subscribe each socket to a group of its own in Redis. Hints come by rooms.
NO_LAYER = "none"


@dataclass(frozen=True, slots=True)
class Caller:
    """Whose socket it is, by the token it was opened with."""

    user_id: UUID
    session_id: UUID
    expires_at: datetime
    # Which of these sessions are open still?
    open_sessions_among: Question


class LiveSocket(AsyncWebsocketConsumer, ABC):  # type: ignore[misc]  # channels ships no types
    """A socket of one signed-in person that passes hints on and takes frames `{"type": …}`.

    A subclass says which rooms it is in, what it does with a hint, and which frames it takes.
    """

    channel_layer_alias = NO_LAYER
    caller: Caller | None = None
    _is_open = False

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

    async def connect(self) -> None:
        """Enter the rooms, then accept: once the socket is open, nothing is missed. Or accept, then refuse."""
        self._context = copy_context()
        self._hints: deque[Hint] = deque()
        self._is_passing_on = False
        self._tasks: set[asyncio.Task[None]] = set()
        self._rooms: list[str] = []
        self._conditions: list[tuple[Question, Hashable, Callable[[], None]]] = []
        self._pace = Pace()
        self._is_ended = False
        self._end_code: int | None = None
        self._frames_taken = 0
        self._expiry: asyncio.TimerHandle | None = None
        self._opened_at = asyncio.get_running_loop().time()
        metrics.socket_opened(type(self).__name__)
        try:
            refusal = await self._enter()
        except DatabaseError:
            refusal = TRY_AGAIN_LATER
        await self.accept(SUBPROTOCOL if SUBPROTOCOL in self.scope["subprotocols"] else None)
        self._is_open = True
        if refusal is not None:
            await self.end(refusal)
        elif self.caller is not None:
            self._end_with_token(self.caller)
            self._pass_on_what_waits()

    async def disconnect(self, code: int) -> None:
        """Leave the rooms and stop everything that this socket started."""
        rooms().leave(self._hear, self._rooms)
        for condition in self._conditions:
            roll_call().leave(*condition)
        if self._expiry is not None:
            self._expiry.cancel()
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
            # Who is gone already needs no good-bye; each server has an error of its own for that.
            with suppress(Exception):
                await self.close(code)

    def end_soon(self, code: int) -> None:
        """The same, for who cannot wait for it."""
        self.later(partial(self.end, code))

    def stays_while(self, question: Question, name: Hashable, *, code: int) -> None:
        """End with `code` when `question` does not answer with `name` any more, in case the news of that is lost."""
        condition = (question, name, partial(self.end_soon, code))
        self._conditions.append(condition)
        roll_call().enter(*condition)

    def later(self, act: Callable[[], Awaitable[None]]) -> None:
        """Do something beside the client's frames, at most until it is gone; a mistake in it ends the socket."""
        task = asyncio.get_running_loop().create_task(self._without_fail(act), context=self._context)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

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
        self.stays_while(caller.open_sessions_among, caller.session_id, code=NOT_SIGNED_IN)
        await self.on_entering(caller)
        return None

    def _end_with_token(self, caller: Caller) -> None:
        left = (caller.expires_at - timezone.now()).total_seconds()
        self._expiry = asyncio.get_running_loop().call_later(max(left, 0), self.end_soon, NOT_SIGNED_IN)

    def _hear(self, hint: Hint) -> None:
        if len(self._hints) >= MOST_HINTS_WAITING:
            self._hints.clear()
            hint = BEHIND
        self._hints.append(hint)
        if hint in (BEHIND, LOOK_AGAIN):
            roll_call().call_soon()
        self._pass_on_what_waits()

    def _pass_on_what_waits(self) -> None:
        if self._hints and self._is_open and not self._is_passing_on:
            self._is_passing_on = True
            self.later(self._pass_hints_on)

    async def _pass_hints_on(self) -> None:
        while self._hints and self.caller is not None:
            hint = self._hints.popleft()
            if hint["event"] == "session.ended":
                await self.end(NOT_SIGNED_IN)
                return
            await self.on_hint(self.caller, hint)
        self._is_passing_on = False

    async def _without_fail(self, act: Callable[[], Awaitable[None]]) -> None:
        try:
            await act()
        except Exception:
            logger.exception("%s ends by a mistake", type(self).__name__)
            await self.end(BROKEN)

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

    channel_layer_alias = NO_LAYER

    async def connect(self) -> None:
        """Say so."""
        await self.accept(SUBPROTOCOL if SUBPROTOCOL in self.scope["subprotocols"] else None)
        await self.close(NOT_FOUND)


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
