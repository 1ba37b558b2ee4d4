"""Work for later: a row with a state is the queue.

A worker claims rows with `claim_work`; the claim is a lease: the row is not due again until it runs out, so a killed
worker loses nothing. Whoever claimed a row ends it with `finish`, `retry` or `park`; the attempt number fences off a
worker that was believed dead and comes back late.
"""

from datetime import datetime, timedelta
from typing import Any, ClassVar, TypeVar

from django.db import models, transaction
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils import timezone

from contri.core.context import current_request_id
from contri.core.models import BaseModel

W = TypeVar("W", bound="QueuedWork")

LEASE = timedelta(seconds=60)
FIRST_RETRY = timedelta(seconds=5)
LONGEST_RETRY = timedelta(minutes=30)


class WorkState(models.TextChoices):
    """Where a piece of work stands."""

    READY = "ready"
    DONE = "done"
    NEEDS_REVIEW = "needs_review"


class QueuedWork(BaseModel):
    """A piece of work that survives crashes of whoever does it. Index it with `due_index`, `stuck_index`."""

    state = models.CharField(max_length=12, choices=WorkState, default=WorkState.READY)
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(db_default=Now())
    last_error = models.CharField(max_length=500, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    attempt_cap: ClassVar[int] = 10

    class Meta:
        abstract = True


class BegunWork(QueuedWork):
    """A piece of work that somebody's call began and other calls go on with: see `on_behalf_of`."""

    begun_by = models.CharField(max_length=128, blank=True, editable=False, default=current_request_id, db_default="")

    class Meta(QueuedWork.Meta):
        abstract = True


def due_index(name: str) -> models.Index:
    """The partial index that keeps a sweep cheap when nothing is due."""
    return models.Index(fields=["due_at"], name=name, condition=models.Q(state=WorkState.READY))


def stuck_index(name: str) -> models.Index:
    """The partial index by which staff find what was left to a person, however long the table has grown."""
    return models.Index(fields=["created_at"], name=name, condition=models.Q(state=WorkState.NEEDS_REVIEW))


@transaction.atomic
def claim_work(rows: models.QuerySet[W], *, limit: int = 50, lease: timedelta = LEASE) -> list[W]:
    """Lease up to `limit` due rows of `rows`, oldest first, skipping what another worker holds."""
    return _claim(rows.filter(due_at__lte=timezone.now()), limit, lease)


@transaction.atomic
def claim_early(rows: models.QuerySet[W], *, limit: int = 50, lease: timedelta = LEASE) -> list[W]:
    """The same, with what was never tried and is not due yet: nobody holds those."""
    return _claim(rows.filter(Q(due_at__lte=timezone.now()) | Q(attempts=0)), limit, lease)


def _claim(rows: models.QuerySet[W], limit: int, lease: timedelta) -> list[W]:
    now = timezone.now()
    ready = rows.filter(state=WorkState.READY).order_by("due_at")
    claimed = list(ready.select_for_update(skip_locked=True, of=("self",))[:limit])
    rows.model._default_manager.filter(pk__in=[work.pk for work in claimed]).update(
        attempts=F("attempts") + 1, due_at=now + lease
    )
    for work in claimed:
        work.attempts += 1
        work.due_at = now + lease
    return claimed


def finish(work: QueuedWork) -> bool:
    """Mark claimed work done. False when the lease was lost to somebody else meanwhile."""
    return _end(work, state=WorkState.DONE, finished_at=timezone.now(), last_error="")


def retry(work: QueuedWork, error: str, *, at: datetime | None = None) -> bool:
    """Make claimed work due again, at `at` or after a growing pause; after `attempt_cap` tries it needs a person."""
    if work.attempts >= work.attempt_cap:
        return park(work, error)
    return _end(work, due_at=at or timezone.now() + _pause_after(work.attempts), last_error=error[:500])


def park(work: QueuedWork, error: str) -> bool:
    """Leave claimed work to a person."""
    return _end(work, state=WorkState.NEEDS_REVIEW, last_error=error[:500])


def take_up_again(work: QueuedWork, *, at: datetime | None = None) -> None:
    """Make work due from its first try on, at `at` or now, whoever gave it up. The caller holds its row's lock."""
    work.state, work.attempts, work.due_at = WorkState.READY, 0, at or timezone.now()
    work.save(update_fields=["state", "attempts", "due_at"])


def _pause_after(attempts: int) -> timedelta:
    doublings: int = 2 ** min(attempts - 1, 16)
    return min(FIRST_RETRY * doublings, LONGEST_RETRY)


def _end(work: QueuedWork, **changes: Any) -> bool:
    held = type(work)._default_manager.filter(pk=work.pk, attempts=work.attempts, state=WorkState.READY)
    for name, value in changes.items():
        setattr(work, name, value)
    return held.update(**changes) == 1
