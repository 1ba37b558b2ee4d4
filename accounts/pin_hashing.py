"""How a PIN is kept: four digits are soon guessed from a stolen table, so the table alone must not be enough.

Argon2id with 19 MiB, two passes and one lane (OWASP's floor) over an HMAC whose key (PIN_PEPPER) is never in the
database. Attempts are limited before any of this runs; see accounts.services.pin.
"""

from uuid import UUID

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError
from django.conf import settings

from contri.core.crypto import keyed_hash_under

_HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)


def hash_pin(*, user_id: UUID, pin: str) -> str:
    """What is kept of a PIN, under the newest pepper."""
    return _HASHER.hash(_peppered(settings.PIN_PEPPER, user_id, pin))


def is_pin(kept: str, *, user_id: UUID, pin: str) -> bool:
    """Whether `pin` is the one that `kept` was made from, under any pepper of ours."""
    peppers = (settings.PIN_PEPPER, *settings.OLD_PIN_PEPPERS)
    return any(_is_under(pepper, kept, user_id, pin) for pepper in peppers)


def is_outdated(kept: str, *, user_id: UUID, pin: str) -> bool:
    """Whether a PIN that is right wants hashing anew: its hash was made under an older pepper.

    Without older peppers there is nothing to find out, and no second Argon2 to pay for.
    """
    return bool(settings.OLD_PIN_PEPPERS) and not _is_under(settings.PIN_PEPPER, kept, user_id, pin)


def _is_under(pepper: str, kept: str, user_id: UUID, pin: str) -> bool:
    try:
        return _HASHER.verify(kept, _peppered(pepper, user_id, pin))
    except (Argon2Error, InvalidHashError):
        return False


def _peppered(pepper: str, user_id: UUID, pin: str) -> bytes:
    return keyed_hash_under(pepper, "pin", f"{user_id}:{pin}")
