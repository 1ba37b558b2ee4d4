"""The figures of the home page. Each is one bounded question to the database and one chart with a table beneath it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import TruncDate

from circles.models import Circle, CircleStatus, Contribution, ContributionStatus
from contri.core.moments import LAGOS, lagos_day, lagos_moment
from contri.core.money import naira_from_kobo
from wallets.models import Deposit, LedgerAccount, Purpose, SuspenseItem, Withdrawal

DAYS = 14
LATE_SINCE = ((0, 3, "up to 3 days"), (3, 7, "4 to 7 days"), (7, 30, "8 to 30 days"), (30, 36_500, "longer"))


@dataclass(frozen=True, slots=True)
class Chart:
    """Numbers to draw and to read. Values are decimal strings or whole numbers, one for each label."""

    key: str
    title: str
    kind: str
    labels: Sequence[str]
    series: Sequence[tuple[str, Sequence[str | int]]]
    unit: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to draw: a chart of zeros says less than a sentence."""
        return not any(float(value) for _, values in self.series for value in values)

    @property
    def rows(self) -> list[tuple[str, list[str | int]]]:
        """The table: a row for each label."""
        return [(label, [values[place] for _, values in self.series]) for place, label in enumerate(self.labels)]

    @property
    def data(self) -> dict[str, Any]:
        """What charts.js reads."""
        series = [{"label": name, "data": [float(value) for value in values]} for name, values in self.series]
        return {"kind": self.kind, "labels": list(self.labels), "series": series, "unit": self.unit}


def money_by_day(at: datetime) -> Chart:
    """What came in from providers and went out to banks, by Lagos day."""
    days = _last_days(at)
    since = lagos_moment(days[0], time.min)
    came = _by_day(Deposit.objects.filter(settled_at__gte=since), "settled_at")
    went = _by_day(Withdrawal.objects.filter(paid_at__gte=since), "paid_at")
    series = [(name, [naira_from_kobo(found.get(day, 0)) for day in days]) for name, found in _pairs(came, went)]
    return Chart("money", "Money in and out, by day", "bar", [f"{day:%d %b}" for day in days], series, unit="₦")


def provider_success(at: datetime) -> Chart:
    """How deposits and withdrawals of these days ended at each provider."""
    since = lagos_moment(_last_days(at)[0], time.min)
    rows: list[tuple[str, int, int, int]] = []
    for label, table, failed in (("in", Deposit, ["failed", "suspended"]), ("out", Withdrawal, ["failed", "reversed"])):
        recent: QuerySet[Any] = table._default_manager.filter(created_at__gte=since)
        counted = recent.values("provider").annotate(
            good=Count("pk", filter=Q(status="succeeded")),
            bad=Count("pk", filter=Q(status__in=failed)),
            open=Count("pk", filter=Q(status__in=["pending", "requested", "submitted"])),
        )
        rows += [(f"{row['provider']}, {label}", row["good"], row["bad"], row["open"]) for row in counted]
    series = [(name, [row[place] for row in rows]) for place, name in ((1, "succeeded"), (2, "failed"), (3, "open"))]
    return Chart("providers", f"Providers, last {DAYS} days", "stacked", [row[0] for row in rows], series)


def circles_by_state(at: datetime) -> Chart:
    """How many circles are in each state, and what their pots hold."""
    pot = LedgerAccount.objects.filter(owner_id=OuterRef("pk"), purpose=Purpose.POT)
    held = Subquery(pot.values(held=F("credits_posted") - F("debits_posted"))[:1])
    found = {row["status"]: row for row in Circle.objects.values("status").annotate(number=Count("pk"), held=Sum(held))}
    states = [state for state in CircleStatus.values if state in found]
    series: list[tuple[str, Sequence[str | int]]] = [("circles", [found[state]["number"] for state in states])]
    pots = [naira_from_kobo(found[state]["held"] or 0) for state in states]
    labels = [f"{state} (₦{amount} in pots)" for state, amount in zip(states, pots, strict=True)]
    return Chart("circles", "Circles by state, and what their pots hold", "bar", labels, series)


def late_contributions(at: datetime) -> Chart:
    """What is late now, by how long it has been due."""
    late = Contribution.objects.filter(status=ContributionStatus.LATE)
    filters = {
        f"late_{start}": Q(due_at__lte=at - timedelta(days=start), due_at__gt=at - timedelta(days=end))
        for start, end, _ in LATE_SINCE
    }
    owed = F("amount_kobo") - F("paid_kobo")
    totals = late.aggregate(**{name: Sum(owed, filter=fits) for name, fits in filters.items()})
    amounts = [naira_from_kobo(totals[name] or 0) for name in filters]
    labels = [label for _, _, label in LATE_SINCE]
    return Chart("late", "Late contributions, by how long they are due", "bar", labels, [("owed", amounts)], unit="₦")


def money_in_suspense(at: datetime) -> Chart:
    """What waits in suspense, by why it is there."""
    waiting = SuspenseItem.objects.filter(status=SuspenseItem.Status.OPEN, journal_id__isnull=False)
    found = list(waiting.values("reason").annotate(total=Sum("amount_minor")).order_by("reason"))
    amounts = [naira_from_kobo(row["total"]) for row in found]
    labels = [SuspenseItem.Reason(row["reason"]).label for row in found]
    return Chart("suspense", "Money waiting in suspense", "bar", labels, [("waiting", amounts)], unit="₦")


FIGURES: tuple[Callable[[datetime], Chart], ...] = (
    money_by_day,
    provider_success,
    circles_by_state,
    late_contributions,
    money_in_suspense,
)


def _last_days(at: datetime) -> list[date]:
    today = lagos_day(at)
    return [today - timedelta(days=back) for back in range(DAYS - 1, -1, -1)]


def _by_day(rows: QuerySet[Any], moment: str) -> dict[date, int]:
    days = rows.order_by().values(day=TruncDate(moment, tzinfo=LAGOS)).annotate(total=Sum("amount_kobo"))
    return dict(days.values_list("day", "total"))


def _pairs(came: dict[date, int], went: dict[date, int]) -> list[tuple[str, dict[date, int]]]:
    return [("in", came), ("out", went)]
