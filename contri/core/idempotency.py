"""One key, one effect: the store behind the Idempotency-Key header.

Three ways to hold a key, by where the work happens:

* `claim_in_transaction`: the key lives and dies with the transaction that moves the money. A second call with the same
  key waits on the unique index until the first one commits or rolls back. Used wherever the work is only in PostgreSQL.
* `claim_with_lease`: the key is committed before the work, because the work asks a provider and no transaction may be
  open across a network call. A crash leaves a lease that runs out, and the next try takes over.
* a `Ticket`: the verb is one SQL call that claims the key, does the work and keeps the answer. Only a refusal, which
  leaves nothing behind, is kept afterwards (`keep_refusal`).
"""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from time import monotonic, sleep
from typing import Any
from uuid import UUID

from django.db import OperationalError, connection, transaction
from django.db.models import Q
from django.db.models.functions import Now
from psycopg import errors as pg

from contri.core.errors import ConflictError, InvalidInputError, RuleViolationError, refuse_if
from contri.core.models import IdempotencyRecord

# What PostgreSQL's bytea comes as.
Bytes = bytes | memoryview
LEASE = timedelta(seconds=60)
SHORT_WAIT_SECONDS = 3.0
POLL_SECONDS = 0.1
MAX_KEY_LENGTH = 255


class IdempotencyKeyRequiredError(InvalidInputError):
    """Send an Idempotency-Key header of 1 to 255 visible ASCII characters."""

    code = "idempotency_key_required"
    title = "An Idempotency-Key is required"


class IdempotencyKeyReusedError(RuleViolationError):
    """This Idempotency-Key was used for a different request."""

    code = "idempotency_key_reused"
    title = "The Idempotency-Key was used before"


class IdempotencyInProgressError(ConflictError):
    """The first request with this Idempotency-Key is still running; ask again shortly."""

    code = "idempotency_in_progress"
    title = "Still working on the first request"
    is_kept_for_replay = False


@dataclass(frozen=True, slots=True)
class Answer:
    """What a caller is told, or was told by an earlier call with the same key (`is_replay`)."""

    status: int
    content_type: str
    body: bytes
    is_replay: bool = field(default=False, compare=False)


@dataclass(frozen=True, slots=True)
class Ticket:
    """One caller's key, not claimed yet, and the fingerprint of the request it came with."""

    user_id: UUID
    key: str
    fingerprint: bytes

    def answer_from(self, fingerprint: Bytes, status: int | None, content_type: str, body: Bytes | None) -> Answer:
        """The answer of the record that stands under this key.

        Raises:
            IdempotencyKeyReusedError: it belongs to another request.
            IdempotencyInProgressError: it has no answer yet.
        """
        refuse_if(bytes(fingerprint) != self.fingerprint, IdempotencyKeyReusedError)
        if status is None:
            raise IdempotencyInProgressError(retry_after=1)
        return Answer(status, content_type, bytes(body or b""), is_replay=True)


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to do the work of one key (`answer` is None), or the answer it already has."""

    record_id: int
    answer: Answer | None = None


def checked_key(key: str) -> str:
    """`key` if it is 1 to 255 visible ASCII characters.

    Raises:
        IdempotencyKeyRequiredError: it is missing or anything else.
    """
    is_visible = all("!" <= character <= "~" for character in key)
    refuse_if(not key or len(key) > MAX_KEY_LENGTH or not is_visible, IdempotencyKeyRequiredError)
    return key


def fingerprint_of(method: str, path: str, body: Any) -> bytes:
    """SHA-256 of what makes two requests the same: method, path and the body's values, whatever their order."""
    canonical = json.dumps([method, path, body], sort_keys=True, default=str)
    return hashlib.sha256(canonical.encode()).digest()


def claim_in_transaction(*, user_id: UUID, key: str, fingerprint: bytes) -> Claim:
    """Claim `key` inside the open transaction; rolling back gives it up.

    Raises:
        IdempotencyKeyReusedError: the key belongs to another request.
        IdempotencyInProgressError: the first call is still running after a short wait.
    """
    record_id = _insert(user_id, key, fingerprint, leased=False)
    return Claim(record_id) if record_id is not None else _existing(user_id, key, fingerprint)


