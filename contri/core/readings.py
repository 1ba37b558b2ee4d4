"""What scheduled work found last, and when: audits, backups, heartbeats. One row each, for probes and Prometheus."""

from collections.abc import Iterator

from django.utils import timezone

from contri.core.figures import Figure, Value
from contri.core.models import Reading

HEARTBEAT = "heartbeat:"


def take_reading(name: str, value: float) -> None:
    """Keep `value` as the latest of this name, taken now."""
    Reading.objects.update_or_create(name=name, defaults={"value": value, "taken_at": timezone.now()})


def ages() -> dict[str, float]:
    """Seconds since each reading was taken."""
    now = timezone.now()
    return {reading.name: (now - reading.taken_at).total_seconds() for reading in Reading.objects.all()}


def _values() -> Iterator[Value]:
    yield from (((reading.name,), reading.value) for reading in Reading.objects.all())


def _ages() -> Iterator[Value]:
    yield from (((name,), age) for name, age in ages().items())


FIGURES = (
    Figure("contri_reading", "What scheduled work found last", _values, ("reading",)),
    Figure("contri_reading_age_seconds", "How long ago that was", _ages, ("reading",)),
)
