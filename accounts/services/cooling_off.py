"""Withdrawals wait for a day after what a thief would do first.

Whoever holds somebody's password and mailbox resets the PIN, signs in on a device of their own and links a bank account
of their own. Each of these is told to the owner at once, and each gives them a day to answer before money can leave
Contri. What is needed to arrive (the first PIN, device and bank account) makes nobody wait.
"""

from collections.abc import Collection
from datetime import datetime, timedelta

from django.db import models

from accounts.errors import WithdrawalsLockedError
from accounts.models import PinToken
from accounts.services.pin_tokens import hash_of
from contri.core.moments import rfc3339

COOLING_OFF = timedelta(hours=24)


class Because(models.TextChoices):
    """What withdrawals wait for."""

    PIN_RESET = "pin_reset"
    NEW_DEVICE = "new_device"
    NEW_BANK_ACCOUNT = "new_bank_account"


def refuse_while_cooling_off(*, pin_token: str, at: datetime) -> None:
    """Let a withdrawal go on unless the PIN was reset, or was given on a new device, less than a day ago.

    The device is the one that `pin_token` was given to, so that no door has to say which it is.

    Raises:
        WithdrawalsLockedError: `locked_until` and `because` tell until when and why.
    """
    asked = PinToken.objects.filter(token_hash=hash_of(pin_token))
    moments = asked.values_list("user__pin__cooling_off_until", "session__cooling_off_until").first()
    after_reset, on_device = moments or (None, None)
    refuse_until(after_reset, because=Because.PIN_RESET, at=at)
    refuse_until(on_device, because=Because.NEW_DEVICE, at=at)


def refuse_until(moment: datetime | None, *, because: Because, at: datetime) -> None:
    """Refuse a withdrawal before `moment`; None is never.

    Raises:
        WithdrawalsLockedError: as `refuse_while_cooling_off` says.
    """
    if moment is not None and at < moment:
        raise WithdrawalsLockedError(extra={"locked_until": rfc3339(moment), "because": because.value})


def still_waiting(moments: Collection[datetime | None], at: datetime) -> datetime | None:
    """Until when a device waits that was signed in before, each time waiting until one of `moments`.

    Signing in again neither ends a wait nor begins it anew.
    """
    ahead = [moment for moment in moments if moment is not None and at < moment]
    return min(ahead) if len(ahead) == len(moments) and ahead else None