def claim_with_lease(*, user_id: UUID, key: str, fingerprint: bytes) -> Claim:
    """Claim `key` in a transaction of its own, for `LEASE`; waits a short while for a first call to finish.

    Raises:
        IdempotencyKeyReusedError: the key belongs to another request.
        IdempotencyInProgressError: the first call is still running after a short wait.
    """
    return _within_short_wait(lambda: _try_lease(user_id, key, fingerprint))


def keep_answer(claim: Claim, answer: Answer) -> None:
    """Remember `answer` for ever as what this key gets."""
    IdempotencyRecord.objects.filter(pk=claim.record_id).update(
        status=answer.status, content_type=answer.content_type, body=answer.body, leased_until=None
    )


def keep_refusal(ticket: Ticket, answer: Answer) -> Answer:
    """Remember `answer` as what this key gets, unless another call got one meanwhile; returns the one that stands."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO core_idempotencyrecord (user_id, key, fingerprint, status, content_type, body)"
            " VALUES (%s, %s, %s, %s, %s, %s) ON CONFLICT (user_id, key) DO NOTHING RETURNING id",
            [*(ticket.user_id, ticket.key, ticket.fingerprint), *(answer.status, answer.content_type, answer.body)],
        )
        if cursor.fetchone():
            return answer
    return _standing(ticket)


def refuse_reused(ticket: Ticket) -> None:
    """Say so if the key belongs to another request already.

    Raises:
        IdempotencyKeyReusedError: it does.
    """
    of_others = IdempotencyRecord.objects.filter(user_id=ticket.user_id, key=ticket.key)
    refuse_if(of_others.exclude(fingerprint=ticket.fingerprint).exists(), IdempotencyKeyReusedError)


def release(claim: Claim) -> None:
    """Give a leased key up, so that the caller may correct the request and try again."""
    IdempotencyRecord.objects.filter(pk=claim.record_id, status=None).delete()


def _within_short_wait(attempt: Callable[[], Claim]) -> Claim:
    deadline = monotonic() + SHORT_WAIT_SECONDS
    while True:
        try:
            return attempt()
        except IdempotencyInProgressError:
            if monotonic() > deadline:
                raise
            sleep(POLL_SECONDS)


@transaction.atomic
def _try_lease(user_id: UUID, key: str, fingerprint: bytes) -> Claim:
    record_id = _insert(user_id, key, fingerprint, leased=True)
    if record_id is not None:
        return Claim(record_id)
    expired = Q(user_id=user_id, key=key, fingerprint=fingerprint, status=None, leased_until__lt=Now())
    taken_over = IdempotencyRecord.objects.filter(expired).update(leased_until=Now() + LEASE)
    if taken_over:
        return Claim(IdempotencyRecord.objects.values_list("pk", flat=True).get(user_id=user_id, key=key))
    return _existing(user_id, key, fingerprint)


def _insert(user_id: UUID, key: str, fingerprint: bytes, *, leased: bool) -> int | None:
    """The new record's id, or None when the key is taken. Waits for a concurrent holder to commit or roll back."""
    try:
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO core_idempotencyrecord (user_id, key, fingerprint, content_type, leased_until)"
                " VALUES (%s, %s, %s, '', CASE WHEN %s THEN now() + make_interval(secs => %s) END)"
                " ON CONFLICT (user_id, key) DO NOTHING RETURNING id",
                [user_id, key, fingerprint, leased, LEASE.total_seconds()],
            )
            row = cursor.fetchone()
    except OperationalError as error:
        if isinstance(error.__cause__, pg.LockNotAvailable):
            raise IdempotencyInProgressError(retry_after=1) from error
        raise
    return int(row[0]) if row else None


def _existing(user_id: UUID, key: str, fingerprint: bytes) -> Claim:
    record = IdempotencyRecord.objects.get(user_id=user_id, key=key)
    ticket = Ticket(user_id, key, fingerprint)
    return Claim(record.pk, ticket.answer_from(record.fingerprint, record.status, record.content_type, record.body))


def _standing(ticket: Ticket) -> Answer:
    record = IdempotencyRecord.objects.get(user_id=ticket.user_id, key=ticket.key)
    return ticket.answer_from(record.fingerprint, record.status, record.content_type, record.body)
