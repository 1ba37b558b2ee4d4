"""What a password must be, and how one is checked in the same time whether or not there is anybody to check."""

from django.contrib.auth.hashers import check_password, make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from accounts.models import User
from contri.core.errors import FieldFault, ValidationFaultsError

# Argon2 takes what it is given; nobody types more than this.
LONGEST_PASSWORD = 128


def require_good_password(password: str, *, user: User, field: str = "password") -> None:
    """Refuse a password that is short, common or made of the person's own name or address.

    Raises:
        ValidationFaultsError: with one fault for each rule that it breaks.
    """
    try:
        validate_password(password, user=user)
    except ValidationError as error:
        faults = [FieldFault(field, fault.code or "invalid", " ".join(fault.messages)) for fault in error.error_list]
        raise ValidationFaultsError(*faults) from error


def is_password_of(user: User | None, password: str) -> bool:
    """Whether `password` is `user`'s. One Argon2 hash is computed in every case, nobody's included."""
    if user is None or not user.has_usable_password():
        make_password(password)
        return False
    return check_password(password, user.password)
