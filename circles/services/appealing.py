"""Appeals: a member says that a mark on their record was not their fault, and staff decide once, with a reason."""

from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from accounts.models import User
from circles.errors.people import (
    AlreadyAppealedError,
    AppealDecidedError,
    AppealUnknownError,
    MarkUnknownError,
    OwnAppealError,
)
from circles.models import Appeal, AppealStatus, Contribution
from circles.reliability import marked
from circles.services.telling import tell
from contri.core import audit
from contri.core.errors import FieldFault, ValidationFaultsError, refuse_if
from contri.core.locking import lock_row
from notifications import kinds


@transaction.atomic
def appeal_mark(*, actor: User, contribution_id: UUID, reason: str, at: datetime) -> Appeal:
    """Ask staff to excuse a mark on the actor's record. Once for each; until it is decided the mark counts.

    Raises:
        MarkUnknownError: no mark of theirs is behind this contribution.
        ValidationFaultsError: no reason is given.
        AlreadyAppealedError: they have appealed against it before.
    """
    contribution = marked().filter(pk=contribution_id, membership__user=actor).first()
    if contribution is None:
        raise MarkUnknownError
    _require_reason(reason)
    try:
        with transaction.atomic():
            appeal = Appeal.objects.create(contribution=contribution, reason=reason.strip(), appealed_at=at)
    except IntegrityError as known:
        raise AlreadyAppealedError from known
    audit.record(actor, appeal, "appealed against a mark on their record", reason=reason, flag=audit.ADDITION)
    return appeal


@transaction.atomic
def decide_appeal(*, actor: User, appeal_id: UUID, is_granted: bool, reason: str, at: datetime) -> Appeal:
    """Excuse the mark, or let it stand; the member is told why. For staff: the door checks that.

    It is about the record only: what is owed, a late fee included, is owed as before.

    Raises:
        AppealUnknownError: there is none.
        OwnAppealError: it is about the actor's own record.
        AppealDecidedError: somebody has decided it.
        ValidationFaultsError: no reason is given.
    """
    appeal = _lock_appeal(appeal_id)
    contribution = Contribution.objects.select_related("membership", "cycle__circle").get(pk=appeal.contribution_id)
    refuse_if(contribution.membership.user_id == actor.pk, OwnAppealError)
    refuse_if(appeal.status != AppealStatus.OPEN, AppealDecidedError)
    _require_reason(reason)
    appeal.status = AppealStatus.GRANTED if is_granted else AppealStatus.REJECTED
    appeal.decided_by, appeal.decided_at, appeal.decided_reason = actor, at, reason.strip()
    appeal.save()
    audit.record(actor, appeal, f"{appeal.status} the appeal", reason=reason)
    told = kinds.APPEAL_GRANTED if is_granted else kinds.APPEAL_REJECTED
    facts = {"cycle": str(contribution.cycle.number), "reason": appeal.decided_reason}
    tell([contribution.membership.user_id], told, contribution.cycle.circle, key=str(appeal.pk), **facts)
    return appeal


def _lock_appeal(appeal_id: UUID) -> Appeal:
    try:
        return lock_row(Appeal.objects.all(), appeal_id)
    except Appeal.DoesNotExist as missing:
        raise AppealUnknownError from missing


def _require_reason(reason: str) -> None:
    if not reason.strip():
        raise ValidationFaultsError(FieldFault("reason", "required", "Say why."))
