"""The PIN: setting it, giving it, and what happens to somebody who guesses.

An attempt is counted and committed before the PIN is looked at. Of two hundred guesses at once five are evaluated, and
no crash, rollback or empty Redis gives one back.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from django.db import transaction

from accounts.errors import PinIncorrectError, PinLockedError, PinNotSetError, WeakPinError, WrongPasswordError
from accounts.models import Pin, PinPurpose, PinToken, User
from accounts.passwords import is_password_of
from accounts.pin_hashing import hash_pin, is_pin
from accounts.services.pin_tokens import IssuedPinToken, issue_pin_token
from contri.core import audit
from contri.core.errors import DomainError, FieldFault, ValidationFaultsError, refuse_if
from contri.core.moments import rfc3339
from notifications import kinds
from notifications.services import notify

ATTEMPTS = 5
FIRST_LOCK = timedelta(minutes=15)
LONGEST_LOCK = timedelta(hours=24)

# What people choose who think that they did not choose the obvious.
POPULAR = frozenset({"1004", "1122", "1313", "1342", "2000", "6969", "112233", "123123", "123321", "159753", "147258"})


def set_pin(*, actor: User, pin: str, old_pin: str = "", password: str = "", at: datetime) -> None:
    """Set the actor's PIN, the first time with their password, later with the old PIN or the password.

    Ends a lock, and voids every PIN token that is still unused. A wrong old PIN counts as a guess.

    Raises:
        WeakPinError: a PIN that a thief tries first.
        ValidationFaultsError: neither proof was sent.
        PinIncorrectError, PinLockedError: the old PIN is wrong, once or once too often.
        WrongPasswordError: the password is wrong.
        PinNotSetError: an old PIN was sent and there is none.
    """
    refuse_if(_is_weak(pin), WeakPinError)
    if old_pin:
        check_pin(user=actor, pin=old_pin, at=at)
    elif password:
        refuse_if(not is_password_of(actor, password), WrongPasswordError)
    else:
        raise ValidationFaultsError(FieldFault("password", "required", "Send your password, or your old PIN."))
    _keep(actor, hash_pin(user_id=actor.pk, pin=pin), at)


def verify_pin(*, actor: User, pin: str, purpose: PinPurpose | None, at: datetime) -> IssuedPinToken:
    """Trade the PIN in for a token that is good for one act within five minutes.

    Raises:
        PinNotSetError: there is no PIN.
        PinIncorrectError: wrong; `attempts_left` tells how many tries remain.
        PinLockedError: too many wrong ones; `locked_until` tells when to try again.
    """
    check_pin(user=actor, pin=pin, at=at)
    return issue_pin_token(user=actor, purpose=purpose, at=at)


def check_pin(*, user: User, pin: str, at: datetime) -> None:
    """Pass in silence when `pin` is the user's. Commits the attempt first: call it outside of any transaction.

    Raises:
        PinNotSetError, PinIncorrectError, PinLockedError: as `verify_pin` says.
    """
    attempt = _count_attempt(user, at)
    if not is_pin(attempt.hash, user_id=user.pk, pin=pin):
        if attempt.locked_until is not None:
            _tell_of_lock(user, attempt.locked_until)
        raise attempt.refusal
    Pin.objects.filter(user=user, hash=attempt.hash).update(attempts=0, lockouts=0, locked_until=None)


@dataclass(frozen=True, slots=True)
class _Attempt:
    hash: str
    number: int
    locked_until: datetime | None
    at: datetime

    @property
    def refusal(self) -> DomainError:
        if self.locked_until is not None:
            return _locked(self.locked_until, self.at)
        return PinIncorrectError(extra={"attempts_left": ATTEMPTS - self.number})


@transaction.atomic(durable=True)
def _count_attempt(user: User, at: datetime) -> _Attempt:
    pin = Pin.objects.select_for_update().filter(user=user).first()
    if pin is None:
        raise PinNotSetError
    if pin.locked_until is not None and at < pin.locked_until:
        raise _locked(pin.locked_until, at)
    is_last = pin.attempts % ATTEMPTS == ATTEMPTS - 1
    pin.attempts = pin.attempts % ATTEMPTS + 1
    # Locked before the last try is evaluated; giving the right PIN lifts it again.
    pin.locked_until = at + _lock_length(pin.lockouts) if is_last else None
    pin.lockouts += is_last
    pin.save(update_fields=["attempts", "lockouts", "locked_until"])
    return _Attempt(pin.hash, pin.attempts, pin.locked_until, at)


@transaction.atomic
def _tell_of_lock(user: User, until: datetime) -> None:
    audit.record(None, user, "locked the PIN after five wrong ones")
    notify(recipient_id=user.pk, kind=kinds.PIN_LOCKED, key=rfc3339(until))


@transaction.atomic
def _keep(user: User, pin_hash: str, at: datetime) -> None:
    fresh = {"hash": pin_hash, "changed_at": at, "attempts": 0, "lockouts": 0, "locked_until": None}
    _, is_first = Pin.objects.update_or_create(user=user, defaults=fresh)
    PinToken.objects.filter(user=user, used_at=None).delete()
    audit.record(user, user, "set a PIN" if is_first else "changed the PIN")
    if not is_first:
        notify(recipient_id=user.pk, kind=kinds.PIN_CHANGED)


def _lock_length(lockouts: int) -> timedelta:
    doubled: timedelta = FIRST_LOCK * (1 << min(lockouts, 16))
    return min(doubled, LONGEST_LOCK)


def _locked(until: datetime, at: datetime) -> PinLockedError:
    seconds = max(int((until - at).total_seconds()), 1)
    return PinLockedError(extra={"locked_until": rfc3339(until)}, retry_after=seconds)


def _is_weak(pin: str) -> bool:
    steps = {(int(b) - int(a)) % 10 for a, b in pairwise(pin)}
    is_run = len(steps) == 1 and steps <= {0, 1, 9}
    is_pair_repeated = len(pin) % 2 == 0 and pin == pin[:2] * (len(pin) // 2)
    return is_run or is_pair_repeated or pin in POPULAR
