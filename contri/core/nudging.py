"""Telling a worker to look now rather than at the next sweep."""

import logging
from time import monotonic

from celery import Task
from kombu.exceptions import OperationalError

from contri.core.quiet import Quiet

logger = logging.getLogger(__name__)

_broker_is_away = Quiet()
MOST_REMEMBERED = 10_000
# What was nudged about → until when that suffices.
_nudged: dict[str, float] = {}


def nudge_once_in(seconds: float, task: "Task[..., object]", *ids: str, about: str) -> None:
    """Nudge, unless this process did about the same thing less than `seconds` ago. For what looks at everything new."""
    now = monotonic()
    if now < _nudged.get(about, 0.0):
        return
    if len(_nudged) >= MOST_REMEMBERED:
        _nudged.clear()
    _nudged[about] = now + seconds
    nudge(task, *ids)


def nudge(task: "Task[..., object]", *ids: str) -> None:
    """Queue `task` with ids; call it after commit only.

    A broker that is away costs nothing but time: the work is a row, and the beat's sweep finds it.
    """
    if _broker_is_away.is_on():
        return
    try:
        task.apply_async(args=ids, retry=False, ignore_result=True)
    except (OperationalError, OSError) as error:
        _broker_is_away.start()
        logger.warning("nudge lost, the sweep will find the work: %s: %s", task.name, type(error).__name__)
