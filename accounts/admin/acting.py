"""Whoever acts on the desk, as this app's verbs take them."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from accounts.models import User


def acting_user(request: HttpRequest) -> User:
    """Whoever is signed in to the admin.

    Raises:
        PermissionDenied: nobody is, which the admin itself has ruled out before.
    """
    return staff_user(request.user)


def staff_user(actor: object) -> User:
    """The same, of an actor.

    Raises:
        PermissionDenied: it is nobody of ours.
    """
    if not isinstance(actor, User):
        raise PermissionDenied
    return actor
