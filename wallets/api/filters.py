"""How the wallet's history can be narrowed."""

import datetime

import django_filters
from django.db.models import QuerySet

from contri.core.moments import lagos_moment
from wallets.models import Transaction

Lines = QuerySet[Transaction]


# Days beyond these have no moment in every time zone; nothing happened before the first or after the last.
FIRST_DAY, LAST_DAY = datetime.date(2000, 1, 1), datetime.date(9998, 12, 31)


def _midnight(day: datetime.date) -> datetime.datetime:
    return lagos_moment(min(max(day, FIRST_DAY), LAST_DAY), datetime.time.min)


class TransactionFilter(django_filters.FilterSet):  # type: ignore[misc]
    """By type, status, circle and day. Days are Lagos days, and both ends of a range are included."""

    type = django_filters.ChoiceFilter(choices=Transaction.Type.choices)
    status = django_filters.ChoiceFilter(choices=Transaction.Status.choices)
    circle = django_filters.UUIDFilter(field_name="circle_id")
    circle_id = django_filters.UUIDFilter()
    date = django_filters.DateFilter(method="on_day")
    date_from = django_filters.DateFilter(method="from_day")
    date_to = django_filters.DateFilter(method="to_day")

    class Meta:
        model = Transaction
        fields: list[str] = []

    def on_day(self, lines: Lines, name: str, day: datetime.date) -> Lines:
        """Lines of one Lagos day."""
        return self.to_day(self.from_day(lines, name, day), name, day)

    def from_day(self, lines: Lines, name: str, day: datetime.date) -> Lines:
        """Lines of that Lagos day and later."""
        return lines.filter(created_at__gte=_midnight(day))

    def to_day(self, lines: Lines, name: str, day: datetime.date) -> Lines:
        """Lines of that Lagos day and before."""
        return lines.filter(created_at__lt=_midnight(min(day, LAST_DAY) + datetime.timedelta(days=1)))


# The words of the statement work here too; `from` is none that a class body can use.
TransactionFilter.base_filters |= {
    "from": django_filters.DateFilter(field_name="from", method="from_day"),
    "to": django_filters.DateFilter(field_name="to", method="to_day"),
}
