"""Showing that an e-mail address is one's own. Allauth keeps the addresses and signs the keys."""

from datetime import datetime, timedelta
from urllib.parse import urlencode

from allauth.account import app_settings as allauth_settings
from allauth.account.models import EmailAddress, EmailConfirmationHMAC
from django.conf import settings
from django.core import signing
from django.db import transaction

from accounts.errors import VerificationKeyInvalidError
from accounts.models import User
from contri.core import audit
from contri.core.locking import lock_row
from notifications import kinds
from notifications.services import notify, send_mail


def mail_verification_key(address: EmailAddress, user: User) -> None:
    """Mail the owner of `address` a signed key, in the caller's transaction."""
    key = EmailConfirmationHMAC.create(address).key
    link = f"{settings.PUBLIC_BASE_URL}/verify-email?{urlencode({'key': key})}"
    facts = {"first_name": user.first_name, "key": key, "link": link}
    send_mail(to=address.email, kind=kinds.VERIFY_EMAIL, facts=facts)


@transaction.atomic
def verify_email(*, key: str, at: datetime) -> User:
    """Mark the address of `key` as its owner's. A second time changes nothing.

    Raises:
        VerificationKeyInvalidError: the key is expired, not ours, or its address is gone.
    """
    address = EmailAddress.objects.filter(pk=_address_id(key)).first()
    if address is None:
        raise VerificationKeyInvalidError
    user = lock_row(User.objects.all(), address.user_id)
    if user.is_verified or user.email != address.email:
        return user
    mark_verified(user, at)
    audit.record(user, user, "verified the address")
    notify(recipient_id=user.pk, kind=kinds.EMAIL_VERIFIED, facts={"email": user.email}, key=user.email)
    return user


def mark_verified(user: User, at: datetime) -> None:
    """Take `user`'s address as theirs from now on; the caller holds their row's lock."""
    EmailAddress.objects.filter(user=user, email=user.email).update(verified=True)
    user.email_verified_at = at
    user.save(update_fields=["email_verified_at"])


def mail_another_verification_key(user: User) -> None:
    """Mail `user` another key if their address waits for one, in the caller's transaction."""
    waiting = EmailAddress.objects.filter(user=user, email=user.email, verified=False).first()
    if waiting is not None:
        mail_verification_key(waiting, user)


def _address_id(key: str) -> int | None:
    lifetime = timedelta(days=allauth_settings.EMAIL_CONFIRMATION_EXPIRE_DAYS)
    try:
        address_id: int = signing.loads(key, max_age=lifetime, salt=allauth_settings.SALT)
    except (signing.BadSignature, UnicodeError):
        return None
    return address_id
