"""Working the inbox off: each event is handed to the one verb that it concerns."""

import logging
from datetime import datetime
from time import monotonic
from uuid import UUID

from django.db import models, transaction

from contri.core import audit
from contri.core.errors import DomainError, refuse_if
from contri.core.locking import lock_row
from contri.core.two_people import ReasonMissingError
from contri.core.work import claim_work, finish, park, retry, take_up_again
from webhooks.errors import EventNotFoundError
from webhooks.models import InboundEvent
from webhooks.registry import verb_for

logger = logging.getLogger(__name__)

# How long one sweep goes on taking events, so that it ends well within the task's time limit.
SWEEP_SECONDS = 60.0


def work_event(*, event_id: UUID, at: datetime) -> bool:
    """Work one event off, if it is due; returns whether it is done. `at` is the moment its verb is told."""
    return _work(InboundEvent.objects.filter(pk=event_id), at) == 1


def work_inbox(*, at: datetime) -> int:
    """Work off whatever is due; returns how many events were done. A bad one holds none of the others up."""
    return _work(InboundEvent.objects.all(), at)


@transaction.atomic
def replay_event(*, actor: models.Model | None, event_id: UUID, reason: str) -> InboundEvent:
    """Make an event due again from its first try on, done or not; its verb changes nothing twice.

    The next sweep takes it, within seconds.

    Raises:
        EventNotFoundError: there is no such event.
    """
    event = _locked(event_id)
    take_up_again(event)
    audit.record(actor, event, "replayed the event", reason=reason)
    return event


@transaction.atomic
def disclose_body(*, actor: models.Model, event_id: UUID, reason: str) -> str:
    """What an event said, for a person to read; that they did, and why, goes on record: it holds other people's data.

    Raises:
        EventNotFoundError: there is no such event.
        ReasonMissingError: no reason was given.
    """
    refuse_if(not reason.strip(), ReasonMissingError)
    event = _locked(event_id)
    audit.record(actor, event, "read the raw body", reason=reason)
    return event.body


def _locked(event_id: UUID) -> InboundEvent:
    try:
        return lock_row(InboundEvent.objects.all(), event_id)
    except InboundEvent.DoesNotExist:
        raise EventNotFoundError from None


def _work(due: models.QuerySet[InboundEvent], at: datetime) -> int:
    deadline = monotonic() + SWEEP_SECONDS
    done = 0
    # One at a time: the lease must outlast one provider's answer, not a hundred of them.
    while monotonic() < deadline and (claimed := claim_work(due, limit=1)):
        done += _hand_over(claimed[0], at)
    return done


def _hand_over(event: InboundEvent, at: datetime) -> bool:
    verb = verb_for(event.provider, event.event)
    if verb is None:
        return finish(event)
    if not event.reference:
        park(event, "names no reference")
        return False
    try:
        verb.run(event.reference, at)
    except Exception as fault:
        logger.exception("event %s (%s) failed in %s", event.id, event.event, verb.name)
        retry(event, _said(fault))
        return False
    return _close(event, verb.name)


def _said(fault: Exception) -> str:
    """What is kept of a failure. A refusal of ours is safe to show; anything else may quote data, so only its name."""
    return f"{fault.code}: {fault.detail}" if isinstance(fault, DomainError) else type(fault).__name__


@transaction.atomic
def _close(event: InboundEvent, handled_by: str) -> bool:
    is_ours = finish(event)
    if is_ours:
        InboundEvent.objects.filter(pk=event.pk).update(handled_by=handled_by)
    return is_ours
