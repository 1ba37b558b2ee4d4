"""Taking an event in: is it theirs, have we got it already, then write it down. Nothing is done about it here."""

import hashlib
import hmac
from datetime import UTC, datetime, timedelta
from typing import NoReturn

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F

from accounts.services import callback_token
from contri.core import crypto, metrics
from contri.core.announcing import announce
from contri.core.errors import refuse_if
from webhooks.errors import EventUnreadableError, SignatureInvalidError
from webhooks.models import InboundEvent, Provider, UsedSignature, WebhookRefusal
from webhooks.parsing import SMILE_ID_EVENT, SmileIdCallback, read_flutterwave, read_paystack, read_smile_id
from webhooks.signals import event_kept
from webhooks.signatures import is_flutterwave_hash, is_fresh, is_paystack_signature, is_smile_id_signature

# Longer than any signature stays fresh: five minutes before its timestamp and five after.
USED_SIGNATURES_KEPT = timedelta(hours=1)


def receive_paystack(*, body: bytes, signature: str, at: datetime) -> None:
    """Keep an event of Paystack's, once however often it comes; a worker takes it from there.

    Raises:
        SignatureInvalidError: the signature does not fit these bytes; only a count is kept.
        EventUnreadableError: it does, and they are no event; nothing is kept.
    """
    if not is_paystack_signature(signature, body=body, secret_key=settings.PAYSTACK_SECRET_KEY):
        _turn_away(Provider.PAYSTACK, at)
    event = read_paystack(body)
    _keep(
        InboundEvent(
            provider=Provider.PAYSTACK,
            event=event.name,
            dedupe_key=event.dedupe_key,
            reference=event.reference,
            sealed_body=crypto.encrypt(body.decode()),
            signature=signature.strip(),
        )
    )


def receive_flutterwave(*, body: bytes, secret_hash: str, at: datetime) -> None:
    """Keep an event of Flutterwave's, once however often it comes; a worker takes it from there.

    Raises:
        SignatureInvalidError: it does not bear our secret hash; only a count is kept.
        EventUnreadableError: it does, and is no event; nothing is kept.
    """
    if not is_flutterwave_hash(secret_hash, secret_hash=settings.FLUTTERWAVE_SECRET_HASH):
        _turn_away(Provider.FLUTTERWAVE, at)
    event = read_flutterwave(body)
    _keep(
        InboundEvent(
            provider=Provider.FLUTTERWAVE,
            event=event.name,
            dedupe_key=event.dedupe_key,
            reference=event.reference,
            sealed_body=crypto.encrypt(body.decode()),
            # What came is our own secret, which is not written down.
            signature="",
        )
    )


def receive_smile_id(*, body: bytes, at: datetime, token: str | None = None) -> None:
    """Keep a callback of Smile ID's, once however often it comes; a worker takes it from there.

    Their signature says nothing about the body. So it must be fresh, it is good for one body only, a job's own callback
    address (`token`) is good for that job only, and the worker asks Smile ID for the result whatever the body claims.

    Raises:
        SignatureInvalidError: signature, timestamp or token do not hold; only a count is kept.
        EventUnreadableError: they hold, and no job is named; nothing is kept.
    """
    callback = _signed_callback(body, at)
    refuse_if(not callback.job_id, EventUnreadableError)
    if token is not None and not hmac.compare_digest(token.encode(), callback_token(callback.job_id).encode()):
        _turn_away(Provider.SMILE_ID, at)
    with transaction.atomic():
        is_first_use_or_repeat = _spend(callback.signature, body, at)
        if is_first_use_or_repeat:
            _keep(
                InboundEvent(
                    provider=Provider.SMILE_ID,
                    event=SMILE_ID_EVENT,
                    dedupe_key=f"{callback.job_id}:{callback.signature}",
                    reference=callback.job_id,
                    sealed_body=crypto.encrypt(body.decode()),
                    signature=callback.signature,
                )
            )
    if not is_first_use_or_repeat:
        _turn_away(Provider.SMILE_ID, at)


def _signed_callback(body: bytes, at: datetime) -> SmileIdCallback:
    try:
        callback = read_smile_id(body)
    except EventUnreadableError:
        # The signature is inside the body: what cannot be read is not signed either.
        _turn_away(Provider.SMILE_ID, at)
    is_theirs = is_smile_id_signature(
        callback.signature,
        timestamp=callback.timestamp,
        partner_id=settings.SMILE_ID_PARTNER_ID,
        api_key=settings.SMILE_ID_API_KEY,
    )
    if not (is_theirs and is_fresh(callback.timestamp, at=at)):
        _turn_away(Provider.SMILE_ID, at)
    return callback


def _spend(signature: str, body: bytes, at: datetime) -> bool:
    """Use a signature up for this body; False when another body had it first."""
    # Old ones need no keeping: their timestamp alone refuses them.
    UsedSignature.objects.filter(used_at__lt=at - USED_SIGNATURES_KEPT).delete()
    signature_hash = hashlib.sha256(signature.encode()).digest()
    body_hash = hashlib.sha256(body).digest()
    UsedSignature.objects.bulk_create(
        [UsedSignature(signature_hash=signature_hash, body_hash=body_hash)], ignore_conflicts=True
    )
    return UsedSignature.objects.filter(signature_hash=signature_hash, body_hash=body_hash).exists()


@transaction.atomic
def _keep(event: InboundEvent) -> None:
    # Two deliveries at once meet at the unique index; the second waits there and then counts itself.
    InboundEvent.objects.bulk_create([event], ignore_conflicts=True)
    earlier = InboundEvent.objects.filter(provider=event.provider, dedupe_key=event.dedupe_key).exclude(pk=event.pk)
    is_repeat = earlier.update(deliveries=F("deliveries") + 1) == 1
    metrics.webhook_came(provider=event.provider, result="repeat" if is_repeat else "kept")
    if not is_repeat:
        announce(event_kept, event_id=event.id)


def _turn_away(provider: Provider, at: datetime) -> NoReturn:
    """Count the call, in a transaction of its own, and refuse it."""
    metrics.webhook_came(provider=provider.value, result="refused")
    table = WebhookRefusal._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} AS kept (provider, day, count) VALUES (%s, %s, 1)"  # noqa: S608 - our own table's name
            " ON CONFLICT (provider, day) DO UPDATE SET count = kept.count + 1",
            [provider.value, at.astimezone(UTC).date()],
        )
    raise SignatureInvalidError
