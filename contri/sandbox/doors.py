"""The doors of every pretend company: read the call, let a fault strike if one was asked for, write the call down."""

import json
import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone

from contri.sandbox.faults import CALL_KINDS, claim_fault
from contri.sandbox.models import Activity, Fault

logger = logging.getLogger("sandbox")

View = Callable[..., HttpResponse]

# Longer than any client waits; a client that does wait finds the connection cut without an answer.
TIMEOUT_MS = 60_000
SLOW_MS = 3_000
KEPT_ACTIVITIES = 500

GATEWAY_PAGE = """<html>
<head><title>502 Bad Gateway</title></head>
<body><center><h1>502 Bad Gateway</h1></center><hr><center>cloudflare</center></body>
</html>
"""

_hanging = threading.Condition()


class UnreadableBodyError(Exception):
    """The request's body is not a JSON object."""


@dataclass(frozen=True, slots=True)
class Call:
    """One call as the log and the faults see it. `amount` in kobo, where the body carries one."""

    operation: str
    amount: int | None
    reference: str


def json_object(request: HttpRequest) -> dict[str, Any]:
    """The request's JSON object.

    Raises:
        UnreadableBodyError: it is no JSON, or no object.
    """
    try:
        body = json.loads(request.body or b"{}")
    except (ValueError, RecursionError) as error:
        raise UnreadableBodyError from error
    if not isinstance(body, dict):
        raise UnreadableBodyError
    return body


def whole_or_none(value: object) -> int | None:
    """An amount that is sent in kobo already."""
    return value if isinstance(value, int) else None


def provider_call(operation: str, kobo_of: Callable[[object], int | None] = whole_or_none) -> Callable[[View], View]:
    """Make a view one operation of a pretend company: faults can strike it, and every call is written down.

    `kobo_of` reads the amount of a body, which some companies want in naira.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def answer(request: HttpRequest, **captured: str) -> HttpResponse:
            began = time.monotonic()
            call = _read_call(operation, request, captured, kobo_of)
            fault = claim_fault(operation, CALL_KINDS, at=timezone.now(), amount=call.amount, reference=call.reference)
            response = _answer_with(fault, request, lambda: view(request, **captured))
            _write_down(request, call, response, fault, time.monotonic() - began)
            return response

        return answer

    return decorate


def by_method(**views: View) -> View:
    """One path, one view for each HTTP method: `by_method(GET=list_refunds, POST=create_refund)`."""

    def answer(request: HttpRequest, **captured: str) -> HttpResponse:
        view = views.get(str(request.method))
        if view is None:
            return JsonResponse({"status": False, "message": "Method not allowed"}, status=405)
        return view(request, **captured)

    return answer


def let_hanging_calls_go() -> None:
    """End the wait of every call that hangs because a fault asked for it."""
    with _hanging:
        _hanging.notify_all()


def _read_call(
    operation: str, request: HttpRequest, captured: dict[str, str], kobo_of: Callable[[object], int | None]
) -> Call:
    try:
        body = json_object(request)
    except UnreadableBodyError:
        body = {}
    named = (captured.get("reference"), body.get("reference"), body.get("tx_ref"), request.GET.get("tx_ref"))
    reference = next(filter(None, named), "")
    return Call(operation, kobo_of(body.get("amount")), str(reference)[:200])


def _answer_with(fault: Fault | None, request: HttpRequest, work: Callable[[], HttpResponse]) -> HttpResponse:
    if fault is None:
        return work()
    if fault.kind == "slow":
        _hang(fault.delay_ms, SLOW_MS)
        return work()
    if fault.kind.endswith("_after"):
        work()
    return _spoiled_answer(fault, request)


def _spoiled_answer(fault: Fault, request: HttpRequest) -> HttpResponse:
    if fault.kind.startswith("timeout"):
        _hang(fault.delay_ms, TIMEOUT_MS)
        return _cut(request)
    if fault.kind.startswith("reset"):
        return _cut(request)
    if fault.kind.startswith("html_502"):
        return HttpResponse(GATEWAY_PAGE, status=502)
    if fault.kind == "rate_limited":
        body = {"status": False, "message": "Rate limit exceeded!", "type": "api_error", "code": "rate_limited"}
        body["meta"] = {"nextStep": "Wait a few minutes and try the API call again"}
        return JsonResponse(body, status=429, headers={"Retry-After": "60"})
    return JsonResponse(
        {"status": False, "code": "unknown", "type": "api_error", "message": "An error occurred"}, status=500
    )


def _hang(wished_ms: int | None, default_ms: int) -> None:
    with _hanging:
        _hanging.wait((default_ms if wished_ms is None else wished_ms) / 1000)


def _cut(request: HttpRequest) -> HttpResponse:
    # The WSGI application (wsgi.py) sees this mark and resets the connection instead of sending the response.
    request.META["sandbox.cut_wished"] = True
    return HttpResponse()


def _write_down(request: HttpRequest, call: Call, response: HttpResponse, fault: Fault | None, seconds: float) -> None:
    cut = "sandbox.cut_wished" in request.META
    status = None if cut else response.status_code
    kind = fault.kind if fault else ""
    newest = Activity.objects.create(
        operation=call.operation,
        method=str(request.method),
        path=request.get_full_path()[:300],
        reference=call.reference,
        status=status,
        milliseconds=round(seconds * 1000),
        fault=kind,
        happened_at=timezone.now(),
    )
    Activity.objects.filter(pk__lte=newest.pk - KEPT_ACTIVITIES).delete()
    logger.info("%s %s → %s%s", request.method, request.path, status or "no answer", f" ({kind})" if kind else "")
