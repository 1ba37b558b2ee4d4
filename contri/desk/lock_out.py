"""Locking out who guesses at a staff password or code. Counted in PostgreSQL, before anything is compared."""

from datetime import datetime, timedelta

from django.db import transaction

from contri.core.crypto import keyed_hash
from contri.core.errors import RateLimitedError
from contri.desk.models import SignInTries

TRIES = 5
WINDOW = timedelta(minutes=15)


def spend_try(*, subject: str, at: datetime) -> None:
    """Count one try for `subject` (an account and what is guessed at), and commit that before it is looked at.

    An account that does not exist is locked out just the same: the answer tells nobody which ones do.

    Raises:
        RateLimitedError: five tries failed within a quarter of an hour; `retry_after` says when the next counts.
    """
    key = _key(subject)
    with transaction.atomic():
        SignInTries.objects.bulk_create([SignInTries(subject=key, began_at=at)], ignore_conflicts=True)
        tries = SignInTries.objects.select_for_update(no_key=True).get(subject=key)
        if at - tries.began_at >= WINDOW:
            tries.began_at, tries.count = at, 0
        tries.count += 1
        tries.save(update_fields=["began_at", "count"])
    if tries.count > TRIES:
        wait = tries.began_at + WINDOW - at
        raise RateLimitedError(retry_after=int(wait.total_seconds()) + 1)


def forget_tries(*, subject: str) -> None:
    """They knew it: start counting afresh."""
    SignInTries.objects.filter(subject=_key(subject)).delete()


def _key(subject: str) -> bytes:
    return keyed_hash("staff-sign-in", subject)
