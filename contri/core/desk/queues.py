"""Queues: rows that wait for a person. Every app registers its own; the desk's home page shows them all.

register_queue(
    StaffQueue(
        name="Money in suspense",
        waiting=lambda: SuspenseItem.objects.filter(status="open"),
        page="admin:wallets_suspenseitem_changelist",
        filters={"status__exact": "open"},
        permission="wallets.view_suspenseitem",
    )
)
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, Min, Model, QuerySet
from django.urls import reverse

from contri.core.desk.viewers import Viewer


@dataclass(frozen=True, slots=True)
class StaffQueue:
    """One kind of work that waits for a person."""

    name: str
    # The rows that wait; counted by the desk, so it must use a small index.
    waiting: Callable[[], QuerySet[Any]]
    # The admin's list of these rows, and the filters that leave only those that wait.
    page: str
    permission: str
    filters: Mapping[str, str] = field(default_factory=dict)
    # The column that says since when a row waits.
    since: str = "created_at"

    @property
    def url(self) -> str:
        """Where the rows are worked off."""
        query = f"?{urlencode(self.filters)}" if self.filters else ""
        return f"{reverse(self.page)}{query}"


@dataclass(frozen=True, slots=True)
class QueueStanding:
    """How many rows of a queue wait, and since when the oldest does."""

    queue: StaffQueue
    count: int
    oldest: datetime | None


_queues: dict[str, StaffQueue] = {}


def register_queue(queue: StaffQueue) -> None:
    """Show `queue` on the desk; a second one of the same name replaces the first."""
    _queues[queue.name] = queue


def register_rows(name: str, model: type[Model], **wanted: str) -> None:
    """Show the rows of `model` with these values as a queue; its list in the admin filters by them as well."""
    app, table = model._meta.app_label, model._meta.model_name
    register_queue(
        StaffQueue(
            name=name,
            # A fresh query each time: one that is kept would remember its first answer.
            waiting=lambda: model._default_manager.filter(**wanted),
            page=f"admin:{app}_{table}_changelist",
            filters={f"{column}__exact": value for column, value in wanted.items()},
            permission=f"{app}.view_{table}",
        )
    )


def all_queues() -> list[StaffQueue]:
    """Every queue there is, whoever may look at it."""
    return list(_queues.values())


def queues_for(viewer: Viewer) -> list[StaffQueue]:
    """The queues that this person may look at, in the order of registration."""
    return [queue for queue in _queues.values() if viewer.has_perm(queue.permission)]


def standing_of(queue: StaffQueue) -> QueueStanding:
    """Count a queue: one query."""
    found = queue.waiting().order_by().aggregate(count=Count("pk"), oldest=Min(queue.since))
    return QueueStanding(queue, found["count"], found["oldest"])
