"""Acts that take two people of staff: one asks and says why, another one approves, and only then is it done.

An app registers each kind of act with what it does; the request is a row (`StaffRequest`), the same for all of them.
That the two differ, and that nothing asked for is altered afterwards, is held by the database.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib.contenttypes.models import ContentType
from django.db import IntegrityError, models, transaction

from contri.core import audit
from contri.core.errors import ConflictError, ForbiddenError, InvalidInputError, NotFoundError, refuse_if
from contri.core.locking import lock_row
from contri.core.models import StaffRequest

Terms = Mapping[str, Any]


class StaffRequestNotFoundError(NotFoundError):
    """There is no such request."""

    code = "staff_request_not_found"
    title = "Request not found"


class AlreadyAskedError(ConflictError):
    """The same is asked for already and waits for somebody else's decision."""

    code = "staff_request_already_open"
    title = "Already asked for"


class AlreadyDecidedError(ConflictError):
    """The request was approved, refused or taken back before."""

    code = "staff_request_decided"
    title = "Already decided"


class SamePersonError(ForbiddenError):
    """Whoever asked cannot decide: it takes two people."""

    code = "second_person_required"
    title = "Somebody else must approve this"


class NotTheAskerError(ForbiddenError):
    """Only whoever asked can take a request back."""

    code = "staff_request_not_yours"
    title = "Not your request"


class ReasonMissingError(InvalidInputError):
    """Acts of staff need a reason, which the audit trail keeps."""

    code = "reason_missing"
    title = "Say why"


@dataclass(frozen=True, slots=True)
class TwoPersonAct:
    """One kind of act.

    `perform(request, actor, at)` does it, in the transaction of the approval; it raises what it would raise anywhere.
    `describe(terms)` says for people what was asked for.
    """

    kind: str
    title: str
    ask_permission: str
    approve_permission: str
    perform: Callable[[StaffRequest, models.Model, datetime], object]
    describe: Callable[[Terms], str] = lambda terms: ""


_acts: dict[str, TwoPersonAct] = {}


def register_act(act: TwoPersonAct) -> None:
    """Let `act` be asked for from now on."""
    _acts[act.kind] = act


def act_of(kind: str) -> TwoPersonAct:
    """The registered act of this kind."""
    return _acts[kind]


def acts() -> list[TwoPersonAct]:
    """Every registered act."""
    return list(_acts.values())


def ask(
    *, actor: models.Model, kind: str, target: models.Model, reason: str, terms: Terms | None = None
) -> StaffRequest:
    """Ask that an act be done to `target`; nothing happens until another person approves.

    Raises:
        ReasonMissingError: no reason was given.
        AlreadyAskedError: the same waits for a decision.
    """
    refuse_if(not reason.strip(), ReasonMissingError)
    request = StaffRequest(
        kind=act_of(kind).kind,
        target_type=ContentType.objects.get_for_model(target),
        target_id=str(target.pk),
        target_repr=str(target)[:200],
        terms=dict(terms or {}),
        asked_by_id=actor.pk,
        asked_reason=reason[:300],
    )
    try:
        with transaction.atomic():
            request.save(force_insert=True)
            audit.record(actor, target, f"asked: {act_of(kind).title}", reason=reason)
    except IntegrityError as error:
        if "staff_request_open_once" not in str(error):
            raise
        raise AlreadyAskedError from error
    return request


@transaction.atomic
def approve(*, actor: models.Model, request_id: UUID, reason: str, at: datetime) -> StaffRequest:
    """Approve what somebody else asked for, and do it, both or neither.

    Raises:
        StaffRequestNotFoundError, AlreadyDecidedError, ReasonMissingError: as they say.
        SamePersonError: the actor asked themselves.
    """
    request = _locked_open(request_id, reason)
    refuse_if(request.asked_by_id == actor.pk, SamePersonError)
    _decide(request, StaffRequest.Status.APPROVED, actor, reason, at)
    act_of(request.kind).perform(request, actor, at)
    return request


@transaction.atomic
def decline(*, actor: models.Model, request_id: UUID, reason: str, at: datetime) -> StaffRequest:
    """Say no to what somebody else asked for.

    Raises:
        StaffRequestNotFoundError, AlreadyDecidedError, ReasonMissingError: as they say.
        SamePersonError: the actor asked themselves; they take it back instead.
    """
    request = _locked_open(request_id, reason)
    refuse_if(request.asked_by_id == actor.pk, SamePersonError)
    return _decide(request, StaffRequest.Status.DECLINED, actor, reason, at)


@transaction.atomic
def take_back(*, actor: models.Model, request_id: UUID, reason: str, at: datetime) -> StaffRequest:
    """Withdraw one's own request.

    Raises:
        StaffRequestNotFoundError, AlreadyDecidedError, ReasonMissingError: as they say.
        NotTheAskerError: somebody else asked.
    """
    request = _locked_open(request_id, reason)
    refuse_if(request.asked_by_id != actor.pk, NotTheAskerError)
    return _decide(request, StaffRequest.Status.TAKEN_BACK, actor, reason, at)


def _locked_open(request_id: UUID, reason: str) -> StaffRequest:
    refuse_if(not reason.strip(), ReasonMissingError)
    try:
        request = lock_row(StaffRequest.objects.all(), request_id)
    except StaffRequest.DoesNotExist:
        raise StaffRequestNotFoundError from None
    refuse_if(request.status != StaffRequest.Status.OPEN, AlreadyDecidedError)
    return request


def _decide(
    request: StaffRequest, status: StaffRequest.Status, actor: models.Model, reason: str, at: datetime
) -> StaffRequest:
    request.status, request.decided_by_id = status, actor.pk
    request.decided_reason, request.decided_at = reason[:300], at
    request.save(update_fields=["status", "decided_by", "decided_reason", "decided_at"])
    audit.record(actor, request, f"{status.label.lower()}: {act_of(request.kind).title}", reason=reason)
    return request
