"""Stopping a circle's clocks, and setting them going again.

While a circle is paused nothing falls due, nothing is collected or paid out, and nobody becomes late. Afterwards all
that was still to come comes later by as many whole days as the pause took, begun days counted: so that everything
stays at its hour, and no one has less time than they had.
"""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import F

from accounts.models import User
from circles import chat_texts
from circles.calendar import whole_days
from circles.errors import PauseNotYoursError
from circles.models import RUNNING, ActKind, ActState, Circle, CircleStatus, Contribution, Pause, PauseCause
from circles.services.access import lock_circle, lock_circle_as_host, require_state
from circles.services.chat_lines import write_in_chat
from circles.services.telling import announce_change, tell_members
from contri.core import audit
from contri.core.errors import refuse_if
from notifications import kinds


@transaction.atomic
def pause_circle(*, actor: User, circle_id: UUID, reason: str, at: datetime, as_staff: bool = False) -> Circle:
    """Stop the clocks of a circle that runs. The host may, and staff (the door has checked that they are).

    Raises:
        NotHostError: not the host.
        InvalidStateError: it does not run.
    """
    circle = lock_circle(circle_id) if as_staff else lock_circle_as_host(actor, circle_id)
    require_state(circle, *RUNNING)
    stop_clocks(circle, PauseCause.STAFF if as_staff else PauseCause.HOST, actor=actor, reason=reason, at=at)
    return circle


@transaction.atomic
def resume_circle(*, actor: User, circle_id: UUID, reason: str, at: datetime, as_staff: bool = False) -> Circle:
    """Set the clocks going again; what was to come comes later by the whole days that the pause took.

    Staff may in any case; the host only where the host stopped them.

    Raises:
        NotHostError: not the host.
        InvalidStateError: it is not paused.
        PauseNotYoursError: members or staff stopped the clocks, not the host.
    """
    circle = lock_circle(circle_id) if as_staff else lock_circle_as_host(actor, circle_id)
    require_state(circle, CircleStatus.PAUSED)
    refuse_if(not as_staff and pause_of(circle).cause != PauseCause.HOST, PauseNotYoursError)
    restart_clocks(circle, actor=actor, reason=reason, at=at)
    return circle


def pause_of(circle: Circle) -> Pause:
    """The pause that a paused circle is in."""
    return circle.pauses.get(ended_at=None)


def stop_clocks(circle: Circle, cause: PauseCause, *, actor: User | None, reason: str, at: datetime) -> None:
    """running → paused, for a circle that is locked and runs. What is being voted on goes on."""
    Pause.objects.create(circle=circle, started_at=at, reason=reason, cause=cause)
    circle.paused_from = circle.status
    circle.status = CircleStatus.PAUSED
    circle.save(update_fields=["status", "paused_from"])
    clocks = circle.acts.filter(state=ActState.PENDING).exclude(kind=ActKind.CLOSE_VOTE)
    clocks.update(state=ActState.STOPPED)
    audit.record(actor, circle, f"paused the circle ({cause})", reason=reason)
    tell_members(circle, kinds.CIRCLE_PAUSED)
    write_in_chat(circle, chat_texts.CIRCLE_PAUSED, at=at)
    announce_change(circle)


def restart_clocks(circle: Circle, *, actor: User | None, reason: str, at: datetime) -> None:
    """paused → what it was, for a circle that is locked and paused."""
    pause = pause_of(circle)
    pause.ended_at = at
    pause.shifted_days = whole_days(at - pause.started_at)
    pause.save(update_fields=["ended_at", "shifted_days"])
    circle.status = CircleStatus(circle.paused_from)
    circle.paused_from = ""
    circle.save(update_fields=["status", "paused_from"])
    _move_what_is_to_come(circle, pause)
    audit.record(actor, circle, f"resumed the circle, {pause.shifted_days} days later", reason=reason)
    tell_members(circle, kinds.CIRCLE_RESUMED, days=str(pause.shifted_days))
    write_in_chat(circle, chat_texts.CIRCLE_RESUMED, at=at, days=str(pause.shifted_days))
    announce_change(circle)


def _move_what_is_to_come(circle: Circle, pause: Pause) -> None:
    began, later = pause.started_at, timedelta(days=pause.shifted_days)
    # From the last moment of a cycle to the first: the database never sees them out of order.
    circle.cycles.filter(grace_ends_at__gt=began).update(grace_ends_at=F("grace_ends_at") + later)
    Contribution.objects.filter(cycle__circle=circle, due_at__gt=began).update(due_at=F("due_at") + later)
    circle.cycles.filter(due_at__gt=began).update(
        due_at=F("due_at") + later, delayed_days=F("delayed_days") + pause.shifted_days
    )
    circle.cycles.filter(opens_at__gt=began).update(opens_at=F("opens_at") + later)
    stopped = circle.acts.filter(state=ActState.STOPPED)
    stopped.filter(due_at__gt=began).update(due_at=F("due_at") + later)
    stopped.update(state=ActState.PENDING, next_try_at=F("due_at"))
