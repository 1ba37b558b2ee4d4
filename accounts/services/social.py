"""Signing in with Google or Apple, and linking an account of theirs while signed in."""

import logging
from dataclasses import dataclass
from datetime import datetime

from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount, SocialLogin
from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, transaction

from accounts.errors import (
    InvalidIdTokenError,
    SignInKeysUnavailableError,
    SocialAccountTakenError,
    SocialAddressMissingError,
    SocialLinkRefusedError,
)
from accounts.models import SocialProvider, User
from accounts.providers import id_tokens
from accounts.providers.id_tokens import ProvenPerson
from accounts.services.addresses import mail_verification_key
from accounts.services.failures import require_own_password
from accounts.services.sessions import Device, open_session
from accounts.services.social_links import connect, find_user, link_proven, login_of
from accounts.tokens import TokenPair
from contri.core import audit
from contri.core.errors import refuse_if

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class SocialToken:
    """What the app got from the provider, and the names it was told, which nobody signed."""

    provider: SocialProvider
    id_token: str
    nonce: str = ""
    first_name: str = ""
    last_name: str = ""

    def __repr__(self) -> str:
        return f"SocialToken({self.provider})"


@dataclass(frozen=True, slots=True)
class SocialSignIn:
    """Who came in, and whether their account is new."""

    user: User
    tokens: TokenPair
    created: bool


def sign_in_with(*, token: SocialToken, device: Device, at: datetime) -> SocialSignIn:
    """Let in whoever the ID token is about; opens an account for somebody new.

    Raises:
        InvalidIdTokenError: the token proves nothing.
        SignInKeysUnavailableError: the provider's keys cannot be fetched.
        AccountDisabledError: the account is banned or closed.
        SocialLinkRefusedError: an account has the address, and it may not be theirs.
        SocialAddressMissingError: somebody new whose address the token does not bear.
    """
    person = _proven(token)
    try:
        return _enter(person, token, device, at)
    except (IntegrityError, SocialLinkRefusedError):
        # Perhaps two calls of one newcomer at once, and the other one has opened the account: it is found this time.
        # Whoever may not come in is told so again.
        return _enter(person, token, device, at)


def link_social_identity(*, actor: User, token: SocialToken, password: str = "") -> SocialAccount:
    """Let the account that the ID token is about sign the actor in. Again changes nothing.

    Whoever has a password gives it: a stolen access token must not become a way in that stays.

    Raises:
        WrongPasswordError: the password is wrong or missing.
        InvalidIdTokenError, SignInKeysUnavailableError: as `sign_in_with` says.
        SocialAccountTakenError: it signs somebody else in.
        SocialAccountLinkedError: another account of this provider signs the actor in.
    """
    if actor.has_usable_password():
        require_own_password(actor, password)
    person = _proven(token)
    try:
        return link_proven(actor=actor, person=person)
    except IntegrityError as error:
        # Somebody else linked it at the same instant.
        raise SocialAccountTakenError from error


def _proven(token: SocialToken) -> ProvenPerson:
    try:
        return id_tokens.read_id_token(token.provider, token.id_token, nonce=token.nonce)
    except id_tokens.IdTokenRefusedError as refused:
        logger.info("%s ID token refused: %s", token.provider, refused)
        raise InvalidIdTokenError from refused
    except id_tokens.KeysUnavailableError as error:
        raise SignInKeysUnavailableError(retry_after=5) from error


@transaction.atomic
def _enter(person: ProvenPerson, token: SocialToken, device: Device, at: datetime) -> SocialSignIn:
    login = login_of(person)
    known = find_user(person, login)
    user = known or _new_account(person, token, login, at)
    audit.record(user, user, f"logged in with {person.provider}")
    return SocialSignIn(user, open_session(user=user, device=device, at=at), created=known is None)


def _new_account(person: ProvenPerson, token: SocialToken, login: SocialLogin, at: datetime) -> User:
    refuse_if(not person.email, SocialAddressMissingError)
    user = User.objects.create(
        email=person.email,
        first_name=person.first_name or token.first_name or person.email.partition("@")[0][:80],
        last_name=person.last_name or token.last_name,
        password=make_password(None),
        email_verified_at=at if person.is_email_proved else None,
    )
    address = EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=person.is_email_proved)
    if not person.is_email_proved:
        mail_verification_key(address, user)
    audit.record(user, user, f"signed up with {person.provider}", flag=audit.ADDITION)
    connect(user, login)
    return user
