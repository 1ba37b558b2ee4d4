"""The passing of time: one thread moves what is under way and sends the webhooks that are due.

What moves, and how, is each company's own business; this file only names the steps and knows when to look again.
"""

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from django.db import connections
from django.utils import timezone

from contri.sandbox import alarm, deliveries
from contri.sandbox.flutterwave import transfers as flutterwave_transfers
from contri.sandbox.models import Delivery
from contri.sandbox.paystack import charges, refunds, transfers
from contri.sandbox.smileid import jobs

logger = logging.getLogger("sandbox")

# Looked at even when nobody woke us: cheap, and it bounds the harm of a forgotten wake.
LONGEST_NAP_SECONDS = 2.0
END_OF_TIME = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Step:
    """`advance` moves what was due by a moment, one status each, and counts it; `next_at` says when more is due."""

    advance: Callable[..., int]
    next_at: Callable[[], datetime | None]


STEPS = (
    Step(charges.settle_due_charges, charges.next_due_charge),
    Step(transfers.move_due_transfers, transfers.next_due_transfer),
    Step(refunds.move_due_refunds, refunds.next_due_refund),
    Step(flutterwave_transfers.move_due_transfers, flutterwave_transfers.next_due_transfer),
    Step(jobs.complete_due_jobs, jobs.next_due_job),
)

_stopped = threading.Event()


def advance(*, due_by: datetime, at: datetime) -> int:
    """Move everything that was due by `due_by`, one status each, stamped `at`; returns how many moved."""
    return sum(step.advance(due_by=due_by, at=at) for step in STEPS)


def let_all_time_pass(*, at: datetime) -> tuple[int, list[Delivery]]:
    """Bring everything under way to its end and try every waiting webhook once.

    Returns the number of statuses moved and the webhooks tried.
    """
    moved = 0
    while step := advance(due_by=END_OF_TIME, at=at):
        moved += step
    return moved, deliveries.deliver_due(at=at, all_waiting=True)


def start() -> None:
    """Run the clockwork in a thread of its own until `stop`."""
    threading.Thread(target=_run, name="clockwork", daemon=True).start()


def stop() -> None:
    """End the clockwork's thread after its present step."""
    _stopped.set()
    alarm.wake()


def _run() -> None:
    while not _stopped.is_set():
        try:
            now = timezone.now()
            advance(due_by=now, at=now)
            deliveries.deliver_due(at=now)
            nap = _seconds_until_due()
        except Exception:
            # One bad row must not end all webhooks: say so, and look again after a nap.
            logger.exception("the clockwork stumbled")
            nap = LONGEST_NAP_SECONDS
        alarm.sleep(nap)
    connections.close_all()


def _seconds_until_due() -> float:
    nexts = [step.next_at() for step in STEPS] + [deliveries.next_due_delivery()]
    moments = [moment for moment in nexts if moment is not None]
    if not moments:
        return LONGEST_NAP_SECONDS
    return min(max((min(moments) - timezone.now()).total_seconds(), 0.0), LONGEST_NAP_SECONDS)
