"""How people get in: a new account, or the address and password of one."""

import logging
from dataclasses import dataclass
from datetime import datetime

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, transaction

from accounts.errors import AccountDisabledError, EmailTakenError
from accounts.models import User
from accounts.passwords import require_good_password
from accounts.services.addresses import mail_verification_key
from accounts.services.failures import user_who_knows
from accounts.services.sessions import Device, open_session
from accounts.tokens import TokenPair
from contri.core import audit
from contri.core.errors import DomainError, FieldFault, ValidationFaultsError, refuse_if

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class NewPerson:
    """What somebody gives to sign up: the address in lower case, the number in E.164 or empty."""

    email: str
    password: str
    first_name: str
    last_name: str
    phone_number: str = ""
    referral_code: str = ""

    def __repr__(self) -> str:
        return "NewPerson(…)"


def sign_up(*, person: NewPerson, device: Device, at: datetime) -> tuple[User, TokenPair]:
    """Open an account, log its owner in, and mail them a key to show that the address is theirs.

    Raises:
        EmailTakenError: the address has an account.
        ValidationFaultsError: a weak password, a telephone number of somebody else's, an unknown referral code.
    """
    user = User(
        email=person.email,
        first_name=person.first_name,
        last_name=person.last_name,
        phone_number=person.phone_number or None,
    )
    require_good_password(person.password, user=user)
    # Hashed before the transaction opens: Argon2 takes longer than all of it.
    user.password = make_password(person.password)
    try:
        return _open_account(user, person.referral_code, device, at)
    except IntegrityError as error:
        raise _taken(error) from error


@transaction.atomic
def _open_account(user: User, referral_code: str, device: Device, at: datetime) -> tuple[User, TokenPair]:
    if referral_code:
        user.referred_by = _referrer(referral_code)
    user.save(force_insert=True)
    address = EmailAddress.objects.create(user=user, email=user.email, primary=True)
    mail_verification_key(address, user)
    audit.record(user, user, "signed up", flag=audit.ADDITION)
    return user, open_session(user=user, device=device, at=at)


def log_in(*, email: str, password: str, device: Device, at: datetime) -> tuple[User, TokenPair]:
    """Open a session for whoever knows address and password. As slow for an unknown address as for a known one.

    Raises:
        InvalidCredentialsError: the two do not fit, or there is no such account.
        AccountDisabledError: they fit, and the account is banned or closed.
    """
    user = user_who_knows(email=email, password=password)
    refuse_if(not user.is_active, AccountDisabledError)
    return _enter(user, device, at)


@transaction.atomic
def _enter(user: User, device: Device, at: datetime) -> tuple[User, TokenPair]:
    tokens = open_session(user=user, device=device, at=at)
    user.last_login = at
    user.save(update_fields=["last_login"])
    audit.record(user, user, "logged in")
    return user, tokens


def _referrer(code: str) -> User:
    referrer = User.objects.filter(referral_code=code.strip().upper(), is_active=True).first()
    if referrer is None:
        raise ValidationFaultsError(FieldFault("referral_code", "unknown", "Nobody has this referral code."))
    return referrer


def _taken(error: IntegrityError) -> DomainError:
    message = str(error)
    if "user_email_unique" in message:
        return EmailTakenError()
    if "user_phone_number_unique" in message:
        return phone_number_taken()
    raise error


def phone_number_taken() -> ValidationFaultsError:
    """The refusal of a number that another account has."""
    return ValidationFaultsError(FieldFault("phone_number", "taken", "Another account has this telephone number."))
