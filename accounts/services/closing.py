"""Leaving Contri: the person is erased, the books stay."""

from datetime import datetime
from urllib.parse import urlencode
from uuid import UUID

from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import transaction

from accounts.errors import (
    AccountHasObligationsError,
    ClosingKeyInvalidError,
    InvalidCredentialsError,
    ReasonRequiredError,
    UserNotFoundError,
)
from accounts.founding_rows import SYSTEM_USER_ID
from accounts.mailed_keys import CLOSING, key_for, owner_of
from accounts.models import IdentityCheck, Pin, PinToken, RefreshUse, Session, User
from accounts.registries import erasures, obligations
from accounts.services.failures import require_own_password, user_who_knows
from accounts.services.pin import check_pin
from accounts.services.sessions import EndReason, end_sessions_of
from contri.core import audit
from contri.core.errors import FieldFault, ValidationFaultsError, refuse_if
from contri.core.locking import lock_row
from notifications import kinds
from notifications.services import forget_person, send_mail

# Reserved by RFC 2606: no mail ever goes there.
NOWHERE = "erased.invalid"
GOODBYE = {
    "title": "Your Contri account is closed",
    "body": "Your name, number, picture and devices are erased. What the law wants kept of past payments stays "
    "without them. If this was not you, write to us at once.",
    "action_url": "",
}


def close_account(*, actor: User, password: str = "", pin: str = "", at: datetime) -> None:
    """Erase the actor's personal data and shut the account for good. Transactions, contributions and the audit trail
    stay, and show "Former M." from now on.

    Raises:
        ValidationFaultsError: neither password nor PIN was sent.
        WrongPasswordError, PinIncorrectError, PinLockedError, PinNotSetError: the proof is none.
        AccountHasObligationsError: money or an unfinished circle is theirs; `reasons` lists them.
    """
    if password:
        require_own_password(actor, password)
    elif pin:
        check_pin(user=actor, pin=pin, at=at)
    else:
        raise ValidationFaultsError(FieldFault("password", "required", "Send your password, or your PIN."))
    _close(actor, at, actor=actor)


def close_account_of(*, email: str, password: str, at: datetime) -> None:
    """The same for somebody who has no app any more and gives address and password.

    Raises:
        InvalidCredentialsError: the two do not fit, or there is no such account.
        AccountHasObligationsError: as above.
    """
    user = user_who_knows(email=email, password=password)
    refuse_if(not user.is_active, InvalidCredentialsError)
    _close(user, at, actor=user)


def close_account_with_key(*, key: str, at: datetime) -> None:
    """The same for somebody who shows that they read the account's mail.

    Raises:
        ClosingKeyInvalidError: the key is expired, used or not ours.
        AccountHasObligationsError: as above.
    """
    user = owner_of(key, CLOSING)
    if user is None:
        raise ClosingKeyInvalidError
    _close(user, at, actor=user)


def mail_closing_key(user: User) -> None:
    """Mail `user` a key that closes their account, in the caller's transaction."""
    link = f"{settings.PUBLIC_BASE_URL}/close-account?{urlencode({'key': key_for(user, CLOSING)})}"
    send_mail(to=user.email, kind=kinds.CLOSE_ACCOUNT, facts={"first_name": user.first_name, "link": link})
    audit.record(None, user, "mailed a key to close the account")


@transaction.atomic
def erase_person(*, actor: User | None, user_id: UUID, reason: str, at: datetime) -> None:
    """The same on an operator's word, banned people included; `actor` None is whoever runs the command.

    Raises:
        ReasonRequiredError: no reason was given.
        UserNotFoundError: there is nobody, or nobody any more, with this id.
        AccountHasObligationsError: as above.
    """
    refuse_if(not reason.strip(), ReasonRequiredError)
    user = User.objects.filter(pk=user_id, erased_at=None).exclude(pk=SYSTEM_USER_ID).first()
    if user is None:
        raise UserNotFoundError
    _close(user, at, actor=actor, what="erased the person", reason=reason)


def reasons_against_closing(*, user: User) -> list[str]:
    """Why this account cannot be closed yet, as sentences; empty when it can."""
    return [reason for source in obligations.ask(user) for reason in source]


@transaction.atomic
def _close(
    person: User, at: datetime, *, actor: User | None, what: str = "closed the account", reason: str = ""
) -> None:
    user = lock_row(User.objects.all(), person.pk)
    reasons = reasons_against_closing(user=user)
    refuse_if(reasons, AccountHasObligationsError, " ".join(reasons), reasons=reasons)
    email, picture = user.email, user.avatar.name
    for _ in erasures.ask(user):
        pass
    end_sessions_of(user, reason=EndReason.ACCOUNT_CLOSED, at=at)
    forget_person(user_id=user.pk, email=email)
    _forget_proofs(user)
    _forget_names(user, at)
    audit.record(actor, user, what, reason=reason)
    send_mail(to=email, kind=kinds.NOTICE_MAIL, facts=GOODBYE)
    if picture:
        transaction.on_commit(lambda: user.avatar.storage.delete(picture), robust=True)


def _forget_proofs(user: User) -> None:
    Pin.objects.filter(user=user).delete()
    PinToken.objects.filter(user=user).delete()
    SocialAccount.objects.filter(user=user).delete()
    EmailAddress.objects.filter(user=user).delete()
    RefreshUse.objects.filter(session__user=user).delete()
    Session.objects.filter(user=user).update(user_agent="", address="")
    # That there was a check stays; whose number it was goes, so that they may come back one day.
    IdentityCheck.objects.filter(user=user).update(number=None, number_hash=None, details=None)


def _forget_names(user: User, at: datetime) -> None:
    user.email = f"{user.pk.hex}@{NOWHERE}"
    user.first_name, user.last_name, user.proved_name = "Former", "Member", ""
    user.phone_number, user.avatar = None, ""
    user.password = make_password(None)
    user.is_active, user.erased_at = False, at
    user.save()
