"""Celery's doors to what the floor does in the background."""

from time import time
from typing import Any

from celery import Task, shared_task

from contri.core.audit_chain import chain_all
from contri.core.calls import QUEUED_AT_HEADER
from contri.core.readings import HEARTBEAT, take_reading


@shared_task(name="core.chain_audit")
def chain_audit() -> None:
    """Sweep: put every new row of the audit trail into the hash chain."""
    chain_all()


@shared_task(name="core.beat_heart", bind=True)
def beat_heart(self: "Task[Any, None]", queue: str) -> None:
    """Prove that beat, broker, a worker of `queue` and the database work together, and how long that takes.

    A worker that lives but does not work, or works only on yesterday's backlog, takes no new reading.
    """
    now = time()
    take_reading(HEARTBEAT + queue, max(now - self.request.get(QUEUED_AT_HEADER, now), 0.0))
