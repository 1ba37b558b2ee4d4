"""How allauth's second factors are kept here."""

from allauth.mfa.adapter import DefaultMFAAdapter

from contri.core.crypto import decrypt, encrypt


class MfaAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Secrets encrypted, under the same keys as every other field that must stay readable."""

    def encrypt(self, text: str) -> str:
        """For the database."""
        return encrypt(text).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """And back."""
        return decrypt(encrypted_text.encode())
