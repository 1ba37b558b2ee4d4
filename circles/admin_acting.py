"""Who acts in the admin of circles."""

from django.http import HttpRequest

from accounts.models import User
from contri.core.admin import acting_staff


def acting_user(request: HttpRequest) -> User:
    """The member of staff who is signed in, as the actor of a verb."""
    actor = acting_staff(request)
    if not isinstance(actor, User):
        raise TypeError("staff are users of ours")
    return actor
