"""When a push may ring, and a mail leave: what can wait wakes nobody up, and comes together."""

from datetime import datetime, time, timedelta

from contri.core.moments import LAGOS, lagos_moment
from notifications.kinds import Priority

# Africa/Lagos.
NIGHT_FALLS = time(21, 30)
MORNING = time(7)
# What can wait waits that long for others to share a mail with.
MAIL_BREATH = timedelta(minutes=10)


def push_moment(priority: str, at: datetime) -> datetime:
    """When a notice of this priority that is written at `at` is pushed: now, or in the morning."""
    local = at.astimezone(LAGOS)
    if priority == Priority.HIGH or MORNING <= local.time() < NIGHT_FALLS:
        return at
    day = local.date() if local.time() < MORNING else local.date() + timedelta(days=1)
    return lagos_moment(day, MORNING)
