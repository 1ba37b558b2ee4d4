"""What allauth does in Contri: it keeps addresses and social accounts, and signs verification keys. Its own doors stay
shut."""

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialLogin
from django.http import HttpRequest

from accounts.models import User
from contri.core.client_address import client_address


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # ships no types
    """Allauth's hooks, turned to Contri's rules."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """People sign up through the API's door, which writes the audit trail and the mail."""
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        """The one idea of a client's address that Contri has."""
        return client_address(request)

    def confirm_email(self, request: HttpRequest, email_address: EmailAddress) -> bool:
        """Mark the address as verified; sends no message of its own."""
        return bool(email_address.set_verified(commit=True))


class SocialAccountAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]  # ships no types
    """The same for Google and Apple."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        """Through the API's door only."""
        return False

    def can_authenticate_by_email(self, login: SocialLogin, email: str) -> bool:
        """Whether `email`, which the provider has proved, leads to an account that bears it: its owner must have proved
        it here as well, and a member of staff signs in as staff only."""
        return User.objects.filter(email=email, email_verified_at__isnull=False, is_staff=False).exists()
