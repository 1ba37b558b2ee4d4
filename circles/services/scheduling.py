"""Writing down what a circle will do by itself. A key of the row makes each act happen once, whoever writes it."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from circles.calendar import next_debt_collection, reminders_for, retries_between
from circles.models import ActKind, ActState, Circle, Cycle, ScheduledAct

WARNED_BEFORE = timedelta(days=1)


def schedule_all(circle: Circle, cycles: Iterable[Cycle], *, at: datetime) -> None:
    """Write every act of a circle's life that its calendar fixes, once, when it is locked."""
    acts: list[ScheduledAct] = []
    previous_due: datetime | None = None
    for cycle in cycles:
        acts += _acts_of(circle, cycle, previous_due, at)
        previous_due = cycle.due_at
    ScheduledAct.objects.bulk_create(acts, batch_size=1000)


def schedule_expiry(circle: Circle, moment: datetime) -> None:
    """A circle that is still forming at `moment` ends there, and is warned before; calling again moves both."""
    for kind, due in ((ActKind.WARN, moment - WARNED_BEFORE), (ActKind.EXPIRE, moment)):
        again = {"due_at": due, "next_try_at": due, "state": ActState.PENDING, "done_at": None}
        circle.acts.update_or_create(kind=kind, cycle=None, number=0, defaults=again)


def schedule_vote_end(circle: Circle, number: int, moment: datetime) -> None:
    """A vote that is not decided by `moment` ends there."""
    _act(circle, None, ActKind.CLOSE_VOTE, moment, number=number).save(force_insert=True)


def schedule_settling(circle: Circle, moment: datetime) -> None:
    """A dissolved circle is settled from `moment` on."""
    _act(circle, None, ActKind.SETTLE, moment).save(force_insert=True)


def schedule_next_collection(act: ScheduledAct, cycle: Cycle, *, at: datetime) -> None:
    """Have the wallets tried again at the next set hour: within the grace period several a day, then daily."""
    retries = retries_between(cycle.due_at, cycle.grace_ends_at)
    due = next((moment for moment in retries if moment > at), None) or next_debt_collection(at)
    schedule_again(act, due)


def schedule_again(act: ScheduledAct, due: datetime) -> None:
    """Write the next act of the same kind. One that is written already stays as it is."""
    following = _act(act.circle, act.cycle, ActKind(act.kind), due, number=act.number + 1)
    ScheduledAct.objects.bulk_create([following], ignore_conflicts=True)


def drop_acts(circle: Circle, *, cycle: Cycle | None = None, kinds: Iterable[ActKind] = ()) -> None:
    """Take back acts that events have overtaken: of one cycle or all, of some kinds or all."""
    waiting = circle.acts.filter(state__in=(ActState.PENDING, ActState.STOPPED))
    if cycle is not None:
        waiting = waiting.filter(cycle=cycle)
    if wanted := list(kinds):
        waiting = waiting.filter(kind__in=wanted)
    waiting.update(state=ActState.DROPPED)


def _acts_of(circle: Circle, cycle: Cycle, previous_due: datetime | None, at: datetime) -> Iterator[ScheduledAct]:
    yield _act(circle, cycle, ActKind.OPEN_CYCLE, cycle.opens_at)
    reminders = (moment for moment in reminders_for(cycle.due_at, previous_due) if moment > at)
    for number, moment in enumerate(reminders):
        yield _act(circle, cycle, ActKind.REMIND, moment, number=number)
    yield _act(circle, cycle, ActKind.COLLECT, cycle.due_at)
    yield _act(circle, cycle, ActKind.MARK_LATE, cycle.grace_ends_at)
    yield _act(circle, cycle, ActKind.PAY_OUT, cycle.grace_ends_at)


def _act(circle: Circle, cycle: Cycle | None, kind: ActKind, due: datetime, *, number: int = 0) -> ScheduledAct:
    return ScheduledAct(circle=circle, cycle=cycle, kind=kind, number=number, due_at=due, next_try_at=due)
