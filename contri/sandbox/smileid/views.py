"""Smile ID v1's endpoints."""

import hmac
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone

from contri.sandbox.doors import UnreadableBodyError, View, json_object, provider_call
from contri.sandbox.environment import current
from contri.sandbox.models import SmileJob
from contri.sandbox.smileid.jobs import DuplicateJobError, signed, start_job
from contri.sandbox.smileid.results import APPROVED, Question
from contri.sandbox.smileid.signature import sign

QUESTION_FIELDS = (
    "country",
    "id_type",
    "id_number",
    "first_name",
    "last_name",
    "middle_name",
    "dob",
    "gender",
    "phone_number",
)


@dataclass(eq=False)
class SmileRefusalError(Exception):
    """An error answer: a text and Smile ID's code."""

    error: str
    code: str
    http_status: int = 400


def smileid_call(name: str) -> Callable[[View], View]:
    """Make a view the Smile ID operation `smileid.<name>`: signature, errors, faults, log."""

    def decorate(view: View) -> View:
        @provider_call(f"smileid.{name}")
        @wraps(view)
        def answer(request: HttpRequest) -> HttpResponse:
            try:
                body = json_object(request)
                check_signature(body)
                return view(request, body)
            except UnreadableBodyError:
                return JsonResponse({"error": "Invalid JSON", "code": "2213"}, status=400)
            except SmileRefusalError as refusal:
                return JsonResponse({"error": refusal.error, "code": refusal.code}, status=refusal.http_status)

        return answer

    return decorate


def check_signature(body: dict[str, Any]) -> None:
    """Let the partner in whose signature fits the timestamp sent with it.

    Raises:
        SmileRefusalError: another partner, or the signature is missing or wrong (2205).
    """
    environment = current()
    expected = sign(environment.smile_id_api_key, str(body.get("timestamp", "")), environment.smile_id_partner_id)
    given = str(body.get("signature", ""))
    ours = str(body.get("partner_id", "")) == environment.smile_id_partner_id
    if not ours or not hmac.compare_digest(given.encode(errors="replace"), expected.encode()):
        raise SmileRefusalError("You are not authorized to do that.", "2205")


@smileid_call("async_id_verification")
def async_id_verification(request: HttpRequest, body: dict[str, Any]) -> HttpResponse:
    """POST /async_id_verification: taken in now, the outcome goes to `callback_url`."""
    callback_url = str(body.get("callback_url") or "")
    if not callback_url.startswith(("http://", "https://")):
        raise SmileRefusalError("callback_url is required", "2213")
    job = _start(body, callback_url)
    return JsonResponse({"success": True, "smile_job_id": job.smile_job_id})


@smileid_call("id_verification")
def id_verification(request: HttpRequest, body: dict[str, Any]) -> HttpResponse:
    """POST /id_verification: the outcome is the answer."""
    return JsonResponse(signed(_start(body, "").result, timezone.now()))


@smileid_call("job_status")
def job_status(request: HttpRequest, body: dict[str, Any]) -> HttpResponse:
    """POST /job_status: the outcome of a job, as far as it is known."""
    job = SmileJob.objects.filter(job_id=str(body.get("job_id")), user_id=str(body.get("user_id"))).first()
    if job is None:
        raise SmileRefusalError("No job found for this user_id and job_id", "2314", 404)
    now = timezone.now()
    answer = {
        "job_complete": job.is_complete,
        "job_success": job.is_complete and job.result["ResultCode"] in APPROVED,
        "code": "2302",
        "result": signed(job.result, now) if job.is_complete else {},
        "image_links": {},
        "history": [],
    }
    return JsonResponse(signed(answer, now))


def _start(body: dict[str, Any], callback_url: str) -> SmileJob:
    params = body.get("partner_params")
    if not isinstance(params, dict) or not params.get("job_id") or not params.get("user_id"):
        raise SmileRefusalError("partner_params with job_id, user_id and job_type are required", "2213")
    question = Question(**{field: str(body.get(field) or "") for field in QUESTION_FIELDS})
    if not question.country or not question.id_type or not question.id_number:
        raise SmileRefusalError("country, id_type and id_number are required", "2213")
    try:
        return start_job(question=question, partner_params=params, callback_url=callback_url, at=timezone.now())
    except DuplicateJobError:
        raise SmileRefusalError("A job already exists for this job id", "2215") from None
