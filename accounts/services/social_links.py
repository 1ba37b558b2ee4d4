"""Which account a Google or Apple account belongs to. Allauth keeps the pairs, and finds them again.

An account is found by the provider's `sub`, never by address alone. An address leads to an existing account only when
the provider runs the mailbox and says that it is verified, and we have seen the account's owner verify it as well (see
`accounts.allauth_adapter`): otherwise somebody who signed up with another person's address could wait for them to
arrive by Google. Whoever cannot be let in that way resets the password, or links the account while signed in.
"""

from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount, SocialLogin
from django.db import transaction

from accounts.errors import (
    AccountDisabledError,
    LastSignInMethodError,
    SocialAccountLinkedError,
    SocialAccountTakenError,
    SocialIdentityNotFoundError,
    SocialLinkRefusedError,
)
from accounts.models import SocialProvider, User
from accounts.providers.id_tokens import ProvenPerson
from contri.core import audit
from contri.core.errors import DomainError, refuse_if
from contri.core.locking import lock_row
from notifications import kinds
from notifications.services import notify


def login_of(person: ProvenPerson) -> SocialLogin:
    """What allauth looks somebody up by. The address in `extra_data` is for people to recognise the account by."""
    known = SocialAccount.objects.filter(provider=person.provider, uid=person.subject)
    # Apple leaves the address out after the first time.
    email = person.email or known.values_list("extra_data__email", flat=True).first() or ""
    account = SocialAccount(provider=person.provider, uid=person.subject, extra_data={"email": email})
    addresses = [EmailAddress(email=person.email, verified=person.is_email_proved)] if person.email else []
    return SocialLogin(account=account, email_addresses=addresses)


def find_user(person: ProvenPerson, login: SocialLogin) -> User | None:
    """Whom `person` signs in, or None for somebody new. Links an account that only the address led to.

    Raises:
        AccountDisabledError: the account is banned or closed.
        SocialLinkRefusedError: an account has the address, and it may not be theirs.
    """
    login.lookup()
    user: User | None = login.user
    if user is None:
        owner = User.objects.filter(email=person.email).first() if person.email else None
        refuse_if(owner is not None and not owner.is_active, AccountDisabledError)
        refuse_if(owner is not None, SocialLinkRefusedError)
        return None
    refuse_if(not user.is_active, AccountDisabledError)
    if login.account.pk is None:
        connect(user, login, has_one=SocialLinkRefusedError)
        notify(recipient_id=user.pk, kind=kinds.SOCIAL_LINKED, facts={"provider": person.provider.label})
    return user


def connect(user: User, login: SocialLogin, has_one: type[DomainError] = SocialAccountLinkedError) -> None:
    """Let the account of `login` sign `user` in from now on, in the caller's transaction.

    Raises:
        has_one: another account of this provider does so already.
    """
    login.user = lock_row(User.objects.all(), user.pk)
    provider = login.account.provider
    refuse_if(SocialAccount.objects.filter(user=user, provider=provider).exists(), has_one)
    login.save(None, connect=True)
    audit.record(user, user, f"linked a {provider} account")


@transaction.atomic
def link_proven(*, actor: User, person: ProvenPerson) -> SocialAccount:
    """Let the account of `person` sign the actor in; the caller has checked their password. Again changes nothing.

    Raises:
        SocialAccountTakenError: it signs somebody else in.
        SocialAccountLinkedError: another account of this provider signs the actor in.
    """
    login = login_of(person)
    standing = SocialAccount.objects.filter(provider=person.provider, uid=person.subject).first()
    refuse_if(standing is not None and standing.user_id != actor.pk, SocialAccountTakenError)
    if standing is not None:
        return standing
    connect(actor, login)
    notify(recipient_id=actor.pk, kind=kinds.SOCIAL_LINKED, facts={"provider": person.provider.label})
    return login.account


@transaction.atomic
def unlink_social_identity(*, actor: User, provider: SocialProvider) -> None:
    """Stop a Google or Apple account from signing the actor in.

    Raises:
        SocialIdentityNotFoundError: none is linked.
        LastSignInMethodError: there is no other way in; set a password first.
    """
    user = lock_row(User.objects.all(), actor.pk)
    linked = SocialAccount.objects.filter(user=user)
    refuse_if(not linked.filter(provider=provider).exists(), SocialIdentityNotFoundError)
    refuse_if(not user.has_usable_password() and linked.count() == 1, LastSignInMethodError)
    linked.filter(provider=provider).delete()
    audit.record(user, user, f"unlinked a {provider} account")
    notify(recipient_id=user.pk, kind=kinds.SOCIAL_UNLINKED, facts={"provider": provider.label})
