"""The bell that wakes the clockwork before its nap is over."""

import threading

_woken = threading.Event()


def wake() -> None:
    """Let the clockwork look now: something may have become due."""
    _woken.set()


def sleep(seconds: float) -> None:
    """Wait so long, or until somebody rings."""
    _woken.wait(seconds)
    _woken.clear()
