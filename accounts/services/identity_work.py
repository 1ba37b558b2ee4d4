"""Running identity checks at the provider. Every row is claimed before, and no transaction is open during, a call."""

import json
import logging
from datetime import date, datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import models
from django.utils import timezone

from accounts.models import CheckStatus, IdentityCheck
from accounts.providers import smileid
from accounts.services.identity import decide_by_result
from accounts.verdicts import Verdict
from contri.core.crypto import decrypt, keyed_hash
from contri.core.work import claim_work, finish, park, retry

logger = logging.getLogger(__name__)

# Smile ID mostly knows within seconds; the callback usually comes before this.
FIRST_LOOK = timedelta(seconds=5)
ISSUER_PAUSE = timedelta(minutes=10)
SWEEP_LIMIT = 50
CALLBACK_PATH = "/api/v1/webhooks/smileid"


def work_identity_checks() -> int:
    """Hand in or ask about whatever is due; returns how many checks were looked at."""
    return _work_each(IdentityCheck.objects.all())


def work_identity_check(*, check_id: UUID) -> None:
    """Hand in or ask about one check now, if it is due."""
    _work_each(IdentityCheck.objects.filter(pk=check_id))


def resolve_identity_check(*, job_id: str, at: datetime) -> IdentityCheck | None:
    """Ask the provider about a job that a callback named, and decide when it has a result. None: no job of ours.

    The callback's own claims are not looked at: its signature does not cover them.

    Raises:
        SmileIdUnclearError: no usable answer; ask again.
    """
    check = IdentityCheck.objects.filter(job_id=job_id).first()
    if check is None or check.status not in (CheckStatus.PENDING, CheckStatus.REVIEW):
        return check
    result = smileid.result_of(job_id=job_id, user_id=str(check.user_id), at=timezone.now())
    if result is not None:
        decide_by_result(check_id=check.pk, result=result, at=at)
    return IdentityCheck.objects.get(pk=check.pk)


def callback_token(job_id: str) -> str:
    """The last part of a job's own callback address: nobody can tell it who was not told."""
    return keyed_hash("smile-id-callback", job_id).hex()


def _work_each(due: "models.QuerySet[IdentityCheck]") -> int:
    done = 0
    while done < SWEEP_LIMIT:
        # One at a time: a lease must outlast one slow call, not fifty.
        claimed = claim_work(due, limit=1)
        if not claimed:
            break
        _work(claimed[0])
        done += 1
    return done


def _work(check: IdentityCheck) -> None:
    try:
        if check.submitted_at is None:
            _submit(check)
        else:
            _look(check)
    except smileid.SmileIdUnclearError as unclear:
        retry(check, f"unclear: {unclear}")
    except smileid.SmileIdRefusedError as refused:
        logger.exception("Smile ID refuses job %s", check.job_id)
        park(check, f"refused: {refused}")


def _submit(check: IdentityCheck) -> None:
    now = timezone.now()
    details = json.loads(decrypt(bytes(check.details or b"")))
    question = smileid.Question(
        job_id=check.job_id,
        user_id=str(check.user_id),
        id_type=check.id_type,
        id_number=decrypt(bytes(check.number or b"")),
        first_name=details["first_name"],
        last_name=details["last_name"],
        date_of_birth=date.fromisoformat(details["date_of_birth"]),
        callback_url=f"{settings.PUBLIC_BASE_URL}{CALLBACK_PATH}/{callback_token(check.job_id)}",
    )
    smileid.start_enhanced_kyc(question, at=now)
    IdentityCheck.objects.filter(pk=check.pk, job_id=check.job_id).update(submitted_at=now)
    retry(check, "", at=now + FIRST_LOOK)


def _look(check: IdentityCheck) -> None:
    now = timezone.now()
    result = smileid.result_of(job_id=check.job_id, user_id=str(check.user_id), at=now)
    if result is None:
        retry(check, "no result yet")
        return
    verdict = decide_by_result(check_id=check.pk, result=result, at=now)
    if verdict == Verdict.TRY_AGAIN:
        _start_over(check, now)
    else:
        finish(check)


def _start_over(check: IdentityCheck, now: datetime) -> None:
    """The issuer was away. A finished job stays as it is, so the next try is a job of its own."""
    job_id = f"contri-{check.pk.hex}-{check.attempts}"
    retried = retry(check, "the issuer's database is away", at=now + ISSUER_PAUSE)
    if retried:
        IdentityCheck.objects.filter(pk=check.pk).update(job_id=job_id, submitted_at=None)
