"""Encryption of the few personal values that must be kept readable, and keyed hashes to find them by."""

import hashlib
import hmac
from functools import cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings


def encrypt(value: str) -> bytes:
    """`value` under the newest field key; older keys in FIELD_ENCRYPTION_KEYS still decrypt."""
    return _fields().encrypt(value.encode())


def decrypt(token: bytes) -> str:
    """What `encrypt` was given.

    Raises:
        cryptography.fernet.InvalidToken: no key of ours made this.
    """
    return _fields().decrypt(bytes(token)).decode()


def is_current(token: bytes) -> bool:
    """Whether `token` is under the newest key."""
    newest = Fernet(settings.FIELD_ENCRYPTION_KEYS[0])
    try:
        newest.decrypt(bytes(token))
    except InvalidToken:
        return False
    return True


def rotated(token: bytes) -> bytes:
    """The same value under the newest key.

    Raises:
        cryptography.fernet.InvalidToken: no key of ours made this.
    """
    return _fields().rotate(bytes(token))


def keyed_hash(purpose: str, value: str) -> bytes:
    """HMAC-SHA256 of `value`, different for each purpose: equal values meet, none can be guessed from a stolen table.

    Keyed by PIN_PEPPER, the one secret that lives as long as the data: SECRET_KEY may be changed at any time.
    """
    return hmac.new(settings.PIN_PEPPER.encode(), f"{purpose}:{value}".encode(), hashlib.sha256).digest()


@cache
def _fields() -> MultiFernet:
    return MultiFernet([Fernet(key) for key in settings.FIELD_ENCRYPTION_KEYS])
