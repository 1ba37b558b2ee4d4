"""Proving a BVN or NIN: asking for a check, deciding on its result, and what follows for the tier.

Who runs the job at the provider is in `identity_work`; a callback only makes us ask sooner.
"""

import json
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from accounts.errors import (
    CheckNotReviewableError,
    IdentityAlreadyVerifiedError,
    IdentityCheckRunningError,
    IdentityInUseError,
    ReasonRequiredError,
)
from accounts.models import CheckStatus, IdentityCheck, IdType, User
from accounts.names import may_be_one
from accounts.providers.smileid import Result
from accounts.services.standing import refresh_standing
from accounts.signals import identity_check_started
from accounts.verdicts import Verdict, verdict_on
from contri.core import audit
from contri.core.announcing import announce
from contri.core.crypto import decrypt, encrypt, keyed_hash
from contri.core.errors import refuse_if
from contri.core.locking import lock_row
from contri.core.models import uuid7
from contri.core.work import WorkState, take_up_again
from notifications import kinds
from notifications.kinds import NoticeKind
from notifications.services import notify

OWN = {
    CheckStatus.PENDING: IdentityCheckRunningError,
    CheckStatus.REVIEW: IdentityCheckRunningError,
    CheckStatus.APPROVED: IdentityAlreadyVerifiedError,
}


@dataclass(frozen=True, slots=True)
class Claim:
    """The number somebody says is theirs, and who they say they are."""

    id_type: IdType
    id_number: str
    first_name: str
    last_name: str
    date_of_birth: date

    def __repr__(self) -> str:
        return f"Claim({self.id_type})"


def start_identity_check(*, actor: User, claim: Claim) -> IdentityCheck:
    """Write down that `claim` is to be checked; a worker asks the provider.

    Raises:
        IdentityInUseError: another account has proved the number, or is proving it right now.
        IdentityCheckRunningError, IdentityAlreadyVerifiedError: the actor's own, of this kind.
    """
    try:
        return _write_down(actor, claim)
    except IntegrityError as error:
        # Two calls at once: the index that the second one met tells why.
        if "identity_number_is_one_persons" in str(error):
            raise IdentityInUseError from error
        if "identity_check_one_at_a_time" in str(error):
            raise IdentityCheckRunningError from error
        raise


@transaction.atomic
def _write_down(actor: User, claim: Claim) -> IdentityCheck:
    number_hash = keyed_hash(f"identity-{claim.id_type}", claim.id_number)
    claimed = IdentityCheck.objects.claiming(claim.id_type, number_hash)
    refuse_if(claimed.exclude(user=actor).exists(), IdentityInUseError)
    own = IdentityCheck.objects.filter(user=actor, id_type=claim.id_type).exclude(status=CheckStatus.REJECTED).first()
    if own is not None:
        raise OWN[CheckStatus(own.status)]
    key = uuid7()
    details = {
        "first_name": claim.first_name,
        "last_name": claim.last_name,
        "date_of_birth": claim.date_of_birth.isoformat(),
    }
    check = IdentityCheck.objects.create(
        id=key,
        user=actor,
        id_type=claim.id_type,
        job_id=f"contri-{key.hex}",
        number_hash=number_hash,
        number=encrypt(claim.id_number),
        details=encrypt(json.dumps(details)),
    )
    audit.record(actor, check, f"asked for a check of a {claim.id_type}", flag=audit.ADDITION)
    refresh_standing(actor.pk)
    announce(identity_check_started, check_id=check.pk)
    return check


@transaction.atomic
def decide_by_result(*, check_id: UUID, result: Result, at: datetime) -> Verdict:
    """Bring a check to the verdict that the provider's own word means; a verdict that stands is not touched again.

    An approval of a number that somebody else proved meanwhile becomes a rejection; one of a name other than the
    person has proved already waits for a person.
    """
    check = lock_row(IdentityCheck.objects.all(), check_id)
    verdict = _verdict(check, result)
    is_open = check.status == CheckStatus.PENDING or (check.status == CheckStatus.REVIEW and check.decided_at is None)
    if not is_open or verdict == Verdict.TRY_AGAIN:
        return verdict
    check.result_code, check.result_text = result.code[:10], result.text[:200]
    if verdict == Verdict.APPROVE:
        _approve(check, None, "", at)
    elif verdict == Verdict.REJECT:
        _reject(check, None, "", at)
    elif check.status != CheckStatus.REVIEW:
        _send_to_review(check)
    return verdict


