"""Asking now and then who may still be here, in case the news that somebody may not was lost.

One question for all whom it concerns: five hundred sockets that each ask for themselves are five hundred queries.
"""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Callable, Collection, Hashable
from typing import Any
from weakref import WeakKeyDictionary

from channels.db import database_sync_to_async
from django.db import Error as DatabaseError

logger = logging.getLogger(__name__)

# How long the news may be lost for.
RECHECK_SECONDS = 60.0

# Who of these may stay? It asks the database, in one query.
Question = Callable[[Collection[Any]], Collection[Any]]
Absent = Callable[[], None]


class RollCall:
    """The roll of one event loop, called as long as somebody is on it."""

    def __init__(self) -> None:
        self._rolls: defaultdict[Question, defaultdict[Hashable, set[Absent]]] = defaultdict(lambda: defaultdict(set))
        self._calling: asyncio.Task[None] | None = None
        self._soon = asyncio.Event()

    def enter(self, question: Question, name: Hashable, absent: Absent) -> None:
        """Call `absent` once `question` no longer answers with `name`; it must not block."""
        self._rolls[question][name].add(absent)
        if self._calling is None:
            self._calling = asyncio.create_task(self._call_now_and_then())

    def leave(self, question: Question, name: Hashable, absent: Absent) -> None:
        """Ask no more on behalf of `absent`. The last one to leave ends the asking."""
        roll = self._rolls[question]
        roll[name].discard(absent)
        if not roll[name]:
            del roll[name]
        if not roll:
            del self._rolls[question]
        if not self._rolls and self._calling is not None:
            self._calling.cancel()
            self._calling = None

    def call_soon(self) -> None:
        """News may have been lost just now: ask before it is time."""
        self._soon.set()

    async def _call_now_and_then(self) -> None:
        while True:
            await self._waits_for_next()
            for question in list(self._rolls):
                await self._call(question)

    async def _waits_for_next(self) -> None:
        try:
            async with asyncio.timeout(RECHECK_SECONDS):
                await self._soon.wait()
        except TimeoutError:
            return
        finally:
            self._soon.clear()

    async def _call(self, question: Question) -> None:
        called = list(self._rolls.get(question, ()))
        try:
            may_stay = set(await database_sync_to_async(question)(called))
        except DatabaseError as error:
            # Asked again next time; a database that is away must not end every socket at once.
            logger.warning("roll call: the database is away: %s", type(error).__name__)
            return
        for name in called:
            if name not in may_stay:
                self._tell(question, name)

    def _tell(self, question: Question, name: Hashable) -> None:
        if question in self._rolls:
            for absent in list(self._rolls[question].get(name, ())):
                absent()


_roll_calls: "WeakKeyDictionary[asyncio.AbstractEventLoop, RollCall]" = WeakKeyDictionary()


def roll_call() -> RollCall:
    """The roll of the running event loop: a server has one of them."""
    loop = asyncio.get_running_loop()
    if loop not in _roll_calls:
        _roll_calls[loop] = RollCall()
    return _roll_calls[loop]
