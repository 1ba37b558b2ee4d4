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

    Keyed by the first PIN_PEPPER there ever was, whatever came after it: what these hashes are found by (an identity
    number, a card, a used token) cannot be hashed anew, as it is not kept.
    """
    return keyed_hash_under([settings.PIN_PEPPER, *settings.OLD_PIN_PEPPERS][-1], purpose, value)


def keyed_hash_under(key: str, purpose: str, value: str) -> bytes:
    """The same under a key of one's choice, for hashes that are replaced when the key is."""
    return hmac.new(key.encode(), f"{purpose}:{value}".encode(), hashlib.sha256).digest()


@cache
def _fields() -> MultiFernet:
    return MultiFernet([Fernet(key) for key in settings.FIELD_ENCRYPTION_KEYS])
