"""What has fallen due.

Usually what the clock says. But a circle can have been played ahead of it (`run_cycles`): what it has done by then
stands, and what it has tried to collect is due, whatever day it is.
"""

from datetime import datetime

from django.db.models import Exists, OuterRef, Q

from circles.models import ActKind, ActState, Cycle, ScheduledAct

_TRIED = Q(kind=ActKind.COLLECT, number=0, state=ActState.DONE)


def fallen_due(at: datetime) -> Q:
    """Contributions that are to be paid by `at`: their day has come, or everything their member owes is due."""
    tried = ScheduledAct.objects.filter(_TRIED, cycle=OuterRef("cycle"))
    return Q(due_at__lte=at) | Q(membership__accelerated_at__isnull=False) | Q(Exists(tried))


def cycles_fallen_due(at: datetime) -> Q:
    """Cycles whose day has come."""
    return Q(due_at__lte=at) | Q(Exists(ScheduledAct.objects.filter(_TRIED, cycle=OuterRef("pk"))))


def has_fallen_due(cycle: Cycle, at: datetime) -> bool:
    """Whether the cycle's day has come."""
    return cycle.due_at <= at or cycle.acts.filter(_TRIED).exists()
