"""Identity checks: a job is taken in, completed a moment later, and its outcome called back."""

import json
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from contri.sandbox import alarm
from contri.sandbox.clock import iso_milliseconds
from contri.sandbox.deliveries import queue_webhook
from contri.sandbox.environment import current
from contri.sandbox.models import SmileJob
from contri.sandbox.smileid.results import Question, result_body
from contri.sandbox.smileid.signature import sign


class DuplicateJobError(Exception):
    """This partner has given this job id before."""


@transaction.atomic
def start_job(*, question: Question, partner_params: dict[str, Any], callback_url: str, at: datetime) -> SmileJob:
    """Take a check in. With a `callback_url` it completes a moment later and calls back; without, at once.

    Raises:
        DuplicateJobError: the job id was used before.
    """
    job_id = str(partner_params["job_id"])
    if SmileJob.objects.filter(job_id=job_id).exists():
        raise DuplicateJobError
    job = SmileJob.objects.create(
        job_id=job_id,
        user_id=str(partner_params["user_id"]),
        partner_params=partner_params,
        result={},
        callback_url=callback_url,
        is_complete=not callback_url,
        completes_at=at + timedelta(seconds=current().settle_seconds if callback_url else 0),
    )
    job.result = result_body(question, smile_job_id=job.smile_job_id, partner_params=partner_params)
    job.save(update_fields=["result"])
    transaction.on_commit(alarm.wake)
    return job


@transaction.atomic
def complete_due_jobs(*, due_by: datetime, at: datetime) -> int:
    """Complete every job that was due by then and call back; returns how many."""
    due = list(SmileJob.objects.filter(is_complete=False, completes_at__lte=due_by))
    for job in due:
        job.is_complete = True
        job.save(update_fields=["is_complete"])
        _call_back(job, at)
    return len(due)


def next_due_job() -> datetime | None:
    """When the next job completes."""
    waiting = SmileJob.objects.filter(is_complete=False).order_by("completes_at")
    return waiting.values_list("completes_at", flat=True).first()


def signed(body: dict[str, Any], at: datetime) -> dict[str, Any]:
    """`body` with the timestamp and signature that Smile ID puts on everything it says."""
    timestamp = str(iso_milliseconds(at))
    environment = current()
    signature = sign(environment.smile_id_api_key, timestamp, environment.smile_id_partner_id)
    return {**body, "timestamp": timestamp, "signature": signature}


def _call_back(job: SmileJob, at: datetime) -> None:
    queue_webhook(
        provider="smileid",
        event="callback",
        url=job.callback_url,
        headers={},
        body=json.dumps(signed(job.result, at), separators=(",", ":"), ensure_ascii=False),
        at=at,
        reference=job.job_id,
    )
