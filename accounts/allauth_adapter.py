"""What allauth does in Contri: it keeps addresses, signs and reads verification keys. Its own doors stay shut."""

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress
from django.http import HttpRequest

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
