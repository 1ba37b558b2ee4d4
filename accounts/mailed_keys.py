"""Keys that are mailed to people: whose they are and that they are ours is signed, so that none is kept.

Django's signature covers password, address and last sign-in: a key dies with the first of them that changes, and after
`PASSWORD_RESET_TIMEOUT`.
"""

from uuid import UUID

from django.contrib.auth.tokens import PasswordResetTokenGenerator

from accounts.models import User

# Between the user's id and Django's signature; in neither of them.
SEPARATOR = "."


class ResetKeys(PasswordResetTokenGenerator):
    """Keys that set another password."""

    key_salt = "contri.accounts.reset-password"


class ClosingKeys(PasswordResetTokenGenerator):
    """Keys that close the account."""

    key_salt = "contri.accounts.close-account"


RESET, CLOSING = ResetKeys(), ClosingKeys()


def key_for(user: User, keys: PasswordResetTokenGenerator) -> str:
    """A key of this kind for `user`."""
    return f"{user.pk}{SEPARATOR}{keys.make_token(user)}"


def owner_of(key: str, keys: PasswordResetTokenGenerator) -> User | None:
    """The active user whom `key` was made for, or None when it is expired, used or not ours."""
    user_id, _, token = key.partition(SEPARATOR)
    try:
        user = User.objects.filter(pk=UUID(user_id), is_active=True).first()
    except ValueError:
        return None
    return user if keys.check_token(user, token) else None
