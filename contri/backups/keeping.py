"""How long backups are kept: all of two days, one a day for two weeks, one a week for two months, one a month for a
year."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

ALL_OF = timedelta(days=2)
# Up to this age one is kept of every span that the function tells apart: the newest of it.
SPANS: tuple[tuple[timedelta, Callable[[datetime], object]], ...] = (
    (timedelta(days=14), lambda moment: moment.date()),
    (timedelta(days=60), lambda moment: moment.isocalendar()[:2]),
    (timedelta(days=365), lambda moment: (moment.year, moment.month)),
)


def to_keep(moments: Iterable[datetime], *, now: datetime) -> set[datetime]:
    """Which backups, by the moment they were taken, are kept at `now`. The newest of all always is."""
    newest_first = sorted(moments, reverse=True)
    kept = set(newest_first[:1]) | {moment for moment in newest_first if now - moment <= ALL_OF}
    for age, span_of in SPANS:
        newest_of = {span_of(moment): moment for moment in reversed(newest_first) if now - moment <= age}
        kept |= set(newest_of.values())
    return kept
