"""Wrong passwords: each is in the audit trail, and the owner hears of many in a row."""

from datetime import datetime, timedelta
from uuid import UUID

from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import transaction

from accounts.errors import InvalidCredentialsError, WrongPasswordError
from accounts.founding_rows import SYSTEM_USER_ID
from accounts.models import User
from accounts.passwords import is_password_of
from accounts.signals import password_failed
from contri.core import audit
from contri.core.announcing import announce
from contri.core.moments import lagos_day
from notifications import kinds
from notifications.services import notify

FAILED = "gave a wrong password"
WORTH_TELLING = 5
WITHIN = timedelta(hours=1)


def user_who_knows(*, email: str, password: str) -> User:
    """Whose address (in lower case) and password these are, banned or not. As slow for an unknown address as for a
    known one. Call it outside of any transaction.

    Raises:
        InvalidCredentialsError: the two do not fit, or there is no such account; the failure is written down.
    """
    user = User.objects.filter(email=email).first()
    is_known = is_password_of(user, password)
    if user is None or not is_known:
        record_failure(user)
        raise InvalidCredentialsError
    return user


def require_own_password(user: User, password: str) -> None:
    """Pass in silence when `password` is that of `user`, who is signed in. Call it outside of any transaction.

    Raises:
        WrongPasswordError: it is not; the failure is written down.
    """
    if not is_password_of(user, password):
        record_failure(user)
        raise WrongPasswordError


@transaction.atomic
def record_failure(user: User | None) -> None:
    """Write down that somebody gave a wrong password for `user`, or for an address that nobody has.

    The same for nobody as for somebody: a write, or a message to a worker, that only happens for known addresses could
    be timed.
    """
    about = user or User(pk=SYSTEM_USER_ID, email="unknown address")
    audit.record(None, about, FAILED)
    announce(password_failed, user_id=about.pk)


@transaction.atomic
def tell_of_failures(*, user_id: UUID, at: datetime) -> None:
    """Tell the owner, once a day, when five wrong passwords were given for their account within an hour."""
    tries = LogEntry.objects.filter(
        content_type=ContentType.objects.get_for_model(User),
        object_id=str(user_id),
        action_time__gt=at - WITHIN,
        change_message__contains=FAILED,
    )
    if user_id != SYSTEM_USER_ID and tries.count() >= WORTH_TELLING:
        notify(recipient_id=user_id, kind=kinds.PASSWORD_GUESSED, key=lagos_day(at).isoformat())
