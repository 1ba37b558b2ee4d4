"""What is read out of an event's body: its name, its reference, and what makes it this event and no other.

Nothing else of a body is ever acted upon, so nothing else is read.
"""

import hashlib
import json
import re
from dataclasses import dataclass
from typing import Any

from webhooks.errors import EventUnreadableError

# Names and references that go into columns: visible ASCII. NUL and lone surrogates cannot be kept by PostgreSQL.
_NAME = re.compile(r"[!-~]{1,80}")
_REFERENCE = re.compile(r"[!-~]{1,100}")

# Smile ID's callbacks bear no name of their own.
SMILE_ID_EVENT = "job.result"
# Events about a dispute; one payment can have several.
DISPUTES = "charge.dispute."


@dataclass(frozen=True, slots=True)
class PaymentEvent:
    """What we read of a payment provider's."""

    name: str
    reference: str
    dedupe_key: str


@dataclass(frozen=True, slots=True)
class SmileIdCallback:
    """What we read of Smile ID's."""

    job_id: str
    timestamp: str
    signature: str


def read_paystack(body: bytes) -> PaymentEvent:
    """The parts of an event of Paystack's.

    Paystack gives events no id: `data.id` names the thing, and together with the event's name the event. Some events
    have none (refunds, identifications); for those the body itself is the key, as a repeat is byte for byte the same.

    Raises:
        EventUnreadableError: not JSON, or not an event.
    """
    parsed = _object(body)
    name = _text(parsed.get("event"), _NAME)
    if not name:
        raise EventUnreadableError
    data = parsed.get("data")
    data = data if isinstance(data, dict) else {}
    return PaymentEvent(
        name, _subject(name, data), f"{name}:{_scalar(data.get('id')) or hashlib.sha256(body).hexdigest()}"
    )


def read_flutterwave(body: bytes) -> PaymentEvent:
    """The parts of an event of Flutterwave's: its id and status make it this one, as a transfer has one of each.

    Raises:
        EventUnreadableError: not JSON, or not an event.
    """
    parsed = _object(body)
    name = _text(parsed.get("event"), _NAME)
    if not name:
        raise EventUnreadableError
    data = parsed.get("data")
    data = data if isinstance(data, dict) else {}
    reference = _text(data.get("tx_ref"), _REFERENCE) or _text(data.get("reference"), _REFERENCE)
    number = _scalar(data.get("id")) or hashlib.sha256(body).hexdigest()
    return PaymentEvent(name, reference, f"{name}:{number}:{_text(data.get('status'), _NAME)}")


def read_smile_id(body: bytes) -> SmileIdCallback:
    """The parts of a callback of Smile ID's; what is missing or of no use is empty.

    Raises:
        EventUnreadableError: not a JSON object.
    """
    parsed = _object(body)
    params = parsed.get("PartnerParams")
    job_id = params.get("job_id") if isinstance(params, dict) else None
    return SmileIdCallback(
        job_id=_text(job_id, _REFERENCE),
        timestamp=_text(parsed.get("timestamp"), _NAME),
        signature=_text(parsed.get("signature"), _NAME),
    )


def _subject(name: str, data: dict[str, Any]) -> str:
    """What an event of Paystack's is about: the dispute itself, or else the payment."""
    if name.startswith(DISPUTES):
        return _scalar(data.get("id"))
    return _text(data.get("reference"), _REFERENCE) or _text(data.get("transaction_reference"), _REFERENCE)


def _object(body: bytes) -> dict[str, Any]:
    try:
        parsed = json.loads(body.decode())
    except (ValueError, RecursionError) as fault:
        raise EventUnreadableError from fault
    if not isinstance(parsed, dict):
        raise EventUnreadableError
    return parsed


def _text(value: object, shape: re.Pattern[str]) -> str:
    return value if isinstance(value, str) and shape.fullmatch(value) else ""


def _scalar(value: object) -> str:
    """An id as text: Paystack's are numbers beyond 32 bits, and sometimes text."""
    is_number = isinstance(value, int) and not isinstance(value, bool)
    return _text(str(value), _NAME) if is_number or isinstance(value, str) else ""
