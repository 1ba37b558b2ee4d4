"""The door for SendGrid's events: signed over the raw bytes; anymail checks and reads them."""

import logging
from typing import Any

from anymail.exceptions import AnymailWebhookValidationFailure
from anymail.signals import AnymailTrackingEvent, EventType, RejectReason
from anymail.webhooks.sendgrid import SendGridTrackingWebhookView
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from contri.core.api.problems import problem_response
from notifications import services
from notifications.models import WhyUnreachable

logger = logging.getLogger(__name__)

# What SendGrid calls a bounce while a server refuses for a while: full mailboxes, greylisting, a bad hour.
FOR_A_WHILE = "blocked"


@csrf_exempt
def mail_events(request: HttpRequest) -> HttpResponseBase:
    """POST /webhooks/sendgrid. Without a key to check signatures with nothing is here."""
    if not settings.SENDGRID_WEBHOOK_KEY:
        return problem_response(status=404)
    answer: HttpResponseBase = MailEventsView.as_view()(request)
    return answer


class MailEventsView(SendGridTrackingWebhookView):  # type: ignore[misc]  # anymail ships no types
    """Signed events, read by anymail."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(tracking_webhook_verification_key=settings.SENDGRID_WEBHOOK_KEY, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Act on each event; each may come twice, or out of order."""
        try:
            self.run_validators(request)
        except (AnymailWebhookValidationFailure, ValueError):
            # ValueError: the signature's signs are none of Base64.
            return problem_response(status=401)
        try:
            events = self.parse_events(request)
        except (ValueError, TypeError, KeyError, AttributeError):
            return problem_response(status=400)
        for event in events:
            _note(event)
        return HttpResponse()


def _note(event: AnymailTrackingEvent) -> None:
    why = _why(event)
    if why is not None and event.recipient:
        services.note_unreachable(address=event.recipient, why=why, at=timezone.now())


def _why(event: AnymailTrackingEvent) -> WhyUnreachable | None:
    if event.event_type == EventType.COMPLAINED:
        return WhyUnreachable.COMPLAINED
    if event.event_type == EventType.BOUNCED and event.esp_event.get("type") != FOR_A_WHILE:
        return WhyUnreachable.BOUNCED
    if event.event_type == EventType.REJECTED and event.reject_reason in (RejectReason.INVALID, RejectReason.BOUNCED):
        return WhyUnreachable.REJECTED
    return None
