"""Smile ID, REST v1: enhanced KYC of a Nigerian BVN or NIN, and asking for a job's result.

Facts: job type 5 goes to /async_id_verification and is answered by a callback; a job id is unique for a partner, so a
repeat (code 2215) means that an earlier try arrived. Requests and answers are signed over timestamp and partner id.
"""

import atexit
import base64
import hashlib
import hmac
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from http import HTTPStatus
from time import monotonic
from typing import Any

import httpx
from django.conf import settings

from contri.core import metrics
from contri.core.moments import rfc3339
from contri.core.outgoing import authorities, carry_request_id

ENHANCED_KYC = 5
JOB_EXISTS_CODE = "2215"
NO_SUCH_JOB_CODE = "2314"
ID_TYPES = {"bvn": "BVN", "nin": "NIN_V2"}
TIMEOUT = httpx.Timeout(10.0, connect=3.0)


class SmileIdUnclearError(Exception):
    """No usable answer (time-out, 5xx, junk): whether the call arrived is unknown. Ask again for the same job."""


class SmileIdRefusedError(Exception):
    """The request itself was refused: a mistake in it or in our contract; repeating it will not help."""

    def __init__(self, code: str, error: str) -> None:
        self.code = code
        super().__init__(f"{code} {error}".strip()[:200])


@dataclass(frozen=True, slots=True)
class Question:
    """Is this number that of a person with these names and this date of birth?"""

    job_id: str
    user_id: str
    id_type: str
    id_number: str = field(repr=False)
    first_name: str = field(repr=False)
    last_name: str = field(repr=False)
    date_of_birth: date = field(repr=False)
    callback_url: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Result:
    """What Smile ID found. `code` decides; `text` is for people."""

    code: str
    text: str
    job_id: str
    id_number: str = field(repr=False)


def start_enhanced_kyc(question: Question, *, at: datetime) -> None:
    """Hand a check in. A job id that Smile ID knows already counts as handed in.

    Raises:
        SmileIdUnclearError, SmileIdRefusedError: as said there.
    """
    body = {
        **_credentials(at),
        "source_sdk": "rest_api",
        "source_sdk_version": "1.0.0",
        "country": "NG",
        "id_type": ID_TYPES[question.id_type],
        "id_number": question.id_number,
        "first_name": question.first_name,
        "last_name": question.last_name,
        "dob": question.date_of_birth.isoformat(),
        "callback_url": question.callback_url,
        "partner_params": {"job_id": question.job_id, "user_id": question.user_id, "job_type": ENHANCED_KYC},
    }
    try:
        _post("/async_id_verification", body)
    except SmileIdRefusedError as refusal:
        if refusal.code != JOB_EXISTS_CODE:
            raise


def result_of(*, job_id: str, user_id: str, at: datetime) -> Result | None:
    """The result of a job, or None while it has none.

    Raises:
        SmileIdUnclearError, SmileIdRefusedError: as said there.
    """
    body = {**_credentials(at), "job_id": job_id, "user_id": user_id, "image_links": False, "history": False}
    try:
        answer = _post("/job_status", body)
    except SmileIdRefusedError as refusal:
        if refusal.code == NO_SUCH_JOB_CODE:
            return None
        raise
    if not _is_signed(answer):
        raise SmileIdUnclearError("the answer's signature does not hold")
    result = answer.get("result")
    if answer.get("job_complete") is not True or not isinstance(result, dict):
        return None
    params = result.get("PartnerParams")
    return Result(
        code=str(result.get("ResultCode", "")),
        text=str(result.get("ResultText", ""))[:200],
        job_id=str(params.get("job_id", "")) if isinstance(params, dict) else "",
        id_number=str(result.get("IDNumber", "")),
    )


def signature_of(timestamp: str) -> str:
    """Base64 of HMAC-SHA256 over timestamp, partner id and a constant; it does not cover any body."""
    message = f"{timestamp}{settings.SMILE_ID_PARTNER_ID}sid_request".encode()
    return base64.b64encode(hmac.new(settings.SMILE_ID_API_KEY.encode(), message, hashlib.sha256).digest()).decode()


def _credentials(at: datetime) -> dict[str, Any]:
    timestamp = rfc3339(at)
    return {
        "partner_id": settings.SMILE_ID_PARTNER_ID,
        "timestamp": timestamp,
        "signature": signature_of(timestamp),
    }


def _is_signed(answer: dict[str, Any]) -> bool:
    expected = signature_of(str(answer.get("timestamp", "")))
    return hmac.compare_digest(str(answer.get("signature", "")).encode(), expected.encode())


def _post(path: str, body: dict[str, Any]) -> dict[str, Any]:
    started, outcome = monotonic(), "unknown"
    try:
        answer = _exchange(path, body)
    except SmileIdRefusedError:
        outcome = "refused"
        raise
    else:
        outcome = "ok"
        return answer
    finally:
        metrics.provider_answered(
            provider="smileid", operation=path.strip("/"), outcome=outcome, seconds=monotonic() - started
        )


def _exchange(path: str, body: dict[str, Any]) -> dict[str, Any]:
    try:
        response = _client().post(f"{settings.SMILE_ID_BASE_URL}{path}", json=body)
        answer = response.json()
    except (httpx.HTTPError, ValueError) as error:
        raise SmileIdUnclearError(type(error).__name__) from error
    if response.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR or not isinstance(answer, dict):
        raise SmileIdUnclearError(f"HTTP {response.status_code}")
    if response.status_code == HTTPStatus.TOO_MANY_REQUESTS:
        raise SmileIdUnclearError("rate limited")
    if response.is_error:
        raise SmileIdRefusedError(str(answer.get("code", "")), str(answer.get("error", "")))
    return answer


@cache
def _client() -> httpx.Client:
    client = httpx.Client(
        timeout=TIMEOUT,
        limits=httpx.Limits(max_connections=8),
        event_hooks={"request": [carry_request_id]},
        verify=authorities(),
    )
    atexit.register(client.close)
    return client
