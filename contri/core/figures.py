"""What Prometheus is told from tables: depths and ages, read when it asks and at most every few seconds.

An app registers its figures in `AppConfig.ready()`; the queues of `contri.core.work` are found by themselves. Every
process that is asked reads the same tables, so Prometheus takes `max` over processes, never `sum`.
"""

import logging
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from threading import Lock
from time import monotonic

from django.apps import apps
from django.db import DatabaseError
from django.db.models import Min
from django.utils import timezone
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from contri.core.desk.queues import all_queues, standing_of
from contri.core.work import QueuedWork, WorkState

logger = logging.getLogger(__name__)

KEPT_SECONDS = 10.0

Value = tuple[tuple[str, ...], float]


@dataclass(frozen=True, slots=True)
class Figure:
    """One gauge: `read` yields the values of its labels with its value."""

    name: str
    help: str
    read: Callable[[], Iterable[Value]]
    labels: tuple[str, ...] = ()


_registered: list[Figure] = []


def register(*figures: Figure) -> None:
    """Have these read whenever Prometheus asks."""
    _registered.extend(figures)


def figures() -> list[Figure]:
    """All there are."""
    return [*_registered, *_QUEUES]


class FiguresCollector(Collector):
    """The figures as Prometheus' client wants them. Those that cannot be read are missing, and counted as such."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._kept: list[GaugeMetricFamily] = []
        self._read_at = -KEPT_SECONDS

    def describe(self) -> Iterable[GaugeMetricFamily]:
        """Nothing in advance: registering must not read the database."""
        return []

    def collect(self) -> Iterable[GaugeMetricFamily]:
        """Read them, or what was read a moment ago."""
        with self._lock:
            if monotonic() - self._read_at >= KEPT_SECONDS:
                self._kept = list(_read_all())
                self._read_at = monotonic()
            return self._kept


def _read_all() -> Iterator[GaugeMetricFamily]:
    unread = 0
    for figure in figures():
        family = GaugeMetricFamily(figure.name, figure.help, labels=figure.labels)
        try:
            for labels, value in figure.read():
                family.add_metric(labels, value)
        except DatabaseError as error:
            unread += 1
            logger.warning("figure %s not read: %s", figure.name, type(error).__name__)
            continue
        yield family
    yield GaugeMetricFamily("contri_figures_unread", "Figures that could not be read just now", value=unread)


def _queues() -> list[type[QueuedWork]]:
    return [model for model in apps.get_models() if issubclass(model, QueuedWork)]


def _waiting() -> Iterator[Value]:
    now = timezone.now()
    for queue in _queues():
        yield (queue._meta.label_lower,), queue._default_manager.filter(state=WorkState.READY, due_at__lte=now).count()


def _oldest() -> Iterator[Value]:
    now = timezone.now()
    for queue in _queues():
        due = queue._default_manager.filter(state=WorkState.READY, due_at__lte=now)
        oldest = due.aggregate(oldest=Min("due_at"))["oldest"]
        yield (queue._meta.label_lower,), (now - oldest).total_seconds() if oldest else 0.0


def _people_wait() -> Iterator[Value]:
    for queue in all_queues():
        yield (queue.name,), standing_of(queue).count


_QUEUES = (
    Figure("contri_queue_due", "Rows of work that are due", _waiting, ("queue",)),
    Figure("contri_queue_oldest_seconds", "How long the oldest due row has waited", _oldest, ("queue",)),
    Figure("contri_staff_queue", "Rows that wait for a person, by queue of the staff desk", _people_wait, ("queue",)),
)
