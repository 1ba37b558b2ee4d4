"""How a PIN is kept: four digits are soon guessed from a stolen table, so the table alone must not be enough.

Argon2id with 19 MiB, two passes and one lane (OWASP's floor) over an HMAC whose key (PIN_PEPPER) is never in the
database. Attempts are limited before any of this runs; see accounts.services.pin.
"""

from uuid import UUID

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

from contri.core.crypto import keyed_hash

_HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)


def hash_pin(*, user_id: UUID, pin: str) -> str:
    """What is kept of a PIN."""
    return _HASHER.hash(_peppered(user_id, pin))


def is_pin(kept: str, *, user_id: UUID, pin: str) -> bool:
    """Whether `pin` is the one that `kept` was made from."""
    try:
        return _HASHER.verify(kept, _peppered(user_id, pin))
    except (Argon2Error, InvalidHashError):
        return False


def _peppered(user_id: UUID, pin: str) -> bytes:
    return keyed_hash("pin", f"{user_id}:{pin}")
