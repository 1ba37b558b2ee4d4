"""The only date arithmetic in Contri.

Due days are anchored to the start date and never to each other, so they cannot drift: 31 January → 28 February →
31 March. They fall at a set hour of Africa/Lagos and are kept in UTC.
"""

import calendar
import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from circles.models import Circle, Frequency
from contri.core.moments import lagos_day, lagos_moment

MONTHS_PER_YEAR = 12
DAY = timedelta(days=1)
OPENS_DAYS_BEFORE = 3
REMINDERS_DAYS_BEFORE = (3, 1)
REMINDER_HOUR = time(9)
# After the due moment the wallets are tried again at these hours of each day of grace (Africa/Lagos).
RETRY_HOURS = (time(9), time(13), time(20))
# What is still owed after a short payout is looked for once a day, besides whenever money comes in.
DEBT_HOUR = time(10)

_STEP = {Frequency.DAILY: DAY, Frequency.WEEKLY: 7 * DAY, Frequency.BIWEEKLY: 14 * DAY}


@dataclass(frozen=True, slots=True)
class CycleDates:
    """The moments of one cycle, in UTC."""

    number: int
    opens_at: datetime
    due_at: datetime
    grace_ends_at: datetime


@dataclass(frozen=True, slots=True)
class Plan:
    """What a circle's dates follow from."""

    start: date
    frequency: Frequency
    size: int
    grace_days: int
    due_time: time

    def due_day(self, number: int) -> date:
        """The Lagos day on which cycle `number` (1, 2, …) is due."""
        turns = number - 1
        if self.frequency == Frequency.MONTHLY:
            return _months_after(self.start, turns)
        return self.start + turns * _STEP[self.frequency]

    def due_at(self, number: int) -> datetime:
        """The moment at which cycle `number` is due."""
        return lagos_moment(self.due_day(number), self.due_time)

    def dates(self, number: int) -> CycleDates:
        """All moments of one cycle.

        The first opens with its day, since before that the circle has not begun; a later one opens
        `OPENS_DAYS_BEFORE` days ahead, but never before the previous one is due.
        """
        due = self.due_at(number)
        begins = lagos_moment(self.start, time.min) if number == 1 else self.due_at(number - 1)
        opens = max(due - OPENS_DAYS_BEFORE * DAY, begins)
        return CycleDates(number, opens_at=opens, due_at=due, grace_ends_at=due + self.grace_days * DAY)

    def all_dates(self) -> list[CycleDates]:
        """The dates of every cycle."""
        return [self.dates(number) for number in range(1, self.size + 1)]


def plan_of(circle: Circle) -> Plan:
    """The plan that a circle's rules lay down."""
    return Plan(
        start=circle.cycle_start_date,
        frequency=Frequency(circle.frequency),
        size=circle.size,
        grace_days=circle.grace_days,
        due_time=circle.due_time,
    )


def reminders_for(due: datetime, previous_due: datetime | None) -> list[datetime]:
    """When to remind those who have not paid: days ahead, and on the morning of the day; never before the last due."""
    morning = lagos_moment(lagos_day(due), REMINDER_HOUR)
    moments = [*(due - days * DAY for days in REMINDERS_DAYS_BEFORE), morning]
    return [moment for moment in moments if moment < due and (previous_due is None or moment > previous_due)]


def retries_between(due: datetime, grace_ends: datetime) -> list[datetime]:
    """The set hours at which the wallets are tried again during the grace period."""
    return [moment for moment in _at_hours(lagos_day(due), lagos_day(grace_ends)) if due < moment < grace_ends]


def next_debt_collection(after: datetime) -> datetime:
    """The next daily moment, after `after`, at which open debts are looked for."""
    today = lagos_moment(lagos_day(after), DEBT_HOUR)
    return today if today > after else lagos_moment(lagos_day(after) + DAY, DEBT_HOUR)


def end_of_day(day: date) -> datetime:
    """The last moment of a Lagos day."""
    return lagos_moment(day + DAY, time.min) - timedelta(microseconds=1)


def whole_days(length: timedelta) -> int:
    """`length` in days, rounded up, so that clocks which stood still go on at the same hour of the day."""
    return math.ceil(length / DAY)


def _months_after(start: date, months: int) -> date:
    # Counted from the start's own day each time: clamping February's date must not clamp March's.
    year, month0 = divmod(start.year * MONTHS_PER_YEAR + start.month - 1 + months, MONTHS_PER_YEAR)
    last_day = calendar.monthrange(year, month0 + 1)[1]
    return date(year, month0 + 1, min(start.day, last_day))


def _at_hours(first: date, last: date) -> Iterator[datetime]:
    for offset in range((last - first).days + 1):
        yield from (lagos_moment(first + offset * DAY, hour) for hour in RETRY_HOURS)
