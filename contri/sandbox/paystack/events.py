"""Telling the merchant: Paystack's webhooks, as compact JSON, signed over exactly the bytes that go out."""

import json
from datetime import datetime
from typing import Any

from contri.sandbox.deliveries import queue_webhook
from contri.sandbox.environment import current
from contri.sandbox.paystack.signature import sign

WEBHOOK_PATH = "/api/v1/webhooks/paystack"


def announce(event: str, data: dict[str, Any], *, at: datetime, amount: int, reference: str) -> None:
    """Queue the webhook `event`. `amount` (kobo) and `reference` only tell which faults strike it."""
    # As JSON.stringify writes it: no blanks, and letters beyond ASCII as they are.
    body = json.dumps({"event": event, "data": data}, separators=(",", ":"), ensure_ascii=False)
    queue_webhook(
        provider="paystack",
        event=event,
        url=current().webhook_base_url + WEBHOOK_PATH,
        headers={"x-paystack-signature": sign(current().paystack_secret_key, body.encode())},
        body=body,
        at=at,
        amount=amount,
        reference=reference,
    )
