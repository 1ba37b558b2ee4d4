"""Doing the same thing in many threads at the same instant."""

from collections.abc import Callable
from threading import Barrier, Thread
from typing import TypeVar

from django.db import connection

T = TypeVar("T")


def at_once(count: int, act: Callable[[], T]) -> list[T]:
    """What `act` returned in each of `count` threads, which start it together. Ten share the pool's ten connections."""
    barrier = Barrier(count)
    results: list[T] = []

    def run() -> None:
        barrier.wait()
        try:
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
