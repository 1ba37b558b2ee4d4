"""Threads against each other, each with a connection of its own."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

from django.db import connection


def at_once(count: int, act: Callable[[int], Any]) -> list[Any]:
    """Let `count` threads do `act(number)` at the same moment; what each returned or raised."""
    start = Barrier(count)

    def run(number: int) -> Any:
        try:
            connection.ensure_connection()
            start.wait(timeout=30)
            return act(number)
        except Exception as error:  # noqa: BLE001 - an exception is a result here
            return error
        finally:
            connection.close()

    # The pool may be no larger than the race: this thread's connection would keep one of them from starting.
    connection.close()
    with ThreadPoolExecutor(count) as threads:
        return list(threads.map(run, range(count)))


def tally(results: list[Any]) -> Counter[str]:
    """How often each kind of result came, by its type's name."""
    return Counter(type(result).__name__ for result in results)
