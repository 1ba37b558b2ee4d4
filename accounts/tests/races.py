"""Doing the same thing in many threads at the same instant."""

from collections.abc import Callable
from threading import Barrier, Thread
from typing import TypeVar

from django.db import connection

T = TypeVar("T")


def at_once(count: int, act: Callable[[], T]) -> list[T]:
    """What `act` returned in each of `count` threads, which start it together.

    At most nine of them: the pool has ten connections, and the test itself holds one.
    """
    barrier = Barrier(count, timeout=20)
    results: list[T] = []

    def run() -> None:
        try:
            # Connected before the start: else those who connect first are done before the others begin.
            connection.ensure_connection()
            barrier.wait()
            results.append(act())
        finally:
            connection.close()

    threads = [Thread(target=run) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(results) == count
    return results
