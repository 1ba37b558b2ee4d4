"""The PIN: setting it, giving it, and what happens to somebody who guesses.

An attempt is counted and committed before the PIN is looked at. Of two hundred guesses at once five are evaluated, and
no crash, rollback or empty Redis gives one back.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from django.db import transaction
from django.db.models import Q

from accounts.errors import PinIncorrectError, PinLockedError, PinNotSetError, WeakPinError
from accounts.models import Pin, PinPurpose, PinToken, Session, User
from accounts.pin_hashing import hash_pin, is_outdated, is_pin
from accounts.services.cooling_off import COOLING_OFF
from accounts.services.failures import require_own_password
from accounts.services.pin_tokens import IssuedPinToken, issue_pin_token
from contri.core import audit
from contri.core.errors import DomainError, FieldFault, ValidationFaultsError, refuse_if
from contri.core.metrics import happened
from contri.core.moments import rfc3339
from notifications import kinds
from notifications.services import notify

ATTEMPTS = 5
FIRST_LOCK = timedelta(minutes=15)
LONGEST_LOCK = timedelta(hours=24)

# What a new PIN starts with: no try, no lock, no mailed code.
FRESH = {
    "attempts": 0,
    "lockouts": 0,
    "locked_until": None,
    "reset_code_hash": None,
    "reset_code_ends_at": None,
    "reset_code_attempts": 0,
}

# What people choose who think that they did not choose the obvious.
POPULAR = frozenset({"1004", "1122", "1313", "1342", "2000", "6969", "112233", "123123", "123321", "159753", "147258"})


def set_pin(*, actor: User, pin: str, old_pin: str = "", password: str = "", at: datetime) -> None:
    """Set the actor's PIN, the first time with their password, later with the old PIN or the password.

    Ends a lock, and voids every PIN token that is still unused. A wrong old PIN counts as a guess. Whoever does not
    know the old PIN waits a day before withdrawing.

    Raises:
        WeakPinError: a PIN that a thief tries first.
        ValidationFaultsError: neither proof was sent.
        PinIncorrectError, PinLockedError: the old PIN is wrong, once or once too often.
        WrongPasswordError: the password is wrong.
        PinNotSetError: an old PIN was sent and there is none.
    """
    refuse_if(is_weak_pin(pin), WeakPinError)
    if old_pin:
        check_pin(user=actor, pin=old_pin, at=at)
    elif password:
        require_own_password(actor, password)
    else:
        raise ValidationFaultsError(FieldFault("password", "required", "Send your password, or your old PIN."))
    keep_pin(user=actor, pin_hash=hash_pin(user_id=actor.pk, pin=pin), knew_the_old=bool(old_pin), at=at)


def verify_pin(
    *, actor: User, pin: str, purpose: PinPurpose | None, at: datetime, session: Session | None = None
) -> IssuedPinToken:
    """Trade the PIN in for a token that is good for one act within five minutes.

    Raises:
        PinNotSetError: there is no PIN.
        PinIncorrectError: wrong; `attempts_left` tells how many tries remain.
        PinLockedError: too many wrong ones; `locked_until` tells when to try again.
    """
    check_pin(user=actor, pin=pin, at=at)
    return issue_pin_token(user=actor, purpose=purpose, at=at, session=session)


def check_pin(*, user: User, pin: str, at: datetime) -> None:
    """Pass in silence when `pin` is the user's. Commits the attempt first: call it outside of any transaction.

    Raises:
        PinNotSetError, PinIncorrectError, PinLockedError: as `verify_pin` says.
    """
    while (attempt := _count_attempt(user, at)) is None:
        # Asked anew when the lock was lifted between the two questions.
        _refuse_uncounted(user, at)
    if not is_pin(attempt.hash, user_id=user.pk, pin=pin):
        if attempt.locked_until is not None:
            _tell_of_lock(user, attempt.locked_until)
        raise attempt.refusal
    fresh: dict[str, Any] = {"attempts": 0, "lockouts": 0, "locked_until": None}
    if is_outdated(attempt.hash, user_id=user.pk, pin=pin):
        # The only moment at which the PIN is there to be hashed under the newest pepper.
        fresh["hash"] = hash_pin(user_id=user.pk, pin=pin)
    Pin.objects.filter(user=user, hash=attempt.hash).update(**fresh)


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
def _count_attempt(user: User, at: datetime) -> _Attempt | None:
    """One more try, and the hash to compare with; None where nothing may be tried."""
    # The condition is looked at before the row is waited for, and again once it is held: whoever comes while the PIN
    # is locked does not queue up behind those who guess.
    is_open = Q(locked_until=None) | Q(locked_until__lte=at)
    pin = Pin.objects.select_for_update().filter(is_open, user=user).first()
    if pin is None:
        return None
    is_last = pin.attempts % ATTEMPTS == ATTEMPTS - 1
    pin.attempts = pin.attempts % ATTEMPTS + 1
    # Locked before the last try is evaluated; giving the right PIN lifts it again.
    pin.locked_until = at + _lock_length(pin.lockouts) if is_last else None
    pin.lockouts += is_last
    pin.save(update_fields=["attempts", "lockouts", "locked_until"])
    return _Attempt(pin.hash, pin.attempts, pin.locked_until, at)


def _refuse_uncounted(user: User, at: datetime) -> None:
    pin = Pin.objects.filter(user=user).only("locked_until").first()
    if pin is None:
        raise PinNotSetError
    if pin.locked_until is not None and at < pin.locked_until:
        raise _locked(pin.locked_until, at)


@transaction.atomic
def _tell_of_lock(user: User, until: datetime) -> None:
    happened("pin_locked")
    audit.record(None, user, "locked the PIN after five wrong ones")
    notify(recipient_id=user.pk, kind=kinds.PIN_LOCKED, key=rfc3339(until))


@transaction.atomic
def keep_pin(*, user: User, pin_hash: str, knew_the_old: bool, at: datetime) -> None:
    """Make `pin_hash` the user's PIN and tell them. The caller has just checked the proof for it."""
    fresh = {**FRESH, "hash": pin_hash, "changed_at": at}
    pin, is_first = Pin.objects.select_for_update().update_or_create(user=user, defaults=fresh)
    PinToken.objects.filter(user=user, used_at=None).delete()
    if is_first:
        audit.record(user, user, "set a PIN")
        notify(recipient_id=user.pk, kind=kinds.PIN_SET)
    elif knew_the_old:
        audit.record(user, user, "changed the PIN")
        notify(recipient_id=user.pk, kind=kinds.PIN_CHANGED)
    else:
        pin.cooling_off_until = at + COOLING_OFF
        pin.save(update_fields=["cooling_off_until"])
        audit.record(user, user, "reset the PIN")
        notify(recipient_id=user.pk, kind=kinds.PIN_RESET)


def _lock_length(lockouts: int) -> timedelta:
    doubled: timedelta = FIRST_LOCK * (1 << min(lockouts, 16))
    return min(doubled, LONGEST_LOCK)


def _locked(until: datetime, at: datetime) -> PinLockedError:
    seconds = max(int((until - at).total_seconds()), 1)
    return PinLockedError(extra={"locked_until": rfc3339(until)}, retry_after=seconds)


def is_weak_pin(pin: str) -> bool:
    """Whether `pin` is among the first that a thief tries."""
    steps = {(int(b) - int(a)) % 10 for a, b in pairwise(pin)}
    is_run = len(steps) == 1 and steps <= {0, 1, 9}
    is_pair_repeated = len(pin) % 2 == 0 and pin == pin[:2] * (len(pin) // 2)
    return is_run or is_pair_repeated or pin in POPULAR
