"""What a person's record in circles says: facts that were written down, never an opinion."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Q

from circles.models import Contribution, ContributionStatus, CycleStatus

FULL_SCORE = 100


@dataclass(frozen=True, slots=True)
class Record:
    """Contributions that fell due: paid in time, paid after the grace period, still owed since then."""

    on_time: int = 0
    cured: int = 0
    late: int = 0

    @property
    def score(self) -> int | None:
        """Of a hundred: in time counts whole, late and made good counts half. None without a history."""
        total = self.on_time + self.cured + self.late
        return (2 * self.on_time + self.cured) * FULL_SCORE // (2 * total) if total else None


def records_of(user_ids: Iterable[UUID], *, at: datetime) -> dict[UUID, Record]:
    """The records of several people up to `at`, in one query."""
    people = list(user_ids)
    # A circle that was played ahead of the clock has had paydays that are still to come.
    after_payday = Q(cycle__status__in=(CycleStatus.SHORT, CycleStatus.PAID, CycleStatus.CLOSED))
    was_late = Q(late_at__isnull=False)
    paid = Q(status=ContributionStatus.PAID)
    rows = (
        Contribution.objects.filter(Q(due_at__lte=at) | after_payday, membership__user_id__in=people)
        .values("membership__user_id")
        .annotate(
            on_time=Count("pk", filter=paid & ~was_late),
            cured=Count("pk", filter=paid & was_late),
            late=Count("pk", filter=Q(status=ContributionStatus.LATE)),
        )
    )
    found = {row["membership__user_id"]: Record(row["on_time"], row["cured"], row["late"]) for row in rows}
    return {user_id: found.get(user_id, Record()) for user_id in people}
