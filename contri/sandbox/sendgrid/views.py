"""SendGrid's v3 mail API: mails land in the mailbox, and signed events tell what became of them.

What an address starts with says how it fares: `bounce` is dead, `blocked` refuses for now, `spam` complains after the
mail has come; any other takes its mail.
"""

import base64
import json
import secrets
import time
from functools import cache
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_der_private_key
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone

from contri.sandbox.deliveries import queue_webhook
from contri.sandbox.doors import UnreadableBodyError, json_object, provider_call
from contri.sandbox.environment import current
from contri.sandbox.mailbox.reading import links_in
from contri.sandbox.models import Mail

Event = dict[str, Any]

FATES: dict[str, list[Event]] = {
    "bounce": [
        {"event": "processed"},
        {"event": "bounce", "type": "bounce", "status": "5.1.1", "reason": "550 5.1.1 No such user here"},
    ],
    "blocked": [
        {"event": "processed"},
        {"event": "bounce", "type": "blocked", "status": "4.2.1", "reason": "421 try again later"},
    ],
    "spam": [{"event": "processed"}, {"event": "delivered", "response": "250 OK"}, {"event": "spamreport"}],
}
TAKEN: list[Event] = [{"event": "processed"}, {"event": "delivered", "response": "250 OK"}]


@provider_call("sendgrid.mail.send")
def send(request: HttpRequest) -> HttpResponse:
    """POST /sendgrid/v3/mail/send: 202, and nothing in the body."""
    if request.headers.get("Authorization", "") != f"Bearer {current().sendgrid_api_key}":
        return _refusal(401, "The provided authorization grant is invalid, expired, or revoked")
    try:
        body = json_object(request)
        mails = _mails(body)
    except (UnreadableBodyError, KeyError, TypeError, IndexError):
        return _refusal(400, "Bad Request")
    message_id = secrets.token_urlsafe(16)
    with transaction.atomic():
        Mail.objects.bulk_create(mail for mail in mails if FATES.get(_fate(mail.to), TAKEN)[-1]["event"] != "bounce")
        for mail in mails:
            _tell(mail.to, message_id, body)
    return HttpResponse(status=202, headers={"X-Message-Id": message_id})


def _mails(body: Event) -> list[Mail]:
    parts = {part["type"]: str(part["value"]) for part in body["content"]}
    text, html = parts.get("text/plain", ""), parts.get("text/html", "")
    sender = body["from"]
    return [
        Mail(
            to=str(person["email"]).lower(),
            sender=f"{sender.get('name', '')} <{sender['email']}>".strip(),
            subject=str(to.get("subject") or body["subject"]),
            text=text,
            html=html,
            links=links_in(text, html),
            received_at=timezone.now(),
        )
        for to in body["personalizations"]
        for person in to["to"]
    ]


def _fate(address: str) -> str:
    return address.partition("@")[0].partition("-")[0].partition(".")[0]


def _tell(address: str, message_id: str, body: Event) -> None:
    now = timezone.now()
    arguments = {**body.get("custom_args", {}), **body["personalizations"][0].get("custom_args", {})}
    told = [
        {
            "email": address,
            "timestamp": int(now.timestamp()),
            "sg_event_id": secrets.token_urlsafe(12),
            "sg_message_id": f"{message_id}.recvd-0",
            **arguments,
            **event,
        }
        for event in FATES.get(_fate(address), TAKEN)
    ]
    text = json.dumps(told)
    queue_webhook(
        provider="sendgrid",
        event=told[-1]["event"],
        url=f"{current().webhook_base_url}/api/v1/webhooks/sendgrid",
        headers=_signed(text),
        body=text,
        at=now,
    )


def _signed(text: str) -> dict[str, str]:
    timestamp = str(int(time.time()))
    signature = _key().sign(timestamp.encode() + text.encode(), ec.ECDSA(hashes.SHA256()))
    return {
        "X-Twilio-Email-Event-Webhook-Signature": base64.b64encode(signature).decode(),
        "X-Twilio-Email-Event-Webhook-Timestamp": timestamp,
    }


@cache
def _key() -> ec.EllipticCurvePrivateKey:
    """The key that events are signed with: handed over, or one that nobody else knows."""
    handed_over = current().sendgrid_signing_key
    if not handed_over:
        return ec.generate_private_key(ec.SECP256R1())
    key = load_der_private_key(base64.b64decode(handed_over), password=None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise TypeError("SANDBOX_SENDGRID_SIGNING_KEY is no key on a curve")
    return key


def _refusal(status: int, message: str) -> HttpResponse:
    return JsonResponse({"errors": [{"message": message, "field": None, "help": None}]}, status=status)
