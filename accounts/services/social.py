"""Signing in with Google or Apple.

An account is found by the provider's `sub`, never by address alone. An address leads to an existing account only when
the provider runs the mailbox and says that it is verified, and we have seen the account's owner verify it as well:
otherwise somebody who signed up with another person's address could wait for them to arrive by Google. Whoever cannot
be let in that way has their mailbox, and resets the password.
"""

import logging
from dataclasses import dataclass
from datetime import datetime

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, transaction

from accounts.errors import (
    AccountDisabledError,
    InvalidIdTokenError,
    LastSignInMethodError,
    SignInKeysUnavailableError,
    SocialAddressMissingError,
    SocialIdentityNotFoundError,
    SocialLinkRefusedError,
)
from accounts.models import SocialIdentity, SocialProvider, User
from accounts.providers import id_tokens
from accounts.providers.id_tokens import ProvenPerson
from accounts.services.addresses import mail_verification_key
from accounts.services.sessions import Device, open_session
from accounts.tokens import TokenPair
from contri.core import audit
from contri.core.errors import refuse_if
from contri.core.locking import lock_row
from notifications import kinds
from notifications.services import notify

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
    except IntegrityError:
        # Two calls of one newcomer at once: the other one has opened the account.
        return _enter(person, token, device, at)


@transaction.atomic
def unlink_social_identity(*, actor: User, provider: SocialProvider) -> None:
    """Stop a Google or Apple account from signing the actor in.

    Raises:
        SocialIdentityNotFoundError: none is linked.
        LastSignInMethodError: there is no other way in; set a password first.
    """
    user = lock_row(User.objects.all(), actor.pk)
    linked = SocialIdentity.objects.filter(user=user)
    refuse_if(not linked.filter(provider=provider).exists(), SocialIdentityNotFoundError)
    refuse_if(not user.has_usable_password() and linked.count() == 1, LastSignInMethodError)
    linked.filter(provider=provider).delete()
    audit.record(user, user, f"unlinked a {provider} account")
    notify(recipient_id=user.pk, kind=kinds.SOCIAL_UNLINKED, facts={"provider": provider.label})


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
    linked = SocialIdentity.objects.filter(provider=person.provider, subject=person.subject)
    identity = linked.select_related("user").first()
    created = False
    if identity is None:
        refuse_if(not person.email, SocialAddressMissingError)
        owner = User.objects.filter(email=person.email).first()
        created = owner is None
        user = _new_account(person, token, at) if owner is None else _owner(owner, person)
        identity = SocialIdentity(provider=person.provider, subject=person.subject, user=user)
        audit.record(user, user, f"linked a {person.provider} account")
    refuse_if(not identity.user.is_active, AccountDisabledError)
    identity.email, identity.last_used_at = person.email or identity.email, at
    identity.save()
    audit.record(identity.user, identity.user, f"logged in with {person.provider}")
    return SocialSignIn(identity.user, open_session(user=identity.user, device=device, at=at), created)


def _owner(owner: User, person: ProvenPerson) -> User:
    refuse_if(not owner.is_active, AccountDisabledError)
    is_theirs = person.is_email_proved and owner.is_verified and not owner.is_staff
    is_free = not owner.social_identities.filter(provider=person.provider).exists()
    refuse_if(not (is_theirs and is_free), SocialLinkRefusedError)
    notify(recipient_id=owner.pk, kind=kinds.SOCIAL_LINKED, facts={"provider": person.provider.label})
    return owner


def _new_account(person: ProvenPerson, token: SocialToken, at: datetime) -> User:
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
    return user
