"""Webhooks on their way out: written down with the change they tell of, then tried until the receiver answers 200."""

import logging
import threading
from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from contri.sandbox import alarm
from contri.sandbox.environment import current
from contri.sandbox.faults import WEBHOOK_KINDS, claim_fault
from contri.sandbox.models import Delivery, Fault

logger = logging.getLogger("sandbox")

# Paystack tries every 3 minutes for the first 4 times, then hourly for 72 hours: here, seconds and two minutes.
RETRY_SECONDS = (1, 1, 1, 1, *[10] * 12)
RECEIVER_TIMEOUT_SECONDS = 10
# How late a webhook comes that lets others overtake it.
OVERTAKEN_SECONDS = 5.0

# One attempt at a time: the clockwork and a flush from outside may want the same delivery.
_one_at_a_time = threading.Lock()


def queue_webhook(
    *,
    provider: str,
    event: str,
    url: str,
    headers: Mapping[str, str],
    body: str,
    at: datetime,
    amount: int | None = None,
    reference: str = "",
) -> None:
    """Write a webhook down for delivery, in the transaction of the change that it tells of.

    A fault asked for `<provider>.webhook.<event>` loses it, doubles it or lets later ones overtake it.
    Without SANDBOX_WEBHOOK_BASE_URL it is kept as `undelivered`, for a test to carry over by itself.
    """
    fault = claim_fault(f"{provider}.webhook.{event}", WEBHOOK_KINDS, at=at, amount=amount, reference=reference)
    kind = fault.kind if fault else ""
    state = "waiting" if current().webhook_base_url else "undelivered"
    for _ in range(2 if kind == "duplicate_webhook" else 1):
        Delivery.objects.create(
            provider=provider,
            event=event,
            url=url,
            headers={"Content-Type": "application/json", **headers},
            body=body,
            state="lost" if kind == "lost_webhook" else state,
            created_at=at,
            due_at=at + _lateness(fault),
        )
    transaction.on_commit(alarm.wake)


def deliver_due(*, at: datetime, all_waiting: bool = False) -> list[Delivery]:
    """Try every webhook that is due at `at` (or every one that waits) once; returns those that were tried."""
    with _one_at_a_time:
        waiting = Delivery.objects.filter(state="waiting")
        due = list(waiting if all_waiting else waiting.filter(due_at__lte=at))
        for delivery in due:
            _attempt(delivery)
        return due


def redeliver(*, delivery: Delivery, at: datetime) -> Delivery:
    """Send a webhook again, the same bytes, whatever became of it before."""
    delivery.state = "waiting" if current().webhook_base_url else "undelivered"
    delivery.attempts = 0
    delivery.due_at = at
    delivery.save(update_fields=["state", "attempts", "due_at"])
    alarm.wake()
    return delivery


def next_due_delivery() -> datetime | None:
    """When the earliest waiting webhook wants its next try."""
    return Delivery.objects.filter(state="waiting").values_list("due_at", flat=True).first()


def _lateness(fault: Fault | None) -> timedelta:
    if fault is None or fault.kind != "out_of_order":
        return timedelta()
    return timedelta(seconds=OVERTAKEN_SECONDS if fault.delay_ms is None else fault.delay_ms / 1000)


def _attempt(delivery: Delivery) -> None:
    delivery.last_status, delivery.last_error = _post(delivery)
    delivery.attempts += 1
    if delivery.last_status == 200:
        delivery.state = "delivered"
    elif delivery.attempts > len(RETRY_SECONDS):
        delivery.state = "gave_up"
    else:
        delivery.due_at = timezone.now() + timedelta(seconds=RETRY_SECONDS[delivery.attempts - 1])
    delivery.save(update_fields=["state", "attempts", "last_status", "last_error", "due_at"])
    outcome = delivery.last_status or delivery.last_error
    logger.info("webhook %s %s, attempt %s → %s", delivery.provider, delivery.event, delivery.attempts, outcome)


def _post(delivery: Delivery) -> tuple[int | None, str]:
    # Imported when first needed: it would make up a third of the time that the sandbox takes to start.
    import httpx

    try:
        # No redirects: for the providers anything but a plain 200 is a failure.
        response = httpx.post(
            delivery.url,
            content=delivery.body.encode(),
            headers=delivery.headers,
            timeout=RECEIVER_TIMEOUT_SECONDS,
            follow_redirects=False,
        )
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        return None, str(error)[:200] or type(error).__name__
    return response.status_code, ""
