"""Changing a password: knowing the old one, or holding a key that was mailed."""

from datetime import datetime
from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import transaction

from accounts.errors import ResetKeyInvalidError
from accounts.mailed_keys import RESET, key_for, owner_of
from accounts.models import User
from accounts.passwords import require_good_password
from accounts.services.addresses import mark_verified
from accounts.services.failures import require_own_password
from accounts.services.sessions import EndReason, end_sessions_of
from contri.core import audit
from contri.core.errors import refuse_if
from contri.core.locking import lock_row
from notifications import kinds
from notifications.services import notify, send_mail


def change_password(*, actor: User, session_id: UUID, old_password: str, new_password: str, at: datetime) -> None:
    """Set a new password; every session but the one that asks ends.

    Raises:
        WrongPasswordError: `old_password` is not the actor's.
        ValidationFaultsError: the new one is weak.
    """
    require_own_password(actor, old_password)
    require_good_password(new_password, user=actor, field="new_password")
    _set_password(actor, new_password, "changed the password", at, keep=session_id)


def mail_reset_key(user: User) -> None:
    """Mail `user` a key that resets their password, in the caller's transaction."""
    key = key_for(user, RESET)
    link = f"{settings.PUBLIC_BASE_URL}/reset-password?{urlencode({'key': key})}"
    send_mail(to=user.email, kind=kinds.RESET_PASSWORD, facts={"first_name": user.first_name, "key": key, "link": link})
    audit.record(None, user, "mailed a key to reset the password")


def reset_password(*, key: str, password: str, at: datetime) -> None:
    """Set a new password with a mailed key; every session ends. The key dies with the old password, and shows
    that the address is theirs.

    Raises:
        ResetKeyInvalidError: the key is expired, used or not ours.
        ValidationFaultsError: the password is weak.
    """
    user = owner_of(key, RESET)
    if user is None:
        raise ResetKeyInvalidError
    require_good_password(password, user=user)
    _set_password(user, password, "reset the password with a mailed key", at, reset_key=key)


def _set_password(
    user: User, password: str, what: str, at: datetime, *, keep: UUID | None = None, reset_key: str = ""
) -> None:
    hashed = make_password(password)
    with transaction.atomic():
        locked = lock_row(User.objects.all(), user.pk)
        # Looked at again under the lock: of two calls with one key the second finds it used.
        refuse_if(reset_key and owner_of(reset_key, RESET) is None, ResetKeyInvalidError)
        locked.password = hashed
        locked.save(update_fields=["password"])
        if reset_key and not locked.is_verified:
            # Whoever holds the key has read the mail.
            mark_verified(locked, at)
        end_sessions_of(locked, reason=EndReason.PASSWORD_CHANGED, at=at, keep=keep)
        audit.record(locked, locked, what)
        notify(recipient_id=locked.pk, kind=kinds.PASSWORD_CHANGED)
