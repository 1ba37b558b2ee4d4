"""Firebase Cloud Messaging, HTTP v1: takes messages for tokens, and shows them on a page as their phones would.

What a token starts with says how it fares: `unregistered`, `invalid`, `mismatch`, `quota`, `unavailable`, `internal`,
`apns`; any other token is a phone that is on.
"""

import json
import secrets
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone

from contri.sandbox.clock import iso_milliseconds
from contri.sandbox.doors import UnreadableBodyError, json_object, provider_call
from contri.sandbox.environment import current
from contri.sandbox.fcm.google import is_granted
from contri.sandbox.models import PhonePush

LARGEST_MESSAGE = 4096
SHOWN = 100

# The first word of a token → HTTP status, status, FCM's code, message, headers.
FATES: dict[str, tuple[int, str, str, str, dict[str, str]]] = {
    "unregistered": (404, "NOT_FOUND", "UNREGISTERED", "Requested entity was not found.", {}),
    "invalid": (
        400,
        "INVALID_ARGUMENT",
        "INVALID_ARGUMENT",
        "The registration token is not a valid FCM registration token",
        {},
    ),
    "mismatch": (403, "PERMISSION_DENIED", "SENDER_ID_MISMATCH", "SenderId mismatch", {}),
    "quota": (429, "RESOURCE_EXHAUSTED", "QUOTA_EXCEEDED", "Quota exceeded", {"Retry-After": "60"}),
    "unavailable": (
        503,
        "UNAVAILABLE",
        "UNAVAILABLE",
        "The service is currently unavailable.",
        {"Retry-After": "10"},
    ),
    "internal": (500, "INTERNAL", "INTERNAL", "Internal error encountered.", {}),
    "apns": (
        401,
        "UNAUTHENTICATED",
        "THIRD_PARTY_AUTH_ERROR",
        "Auth error from APNS or Web Push Service",
        {},
    ),
}


@provider_call("fcm.send")
def send(request: HttpRequest, project: str) -> HttpResponse:
    """POST /fcm/v1/projects/{project}/messages:send."""
    if not is_granted(request.headers.get("Authorization", "")):
        return _refusal(401, "UNAUTHENTICATED", "", "Request had invalid authentication credentials.")
    if project != current().fcm_project_id:
        return _refusal(403, "PERMISSION_DENIED", "", "Permission denied on this project.")
    try:
        body = json_object(request)
    except UnreadableBodyError:
        return _unreadable("", "Invalid JSON payload received.")
    message = body.get("message")
    if not isinstance(message, dict) or not isinstance(message.get("token"), str):
        return _unreadable("message.token", "Recipient of the message is not set.")
    return _unfit(request, message) or _fate_of(message) or _keep(message, project)


def phone(request: HttpRequest) -> HttpResponse:
    """GET /phone?token=: one phone, or all of them, as their owners see them."""
    token = request.GET.get("token", "").strip()
    tokens = PhonePush.objects.order_by().values_list("token", flat=True).distinct()
    context = {"token": token, "pushes": _shown(token), "tokens": sorted(tokens), "here": "phone"}
    return render(request, "sandbox/phone.html", context)


def phone_json(request: HttpRequest) -> HttpResponse:
    """GET /phone.json?token=: the same for programs; `?all=1` with what a newer push has replaced."""
    token = request.GET.get("token", "").strip()
    pushes = _arrived(token) if request.GET.get("all") else _shown(token)
    return JsonResponse([_as_json(push) for push in pushes], safe=False)


def _unfit(request: HttpRequest, message: dict[str, Any]) -> HttpResponse | None:
    data = message.get("data", {})
    for number, value in enumerate(data.values() if isinstance(data, dict) else [data]):
        if not isinstance(value, str):
            field = f"message.data[{number}].value"
            return _unreadable(field, f"Invalid value at '{field}' (TYPE_STRING), {value}")
    if len(request.body) > LARGEST_MESSAGE:
        return _unreadable("message", "Message is too big")
    return None


def _fate_of(message: dict[str, Any]) -> HttpResponse | None:
    fate = FATES.get(message["token"].partition("-")[0])
    return _refusal(*fate[:4], headers=fate[4]) if fate else None


def _keep(message: dict[str, Any], project: str) -> HttpResponse:
    notification = message.get("notification", {})
    PhonePush.objects.create(
        token=message["token"],
        title=str(notification.get("title", "")),
        body=str(notification.get("body", "")),
        message=message,
        collapse_key=str(message.get("android", {}).get("collapse_key", "")),
        received_at=timezone.now(),
    )
    return JsonResponse({"name": f"projects/{project}/messages/0:{secrets.token_hex(8)}%{secrets.token_hex(8)}"})


def _arrived(token: str) -> list[PhonePush]:
    pushes = PhonePush.objects.filter(token=token) if token else PhonePush.objects.all()
    return list(pushes[:SHOWN])


def _shown(token: str) -> list[PhonePush]:
    """What a phone shows: of those with one collapse key the newest."""
    seen: set[tuple[str, str]] = set()
    shown = []
    for push in _arrived(token):
        key = (push.token, push.collapse_key)
        if not push.collapse_key or key not in seen:
            shown.append(push)
        seen.add(key)
    return shown


def _as_json(push: PhonePush) -> dict[str, object]:
    return {
        "id": push.pk,
        "token": push.token,
        "title": push.title,
        "body": push.body,
        "data": push.message.get("data", {}),
        "message": push.message,
        "received_at": iso_milliseconds(push.received_at),
    }


def _refusal(http: int, status: str, code: str, message: str, headers: dict[str, str] | None = None) -> HttpResponse:
    details = [{"@type": "type.googleapis.com/google.firebase.fcm.v1.FcmError", "errorCode": code}] if code else []
    return _error(http, status, message, details, headers)


def _unreadable(field: str, message: str) -> HttpResponse:
    violations = [{"field": field, "description": message}]
    details = [{"@type": "type.googleapis.com/google.rpc.BadRequest", "fieldViolations": violations}]
    return _error(400, "INVALID_ARGUMENT", message, details)


def _error(
    http: int, status: str, message: str, details: list[dict[str, Any]], headers: dict[str, str] | None = None
) -> HttpResponse:
    error = {"code": http, "message": message, "status": status, "details": details}
    return HttpResponse(
        json.dumps({"error": error}), status=http, content_type="application/json", headers=headers or {}
    )
