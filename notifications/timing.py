"""When a push may ring: what can wait does not wake people up."""

from datetime import datetime, time, timedelta

from contri.core.moments import LAGOS, lagos_moment
from notifications.kinds import Priority

# Africa/Lagos.
NIGHT_FALLS = time(21, 30)
MORNING = time(7)


def push_moment(priority: str, at: datetime) -> datetime:
    """When a notice of this priority that is written at `at` is pushed: now, or in the morning."""
    local = at.astimezone(LAGOS)
    if priority == Priority.HIGH or MORNING <= local.time() < NIGHT_FALLS:
        return at
    day = local.date() if local.time() < MORNING else local.date() + timedelta(days=1)
    return lagos_moment(day, MORNING)
