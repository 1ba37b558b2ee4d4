"""Moments and the two clocks people mean: UTC on the wire and in the database, Africa/Lagos in people's days.

No calendar arithmetic lives here; `circles.calendar` owns that.
"""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

LAGOS = ZoneInfo("Africa/Lagos")


def lagos_moment(day: date, at: time) -> datetime:
    """The UTC moment of a Lagos wall-clock time."""
    return datetime.combine(day, at, tzinfo=LAGOS).astimezone(UTC)


def lagos_day(moment: datetime) -> date:
    """The day it is in Lagos at `moment`."""
    return moment.astimezone(LAGOS).date()


def rfc3339(moment: datetime) -> str:
    """`moment` as RFC 3339 in UTC, ending with Z."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
