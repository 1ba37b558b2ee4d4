"""Events as the providers send them: signed, to the byte."""

import base64
import hmac
import json
from datetime import datetime
from typing import Any, cast

from django.conf import settings
from django.utils import timezone
from rest_framework.test import APIClient

PAYSTACK = "/api/v1/webhooks/paystack"
SMILE_ID = "/api/v1/webhooks/smileid"


def charge_success(reference: str = "contri-0001", number: int = 4_099_260_516) -> bytes:
    """A charge.success, compact as Paystack sends it."""
    data = {"id": number, "domain": "test", "status": "success", "reference": reference, "amount": 500000}
    return json.dumps({"event": "charge.success", "data": data}, separators=(",", ":")).encode()


def signed(body: bytes) -> str:
    """Paystack's signature of these bytes."""
    return hmac.new(settings.PAYSTACK_SECRET_KEY.encode(), body, "sha512").hexdigest()


def post(path: str, body: bytes, **headers: Any) -> Any:
    """Post bytes as they are."""
    # The stubs want text; the client, and a provider, send bytes.
    return APIClient().generic("POST", path, cast("str", body), content_type="application/json", **headers)


def send_paystack(body: bytes, signature: str | None = None, **headers: str) -> Any:
    """Post `body` as Paystack does; signed well unless another signature is given."""
    headers["HTTP_X_PAYSTACK_SIGNATURE"] = signed(body) if signature is None else signature
    return post(PAYSTACK, body, **headers)


def callback(job_id: str = "contri-job-1", at: datetime | None = None, **changes: Any) -> bytes:
    """A callback of Smile ID's about `job_id`, signed well for the moment `at`."""
    timestamp = (at or timezone.now()).isoformat(timespec="milliseconds")
    message = f"{timestamp}{settings.SMILE_ID_PARTNER_ID}sid_request".encode()
    signature = base64.b64encode(hmac.digest(settings.SMILE_ID_API_KEY.encode(), message, "sha256")).decode()
    body = {
        "PartnerParams": {"job_id": job_id, "user_id": "1", "job_type": 5},
        "ResultCode": "1020",
        "IDNumber": "22212345678",
        "timestamp": timestamp,
        "signature": signature,
    }
    return json.dumps({**body, **changes}).encode()


def send_smile_id(body: bytes, path: str = SMILE_ID) -> Any:
    """Post `body` as Smile ID does."""
    return post(path, body)