@transaction.atomic
def review_identity_check(
    *, actor: User, check_id: UUID, is_approved: bool, reason: str, at: datetime
) -> IdentityCheck:
    """Decide, as a member of staff, on a check that waits for a person.

    Raises:
        CheckNotReviewableError: it does not wait for one.
        IdentityInUseError: approving a number that another account has proved.
        ReasonRequiredError: no reason was given.
    """
    refuse_if(not reason.strip(), ReasonRequiredError)
    check = lock_row(IdentityCheck.objects.all(), check_id)
    refuse_if(check.status != CheckStatus.REVIEW, CheckNotReviewableError)
    others = IdentityCheck.objects.claiming(check.id_type, bytes(check.number_hash or b"")).exclude(pk=check.pk)
    refuse_if(is_approved and others.exists(), IdentityInUseError)
    if is_approved:
        _approve(check, actor, reason, at)
    else:
        _reject(check, actor, reason, at)
    return check


@transaction.atomic
def retry_identity_check(*, actor: User, check_id: UUID, reason: str, at: datetime) -> IdentityCheck:
    """Let the worker try a check again that it left to a person, from its first try on.

    Raises:
        CheckNotReviewableError: the worker has not given it up.
        ReasonRequiredError: no reason was given.
    """
    refuse_if(not reason.strip(), ReasonRequiredError)
    check = lock_row(IdentityCheck.objects.all(), check_id)
    is_given_up = check.status == CheckStatus.PENDING and check.state == WorkState.NEEDS_REVIEW
    refuse_if(not is_given_up, CheckNotReviewableError)
    take_up_again(check, at=at)
    audit.record(actor, check, "had the check tried again", reason=reason)
    announce(identity_check_started, check_id=check.pk)
    return check


def _verdict(check: IdentityCheck, result: Result) -> Verdict:
    verdict = verdict_on(result.code)
    is_about_this = result.job_id == check.job_id and result.id_number == decrypt(bytes(check.number or b""))
    is_about_them = may_be_one(_claimed_name(check), check.user.proved_name)
    if verdict == Verdict.APPROVE and not (is_about_this and is_about_them):
        return Verdict.REVIEW
    return verdict


def _claimed_name(check: IdentityCheck) -> str:
    if check.details is None:
        return ""
    details = json.loads(decrypt(bytes(check.details)))
    return f"{details['first_name']} {details['last_name']}".strip()


def _approve(check: IdentityCheck, actor: User | None, reason: str, at: datetime) -> None:
    name = _claimed_name(check)
    try:
        with transaction.atomic():
            _close(check, CheckStatus.APPROVED, at)
    except IntegrityError:
        check.result_text = "another account has proved this number"
        _reject(check, actor, reason, at)
        return
    audit.record(actor, check, "approved the check", reason=reason)
    User.objects.filter(pk=check.user_id, proved_name="").update(proved_name=name)
    tier = refresh_standing(check.user_id)
    _tell(check, kinds.IDENTITY_APPROVED, tier=str(tier))


def _reject(check: IdentityCheck, actor: User | None, reason: str, at: datetime) -> None:
    _close(check, CheckStatus.REJECTED, at)
    audit.record(actor, check, "rejected the check", reason=reason)
    refresh_standing(check.user_id)
    _tell(check, kinds.IDENTITY_REJECTED)


def _send_to_review(check: IdentityCheck) -> None:
    check.status = CheckStatus.REVIEW
    check.save(update_fields=["status", "result_code", "result_text"])
    audit.record(None, check, "left the check to a person")
    refresh_standing(check.user_id)
    _tell(check, kinds.IDENTITY_IN_REVIEW)


def _close(check: IdentityCheck, status: CheckStatus, at: datetime) -> None:
    """The verdict stands: what was only needed to reach it goes."""
    check.status, check.decided_at, check.details = status, at, None
    if status == CheckStatus.REJECTED:
        check.number = None
    check.state, check.finished_at = WorkState.DONE, at
    check.save()


def _tell(check: IdentityCheck, kind: NoticeKind, **facts: str) -> None:
    facts = {"id_type": check.id_type.upper(), **facts}
    notify(recipient_id=check.user_id, kind=kind, facts=facts, key=str(check.pk))
