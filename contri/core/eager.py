"""Running a coroutine at once, as far as it goes without waiting."""

import asyncio
from collections.abc import Coroutine, Generator
from dataclasses import dataclass
from typing import Any

Act = Coroutine[Any, Any, None]


def run_at_once(act: Act) -> asyncio.Task[None] | None:
    """Run `act` here and now up to its first wait; returns the task that goes on with it, or None when it is done.

    What five hundred sockets are sent hardly ever waits, and a task for each of them would cost more than the sending.
    (From 3.12 on Python has eager tasks for this.) Whatever `act` raises before it waits is raised here.
    """
    try:
        waits_for = act.send(None)
    except StopIteration:
        return None
    return asyncio.create_task(_go_on(_Begun(act, waits_for)))


@dataclass(frozen=True, slots=True)
class _Begun:
    """A coroutine that waits for something, to be awaited from there on."""

    act: Act
    waits_for: Any

    def __await__(self) -> Generator[Any, Any, None]:
        try:
            yield self.waits_for
        except BaseException:
            self.act.close()
            raise
        yield from self.act.__await__()


async def _go_on(begun: _Begun) -> None:
    await begun
