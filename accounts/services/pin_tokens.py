"""Single-use proofs that the PIN was given."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection

from accounts.errors import PinRequiredError, PinTokenInvalidError
from accounts.models import PinPurpose, PinToken, Session, User
from contri.core.crypto import keyed_hash
from contri.core.errors import refuse_if
from contri.core.locking import require_transaction

LIFETIME = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class IssuedPinToken:
    """The one time that the token itself is seen."""

    pin_token: str
    expires_at: datetime


def issue_pin_token(
    *, user: User, purpose: PinPurpose | None, at: datetime, session: Session | None = None
) -> IssuedPinToken:
    """Make a token for `purpose`, or for any one purpose when it is None. The caller has just checked the PIN, which
    was given on the device of `session`."""
    token = secrets.token_urlsafe(32)
    kept = PinToken.objects.create(
        user=user, session=session, token_hash=hash_of(token), purpose=purpose or "", expires_at=at + LIFETIME
    )
    return IssuedPinToken(pin_token=token, expires_at=kept.expires_at)


def consume_pin_token(*, user: User, token: str, purpose: PinPurpose) -> None:
    """Use `token` up, in the transaction of what it allows: if that rolls back, the token is unused again.

    Raises:
        PinRequiredError: `token` is empty.
        PinTokenInvalidError: expired, used, somebody else's, or given for another purpose.
    """
    require_transaction()
    refuse_if(not token, PinRequiredError)
    with connection.cursor() as cursor:
        cursor.execute("SELECT account_use_pin_token(%s, %s, %s)", [user.pk, hash_of(token), purpose])
        [is_used_now] = cursor.fetchone()
    refuse_if(not is_used_now, PinTokenInvalidError)


def hash_of(token: str) -> bytes:
    """What is kept of a token."""
    return keyed_hash("pin-token", token)
