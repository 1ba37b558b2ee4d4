"""Many seeds at once: processes that take the next one when they are free, each with a Redis key space of its own."""

import multiprocessing
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing.sharedctypes import Synchronized
from typing import Any, TypeVar
from urllib.parse import urlsplit, urlunsplit

from django.conf import settings
from django.core.cache import caches
from django.db import connections
from django.test.utils import override_settings

T = TypeVar("T")
Live = Callable[[int], T]

# Set in each process of a fleet: what a seed is handed to.
_here: dict[str, Live[Any]] = {}


def run_fleet(live: Live[T], seeds: Sequence[int], jobs: int) -> Iterator[T]:
    """What `live` makes of each seed, in the order in which they end.

    The processes are copies of this one: what all lives begin with is there already, and so is `live` itself.

    Raises:
        BrokenProcessPool: one of them was killed.
    """
    # Copied as well, a socket would have two owners.
    connections.close_all()
    caches.close_all()
    context = multiprocessing.get_context("fork")
    boarding = (live, context.Value("i", 0))
    with ProcessPoolExecutor(jobs, context, initializer=_board, initargs=boarding) as processes:
        for done in as_completed([processes.submit(_live, seed) for seed in seeds]):
            yield done.result()


def _board(live: Live[Any], count: "Synchronized[int]") -> None:
    with count.get_lock():
        count.value += 1
        own = urlunsplit(urlsplit(settings.REDIS_URL)._replace(path=f"/{count.value}"))
    cache = {**settings.CACHES["default"], "LOCATION": own}
    override_settings(REDIS_URL=own, CACHES={**settings.CACHES, "default": cache}).enable()
    _here["live"] = live


def _live(seed: int) -> Any:
    return _here["live"](seed)
