"""What people may change about themselves."""

from dataclasses import dataclass

from django.db import IntegrityError, transaction

from accounts.models import User
from accounts.services.signing_in import phone_number_taken
from contri.core import audit
from contri.core.locking import lock_row


@dataclass(frozen=True, slots=True)
class ProfileChanges:
    """New values; None leaves a field as it is. An empty telephone number removes it."""

    first_name: str | None = None
    last_name: str | None = None
    phone_number: str | None = None


def update_profile(*, actor: User, changes: ProfileChanges) -> User:
    """Change the actor's names or telephone number (E.164).

    Raises:
        ValidationFaultsError: another account has this telephone number.
    """
    try:
        return _update(actor, changes)
    except IntegrityError as error:
        if "user_phone_number_unique" in str(error):
            raise phone_number_taken() from error
        raise


@transaction.atomic
def _update(actor: User, changes: ProfileChanges) -> User:
    user = lock_row(User.objects.all(), actor.pk)
    changed = []
    if changes.first_name is not None:
        user.first_name = changes.first_name
        changed.append("first_name")
    if changes.last_name is not None:
        user.last_name = changes.last_name
        changed.append("last_name")
    if changes.phone_number is not None:
        user.phone_number = changes.phone_number or None
        changed.append("phone_number")
    if changed:
        user.save(update_fields=changed)
        audit.record(user, user, f"changed {', '.join(changed)}")
    return user
