"""Turning the circles: every act that has fallen due is done once, in order, each in a transaction of its own.

Two beats at once share the work: a circle that one of them has locked is passed over by the other. A circle whose act
fails keeps its acts for a later try, in their order, and stops no other circle.
"""

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum, auto
from uuid import UUID

from django.db import transaction

from circles.models import RUNNING, ActKind, ActState, Circle, CircleStatus, ScheduledAct
from circles.services import acts, dissolving, motions
from circles.services.due_together import collect_together
from circles.services.outages import after_outages, is_outage_open
from circles.services.telling import announce_change

logger = logging.getLogger(__name__)

# In any other state a circle has nothing more to do, or its clocks stand still.
ACTING = (CircleStatus.FORMING, *RUNNING, CircleStatus.DISSOLVING)
# Members may be voting on whether to go on.
ALSO_WHILE_PAUSED = (ActKind.CLOSE_VOTE,)
ACTS_A_TICK = 500
FIRST_RETRY = timedelta(minutes=1)
LONGEST_RETRY = timedelta(days=1)

PERFORM: dict[ActKind, Callable[[ScheduledAct, datetime], None]] = {
    ActKind.WARN: acts.warn,
    ActKind.EXPIRE: acts.expire,
    ActKind.CLOSE_VOTE: motions.close_vote,
    ActKind.OPEN_CYCLE: acts.open_cycle,
    ActKind.REMIND: acts.remind,
    ActKind.COLLECT: acts.collect,
    ActKind.MARK_LATE: acts.mark_late,
    ActKind.PAY_OUT: acts.end_grace,
    ActKind.SETTLE: dissolving.settle,
}


@dataclass(slots=True)
class Turn:
    """What one tick did."""

    done: int = 0
    failed: list[str] = field(default_factory=list)
    busy: set[UUID] = field(default_factory=set)
    # Circles whose due moment is not like the others': they take their own turn.
    alone: set[UUID] = field(default_factory=set)


class _Outcome(Enum):
    DONE = auto()
    BUSY = auto()


def turn_circles(
    *, at: datetime, limit: int = ACTS_A_TICK, wait: bool = False, watch: Callable[[ScheduledAct], None] | None = None
) -> Turn:
    """Do up to `limit` acts that are due at `at`, oldest first.

    While a provider's outage is declared nothing is done at all; what falls due then is done when it ends.

    An act runs with its own due moment known beside `at`, which is later when the beat was down. With `wait` a circle
    that is in use is waited for instead of being left to the next tick. `watch` is told of each act that was done.
    """
    turn = Turn()
    if next_moment(up_to=at) is None or is_outage_open(at):
        return turn
    while turn.done + len(turn.failed) < limit:
        due = ScheduledAct.objects.filter(state=ActState.PENDING, next_try_at__lte=at)
        act = due.exclude(circle_id__in=turn.busy).order_by("next_try_at", "kind", "pk").first()
        if act is None:
            break
        if _is_first_collection(act) and act.circle_id not in turn.alone:
            _turn_together(act, at=at, limit=limit, turn=turn, watch=watch)
            continue
        _turn_one(act, at=at, wait=wait, turn=turn, watch=watch)
    return turn


def next_moment(*, up_to: datetime) -> datetime | None:
    """When the next act is to be tried, if that is not after `up_to`."""
    due = ScheduledAct.objects.filter(state=ActState.PENDING, next_try_at__lte=up_to)
    return due.order_by("next_try_at").values_list("next_try_at", flat=True).first()


def moments_of_acts(*, up_to: datetime) -> Iterator[datetime]:
    """Each moment up to `up_to` at which something is to be done, in order; turn the circles at each before the next.

    So a beat can be played that was never down, whatever day it is. What falls due in an outage comes when it ends.
    """
    while (due := next_moment(up_to=up_to)) is not None:
        moment = after_outages(due)
        if moment is None or moment > up_to:
            return
        yield moment


def _is_first_collection(act: ScheduledAct) -> bool:
    return act.kind == ActKind.COLLECT and act.number == 0


def _turn_together(
    found: ScheduledAct, *, at: datetime, limit: int, turn: Turn, watch: Callable[[ScheduledAct], None] | None
) -> None:
    """Take the due moment of a chunk of circles at once; those that this leaves take their own turn."""
    room = limit - turn.done - len(turn.failed)
    chunk = collect_together(at=at, but_not=turn.busy | turn.alone, limit=room)
    turn.done += len(chunk.done)
    done = {act.circle_id for act in chunk.done}
    # Whatever becomes of the chunk, the circle that was found is not found for it again.
    turn.alone |= chunk.left | ({found.circle_id} - done)
    if watch:
        for act in chunk.done:
            watch(act)


def _turn_one(
    found: ScheduledAct, *, at: datetime, wait: bool, turn: Turn, watch: Callable[[ScheduledAct], None] | None
) -> None:
    try:
        act = _do_first_act(found.circle_id, at=at, wait=wait)
    except Exception as error:  # noqa: BLE001 - one circle that cannot go on must not stop the others
        _put_off(found.circle_id, error, at=at)
        turn.failed.append(f"{found.circle_id}: {type(error).__name__}: {error}")
        return
    if act is None:
        turn.busy.add(found.circle_id)
        return
    turn.done += 1
    if watch:
        watch(act)


@transaction.atomic
def _do_first_act(circle_id: UUID, *, at: datetime, wait: bool) -> ScheduledAct | None:
    """Do the circle's first due act; None when somebody else is at it, or has done it meanwhile."""
    rows = Circle.objects.select_for_update(no_key=True, of=("self",), skip_locked=not wait)
    circle = rows.filter(pk=circle_id).first()
    act = _first_act(circle) if circle else None
    if circle is None or act is None:
        return None
    if act.next_try_at > at:
        _keep_order(circle, act.next_try_at)
        return None
    act.circle = circle
    if circle.status in ACTING or act.kind in ALSO_WHILE_PAUSED:
        PERFORM[ActKind(act.kind)](act, at)
        announce_change(circle)
    _mark_done(act, at)
    return act


def _first_act(circle: Circle) -> ScheduledAct | None:
    """By the promised moment, not by the next try: what failed goes first when it is tried again."""
    waiting = circle.acts.filter(state=ActState.PENDING).select_related("cycle")
    return waiting.order_by("due_at", "kind", "number").first()


def _mark_done(act: ScheduledAct, at: datetime) -> None:
    act.state = ActState.DONE
    act.done_at = at
    act.last_error = ""
    act.save(update_fields=["state", "done_at", "last_error"])


@transaction.atomic
def _put_off(circle_id: UUID, error: Exception, *, at: datetime) -> None:
    """Write the failure on the act and put off all that the circle has due, so that their order is kept."""
    logger.error("circle %s cannot go on", circle_id, exc_info=error)
    circle = Circle.objects.select_for_update(no_key=True).get(pk=circle_id)
    act = _first_act(circle)
    if act is None:
        return
    act.attempts += 1
    act.last_error = f"{type(error).__name__}: {error}"[:500]
    act.save(update_fields=["attempts", "last_error"])
    _keep_order(circle, at + min(FIRST_RETRY * 4 ** min(act.attempts - 1, 10), LONGEST_RETRY))


def _keep_order(circle: Circle, again: datetime) -> None:
    """Nothing of this circle is tried before `again`: what comes after a failed act waits for it."""
    circle.acts.filter(state=ActState.PENDING, next_try_at__lt=again).update(next_try_at=again)
