"""A new PIN for whoever has forgotten theirs: the password, and a code that was mailed.

Neither alone is enough, and withdrawals wait for a day afterwards. The code is short, so tries are counted like those
of the PIN: committed before the code is looked at, five for each code.
"""

import secrets
from datetime import datetime, timedelta

from django.db import transaction

from accounts.errors import PinNotSetError, PinResetCodeInvalidError, WeakPinError
from accounts.models import Pin, User
from accounts.pin_hashing import hash_pin
from accounts.services.failures import require_own_password
from accounts.services.pin import is_weak_pin, keep_pin
from contri.core import audit
from contri.core.crypto import keyed_hash
from contri.core.errors import refuse_if
from notifications import kinds
from notifications.services import send_mail

LIFETIME = timedelta(minutes=15)
DIGITS = 6
TRIES = 5


def request_pin_reset(*, actor: User, password: str, at: datetime) -> None:
    """Mail the actor a code that, with their password, sets another PIN within a quarter of an hour.

    Raises:
        WrongPasswordError: the password is wrong.
        PinNotSetError: there is no PIN to forget.
    """
    require_own_password(actor, password)
    _mail_code(actor, at)


def reset_pin(*, actor: User, pin: str, code: str, password: str, at: datetime) -> None:
    """Set another PIN with the mailed code; ends a lock, and makes withdrawals wait for a day.

    Raises:
        WeakPinError: a PIN that a thief tries first.
        WrongPasswordError: the password is wrong.
        PinResetCodeInvalidError: the code is wrong, expired, used, or was guessed at five times.
        PinNotSetError: there is no PIN.
    """
    refuse_if(is_weak_pin(pin), WeakPinError)
    require_own_password(actor, password)
    expected = _count_try(actor, at)
    refuse_if(expected is None or not secrets.compare_digest(expected, _hash(actor, code)), PinResetCodeInvalidError)
    pin_hash = hash_pin(user_id=actor.pk, pin=pin)
    _use(actor, expected or b"", pin_hash, at)


@transaction.atomic
def _mail_code(user: User, at: datetime) -> None:
    code = f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"
    kept = Pin.objects.filter(user=user).update(
        reset_code_hash=_hash(user, code), reset_code_ends_at=at + LIFETIME, reset_code_attempts=0
    )
    refuse_if(not kept, PinNotSetError)
    audit.record(user, user, "asked for a code to reset the PIN")
    send_mail(to=user.email, kind=kinds.PIN_RESET_CODE, facts={"first_name": user.first_name, "code": code})


@transaction.atomic(durable=True)
def _count_try(user: User, at: datetime) -> bytes | None:
    """The hash to compare with, one try taken; None when there is no code to try."""
    pin = Pin.objects.select_for_update().filter(user=user).first()
    if pin is None:
        raise PinNotSetError
    is_over = pin.reset_code_ends_at is None or at >= pin.reset_code_ends_at or pin.reset_code_attempts >= TRIES
    if pin.reset_code_hash is None or is_over:
        return None
    pin.reset_code_attempts += 1
    pin.save(update_fields=["reset_code_attempts"])
    return bytes(pin.reset_code_hash)


@transaction.atomic
def _use(user: User, code_hash: bytes, pin_hash: str, at: datetime) -> None:
    # Of two calls with one code the second finds it used.
    used = Pin.objects.filter(user=user, reset_code_hash=code_hash).update(reset_code_hash=None)
    refuse_if(not used, PinResetCodeInvalidError)
    keep_pin(user=user, pin_hash=pin_hash, knew_the_old=False, at=at)


def _hash(user: User, code: str) -> bytes:
    return keyed_hash("pin-reset-code", f"{user.pk}:{code}")
