"""What the sockets of this process say in one chat, written together: a burst costs few transactions, not one each."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from uuid import UUID

from channels.db import database_sync_to_async
from django.utils import timezone

from circles import services
from circles.chat_frames import Frame, new_frames
from circles.services import Letter, Sent
from contri.core.errors import DomainError

MOST_AT_ONCE = 50

Outcome = Sent | DomainError
Waiting = tuple[Letter, "asyncio.Future[Outcome]"]


class ChatPen:
    """Writes at once, or with the others as soon as what is being written is; then shows what it has written."""

    def __init__(self, circle_id: UUID, show: Callable[[Sequence[Frame]], Awaitable[None]]) -> None:
        self._circle_id = circle_id
        self._show = show
        self._waiting: list[Waiting] = []
        self._writing: asyncio.Task[None] | None = None
        self._has_settled = asyncio.Event()
        self._has_settled.set()

    async def write(self, letter: Letter) -> Outcome:
        """Send a letter; see `send_messages`. Whoever goes away meanwhile has sent it all the same."""
        outcome: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()
        self._waiting.append((letter, outcome))
        if self._writing is None:
            self._writing = asyncio.create_task(self._write_all())
        return await outcome

    async def settled(self) -> None:
        """Returns once what is being written just now is shown."""
        await self._has_settled.wait()

    async def _write_all(self) -> None:
        while self._waiting:
            together, self._waiting = self._waiting[:MOST_AT_ONCE], self._waiting[MOST_AT_ONCE:]
            self._has_settled.clear()
            await self._write(together)
            self._has_settled.set()
        self._writing = None

    async def _write(self, together: Sequence[Waiting]) -> None:
        letters = [letter for letter, _ in together]
        try:
            outcomes, frames = await database_sync_to_async(_send)(self._circle_id, letters)
        except Exception as error:  # noqa: BLE001 - whoever wrote hears of it, whatever it is
            for _, waiting in together:
                if not waiting.done():
                    waiting.set_exception(error)
            return
        for (_, waiting), outcome in zip(together, outcomes, strict=True):
            if not waiting.done():
                waiting.set_result(outcome)
        await self._show(frames)


def _send(circle_id: UUID, letters: Sequence[Letter]) -> tuple[list[Outcome], list[Frame]]:
    outcomes = services.send_messages(circle_id=circle_id, letters=letters, at=timezone.now())
    return outcomes, new_frames([sent.message for sent in outcomes if isinstance(sent, Sent) and sent.is_new])
