"""What Prometheus is told of circles: is anybody kept waiting for their pot?"""

from collections.abc import Iterator

from django.db.models import Min
from django.utils import timezone

from circles.models import ActState, CircleStatus, Cycle, CycleStatus, ScheduledAct
from contri.core.figures import Figure, Value, register


def register_figures() -> None:
    """Have them read."""
    register(
        Figure("contri_payout_overdue_seconds", "How long the longest overdue payout is overdue", _payout_overdue),
        Figure("contri_acts_overdue_seconds", "How long the oldest act of a circle has been due", _acts_overdue),
    )


def _payout_overdue() -> Iterator[Value]:
    """By the end of the grace period: until then a pot may be short by the rules."""
    unpaid = Cycle.objects.exclude(status__in=(CycleStatus.PAID, CycleStatus.CLOSED))
    promised = unpaid.filter(circle__status=CircleStatus.ACTIVE).aggregate(oldest=Min("grace_ends_at"))["oldest"]
    yield (), max((timezone.now() - promised).total_seconds(), 0.0) if promised else 0.0


def _acts_overdue() -> Iterator[Value]:
    pending = ScheduledAct.objects.filter(state=ActState.PENDING, attempts=0)
    oldest = pending.aggregate(oldest=Min("next_try_at"))["oldest"]
    yield (), max((timezone.now() - oldest).total_seconds(), 0.0) if oldest else 0.0
