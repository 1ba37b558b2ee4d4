"""Due dates: anchored to the start, at a set hour in Lagos, never drifting."""

import calendar
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from circles.calendar import Plan, end_of_day, reminders_for, retries_between, whole_days
from circles.models import Frequency
from contri.core.moments import LAGOS

SIX = time(18)
starts = st.dates(date(2024, 1, 1), date(2035, 12, 31))
sizes = st.integers(2, 100)


def plan(start, frequency=Frequency.MONTHLY, size=12, grace_days=2):
    return Plan(start=start, frequency=frequency, size=size, grace_days=grace_days, due_time=SIX)


def due_days(start, frequency, size):
    return [plan(start, frequency).due_day(number) for number in range(1, size + 1)]


def test_a_month_too_short_does_not_shorten_the_next():
    assert due_days(date(2027, 1, 31), Frequency.MONTHLY, 4) == [
        date(2027, 1, 31),
        date(2027, 2, 28),
        date(2027, 3, 31),
        date(2027, 4, 30),
    ]


def test_a_leap_february_has_its_29th():
    assert due_days(date(2027, 12, 30), Frequency.MONTHLY, 3)[-1] == date(2028, 2, 29)


def test_months_run_over_the_turn_of_the_year():
    assert due_days(date(2027, 11, 15), Frequency.MONTHLY, 3)[-1] == date(2028, 1, 15)


@pytest.mark.parametrize(("frequency", "days"), [(Frequency.DAILY, 1), (Frequency.WEEKLY, 7), (Frequency.BIWEEKLY, 14)])
def test_days_and_weeks_are_evenly_spaced(frequency, days):
    first, second, third = due_days(date(2028, 2, 28), frequency, 3)
    assert (second - first, third - second) == (timedelta(days), timedelta(days))


@given(starts, sizes)
def test_every_month_has_one_due_day_as_near_to_the_first_as_it_allows(start, size):
    for turns, day in enumerate(due_days(start, Frequency.MONTHLY, size)):
        assert (day.year - start.year) * 12 + day.month - start.month == turns
        assert day.day == min(start.day, calendar.monthrange(day.year, day.month)[1])


@given(starts, st.sampled_from(Frequency), sizes, st.integers(0, 7))
def test_cycles_follow_each_other_and_never_meet(start, frequency, size, grace_days):
    dates = plan(start, frequency, size, grace_days).all_dates()

    for cycle in dates:
        assert cycle.due_at.astimezone(LAGOS).time() == SIX
        assert cycle.opens_at < cycle.due_at <= cycle.grace_ends_at
        assert cycle.grace_ends_at - cycle.due_at == timedelta(days=grace_days)
    for before, after in pairwise(dates):
        assert before.due_at <= after.opens_at


def test_the_first_cycle_opens_with_its_day():
    first = plan(date(2027, 1, 31)).dates(1)

    assert first.opens_at == datetime(2027, 1, 30, 23, tzinfo=UTC)
    assert first.due_at == datetime(2027, 1, 31, 17, tzinfo=UTC)


def test_reminders_come_three_days_and_one_day_before_and_on_the_morning():
    due = datetime(2027, 1, 31, 17, tzinfo=UTC)

    assert reminders_for(due, previous_due=None) == [
        datetime(2027, 1, 28, 17, tzinfo=UTC),
        datetime(2027, 1, 30, 17, tzinfo=UTC),
        datetime(2027, 1, 31, 8, tzinfo=UTC),
    ]


def test_a_daily_circle_is_reminded_in_the_morning_only():
    due = datetime(2027, 1, 31, 17, tzinfo=UTC)

    assert reminders_for(due, previous_due=due - timedelta(days=1)) == [datetime(2027, 1, 31, 8, tzinfo=UTC)]


def test_wallets_are_tried_again_at_set_hours_within_the_grace_period_only():
    due = datetime(2027, 1, 31, 17, tzinfo=UTC)

    assert retries_between(due, due) == []
    assert retries_between(due, due + timedelta(days=1)) == [
        datetime(2027, 1, 31, 19, tzinfo=UTC),
        datetime(2027, 2, 1, 8, tzinfo=UTC),
        datetime(2027, 2, 1, 12, tzinfo=UTC),
    ]


def test_a_day_ends_at_midnight_in_lagos():
    assert end_of_day(date(2027, 1, 31)) == datetime(2027, 1, 31, 22, 59, 59, 999999, tzinfo=UTC)


def test_a_part_of_a_day_counts_as_a_day():
    assert [whole_days(timedelta(hours=hours)) for hours in (0, 1, 24, 25)] == [0, 1, 1, 2]
