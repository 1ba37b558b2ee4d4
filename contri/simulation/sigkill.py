"""A process that is really killed in the middle of its work, and what is left of its world to the next one."""

import os
import pickle
import signal
import tempfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.core.cache import caches
from django.db import connection

from contri.simulation.bank import PretendBank
from contri.simulation.killing import restart
from contri.simulation.people import ContriError
from contri.simulation.world import World

STARTS_AGAIN_AFTER = timedelta(seconds=1)


def die_in_a_child(world: World, act: Callable[[], None], *, at: int, after: bool) -> None:
    """Let a copy of this process `act` and kill itself by SIGKILL at its `at`-th commit; go on where it was.

    What it had committed is in the database, what it had told the bank the bank knows; its messages are lost.

    Raises:
        ContriError: it ended in another way.
    """
    # Copied as well, a connection would have two owners.
    restart()
    caches.close_all()
    with tempfile.TemporaryDirectory() as folder:
        books = Path(folder) / "books"
        child = os.fork()
        if not child:
            _live_and_die(world, act, books, at=at, after=after)
        _, status = os.waitpid(child, 0)
        if not (os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL):
            raise ContriError(f"it was to be killed at commit {at}, and ended with status {status}")
        if books.exists():
            world.bank.remember(pickle.loads(books.read_bytes()))  # noqa: S301 - our own, of a moment ago
    with connection.cursor() as cursor:
        cursor.execute("SELECT at FROM simulated.moment")
        (stopped_at,) = cursor.fetchone()
    world.clock.move_to(stopped_at + STARTS_AGAIN_AFTER)


def _live_and_die(world: World, act: Callable[[], None], books: Path, *, at: int, after: bool) -> None:
    try:
        _write_down(world.bank, books)
        world.commits.kill(at=at, after=after, on_hit=lambda: os.kill(os.getpid(), signal.SIGKILL))
        act()
    finally:
        # Not reached: whatever else ends this copy must not go on as if it were the first.
        os._exit(1)


def _write_down(bank: PretendBank, books: Path) -> None:
    """Have the bank outlive this process: what it did is written down before anybody hears of it."""
    for name in ("answer", "pay", "move"):
        setattr(bank, name, _written(getattr(bank, name), bank, books))


def _written(act: Callable[..., Any], bank: PretendBank, books: Path) -> Callable[..., Any]:
    def written(*args: Any) -> Any:
        result = act(*args)
        draft = books.with_suffix(".new")
        draft.write_bytes(pickle.dumps(bank.books()))
        draft.replace(books)
        return result

    return written
