"""Telling the merchant: Flutterwave's webhooks bear the secret hash that both sides know, and no signature."""

import json
from datetime import datetime
from typing import Any

from contri.sandbox.deliveries import queue_webhook
from contri.sandbox.environment import current

WEBHOOK_PATH = "/api/v1/webhooks/flutterwave"


def announce(event: str, kind: str, data: dict[str, Any], *, at: datetime, amount: int, reference: str) -> None:
    """Queue the webhook `event`. `amount` (kobo) and `reference` only tell which faults strike it."""
    body = json.dumps({"event": event, "data": data, "event.type": kind}, separators=(",", ":"), ensure_ascii=False)
    queue_webhook(
        provider="flutterwave",
        event=event,
        url=current().webhook_base_url + WEBHOOK_PATH,
        headers={"verif-hash": current().flutterwave_secret_hash},
        body=body,
        at=at,
        amount=amount,
        reference=reference,
    )
