"""Who acts when staff use a command instead of the admin: the same people, by the same permissions."""

from django.core.management.base import CommandError

from accounts.models import User


def staff_named(email: str, permission: str) -> User:
    """The member of staff with this address, if they may do this.

    Raises:
        CommandError: there is none, or they may not.
    """
    actor = User.objects.filter(email__iexact=email, is_active=True, is_staff=True).first()
    if actor is None or not actor.has_perm(permission):
        raise CommandError(f"--by {email}: nobody who may do this ({permission})")
    return actor
