"""The doors that providers call. The raw bytes go in; nothing parses them before their signature is checked."""

from typing import Any

from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from contri.core.api.parsers import PayloadTooLarge
from contri.core.api.schema import PROBLEM
from webhooks import services

KIBI = 1024
# Payment providers' events are a few KiB; Smile ID's carry a photo (1.5 MB at most, says its documentation).
PAYMENT_LIMIT = 256 * KIBI
SMILE_ID_LIMIT = 2048 * KIBI

RECEIVED = inline_serializer("WebhookReceived", {"received": serializers.BooleanField(default=True)})
ANSWERS = {200: RECEIVED, 400: PROBLEM, 401: PROBLEM, 413: PROBLEM}


class AnswersJSON(DefaultContentNegotiation):
    """Answers in JSON whatever the caller says it accepts: a provider's Accept header must not cost us an event."""

    def select_renderer(
        self, request: Request, renderers: Any, format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        """The only one there is."""
        return renderers[0], renderers[0].media_type


class WebhookView(APIView):
    """A door without accounts: what proves the caller is a signature."""

    authentication_classes = []
    permission_classes = []
    content_negotiation_class = AnswersJSON
    body_limit = PAYMENT_LIMIT

    def raw_body(self, request: Request) -> bytes:
        """The bytes as they arrived.

        Raises:
            PayloadTooLarge: more of them than this provider sends; said before they are read where that is possible.
        """
        announced = str(request.META.get("CONTENT_LENGTH") or "0")
        if not announced.isdigit() or int(announced) > self.body_limit:
            raise PayloadTooLarge
        body: bytes = request.body
        if len(body) > self.body_limit:
            raise PayloadTooLarge
        return body


class PaystackWebhookView(WebhookView):
    """Paystack's events."""

    @extend_schema(
        operation_id="webhooks_paystack",
        auth=[],
        request=OpenApiTypes.OBJECT,
        responses=ANSWERS,
        parameters=[OpenApiParameter("x-paystack-signature", str, OpenApiParameter.HEADER, required=True)],
    )
    def post(self, request: Request) -> Response:
        """Keep an event. Known or not, new or repeated: 200 once its signature holds."""
        signature = request.headers.get("x-paystack-signature", "")
        services.receive_paystack(body=self.raw_body(request), signature=signature, at=timezone.now())
        return Response({"received": True})


class FlutterwaveWebhookView(WebhookView):
    """Flutterwave's events."""

    @extend_schema(
        operation_id="webhooks_flutterwave",
        auth=[],
        request=OpenApiTypes.OBJECT,
        responses=ANSWERS,
        parameters=[OpenApiParameter("verif-hash", str, OpenApiParameter.HEADER, required=True)],
    )
    def post(self, request: Request) -> Response:
        """Keep an event. Known or not, new or repeated: 200 once it bears the secret hash."""
        secret_hash = request.headers.get("verif-hash", "")
        services.receive_flutterwave(body=self.raw_body(request), secret_hash=secret_hash, at=timezone.now())
        return Response({"received": True})


class SmileIdWebhookView(WebhookView):
    """Smile ID's callbacks."""

    body_limit = SMILE_ID_LIMIT

    @extend_schema(operation_id="webhooks_smileid", auth=[], request=OpenApiTypes.OBJECT, responses=ANSWERS)
    def post(self, request: Request) -> Response:
        """Keep a callback: 200 once its signature holds and is fresh."""
        services.receive_smile_id(body=self.raw_body(request), at=timezone.now())
        return Response({"received": True})


class SmileIdJobWebhookView(WebhookView):
    """Smile ID's callbacks at the address of one job."""

    body_limit = SMILE_ID_LIMIT

    @extend_schema(operation_id="webhooks_smileid_job", auth=[], request=OpenApiTypes.OBJECT, responses=ANSWERS)
    def post(self, request: Request, token: str) -> Response:
        """Keep a callback: 200 once its signature holds, is fresh, and it is about the job whose address this is."""
        services.receive_smile_id(body=self.raw_body(request), at=timezone.now(), token=token)
        return Response({"received": True})
