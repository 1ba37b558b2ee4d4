"""What a person's tier allows. Each check is made under the lock on the wallet that it is about."""

from datetime import datetime, time
from uuid import UUID

from django.db import connection

from accounts.models import User
from accounts.tiers import limits_for
from contri.core.errors import refuse_if
from contri.core.moments import lagos_day, lagos_moment
from contri.core.money import CURRENCY, naira_from_kobo
from wallets.errors import KycRequiredError, LimitExceededError
from wallets.models import Wallet
from wallets.queries import balance_of_wallet


def refuse_without_kyc(user: User, at: datetime) -> None:
    """Only a tier that may withdraw goes on.

    Raises:
        KycRequiredError: it may not.
    """
    refuse_if(not limits_for(user, on=lagos_day(at)).can_withdraw, KycRequiredError)


def refuse_over_deposit_limit(user: User, amount_kobo: int, at: datetime) -> None:
    """A single deposit stays within the tier's limit.

    Raises:
        LimitExceededError: it does not.
    """
    _refuse_over(limits_for(user, on=lagos_day(at)).deposit_kobo, amount_kobo, "deposit")


def refuse_over_balance_limit(wallet: Wallet, amount_kobo: int, at: datetime) -> None:
    """With `amount_kobo` more the wallet stays within the tier's balance limit.

    Raises:
        LimitExceededError: it does not.
    """
    limit = limits_for(wallet.user, on=lagos_day(at)).balance_kobo
    if limit is not None:
        _refuse_over(limit, balance_of_wallet(wallet.pk).owned_kobo + amount_kobo, "balance")


def owned_before(user: User, amount_kobo: int, at: datetime) -> int | None:
    """The most that this person may own in their wallet before `amount_kobo` comes in; None is no limit."""
    limit = limits_for(user, on=lagos_day(at)).balance_kobo
    return None if limit is None else limit - amount_kobo


def over_recipient_limit() -> LimitExceededError:
    """The refusal of money for another's wallet: how much they may hold is not the caller's business."""
    return LimitExceededError("They cannot receive this much now.", extra={"limit_type": "recipient_balance"})


def refuse_over_daily_outflow(wallet: Wallet, amount_kobo: int, at: datetime) -> None:
    """With `amount_kobo` more, what leaves this wallet on `at`'s Lagos day stays within the tier's limit.

    Raises:
        LimitExceededError: it does not.
    """
    before = outflow_before(wallet.user, amount_kobo, at)
    if before is not None and outflow_of_day(wallet.pk, at) > before:
        raise over_daily_outflow(wallet.user, at)


def outflow_before(user: User, amount_kobo: int, at: datetime) -> int | None:
    """The most that may have left their wallet on `at`'s Lagos day before `amount_kobo` does; None is no limit."""
    limit = limits_for(user, on=lagos_day(at)).daily_outflow_kobo
    return None if limit is None else limit - amount_kobo


def over_daily_outflow(user: User, at: datetime) -> LimitExceededError:
    """The refusal of what would be too much for one day."""
    return _over(limits_for(user, on=lagos_day(at)).daily_outflow_kobo or 0, "daily_outflow")


def outflow_of_day(wallet_id: UUID, at: datetime) -> int:
    """Kobo that left the wallet for other wallets and banks on the Lagos day of `at`; what counts, SQL says."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT wallet_outflow(%s, %s)", [wallet_id, day_of(at)])
        return int(cursor.fetchone()[0])


def day_of(at: datetime) -> datetime:
    """When the Lagos day of `at` began."""
    return lagos_moment(lagos_day(at), time.min)


def room_in(wallet: Wallet, at: datetime) -> int | None:
    """Kobo that may still be added to what the wallet holds; None where there is no limit.

    None at all while its owner is banned or the wallet frozen: what comes in then is theirs, but waits.
    """
    balance = balance_of_wallet(wallet.pk)
    if not (wallet.user.is_active and balance.takes_money):
        return 0
    limit = limits_for(wallet.user, on=lagos_day(at)).balance_kobo
    return None if limit is None else max(0, limit - balance.owned_kobo)


def _refuse_over(limit: int | None, would_be: int, limit_type: str) -> None:
    if limit is not None and would_be > limit:
        raise _over(limit, limit_type)


def _over(limit: int, limit_type: str) -> LimitExceededError:
    extra = {"limit": naira_from_kobo(limit), "limit_type": limit_type, "currency": CURRENCY}
    return LimitExceededError(f"Your tier allows {CURRENCY} {naira_from_kobo(limit)}.", extra=extra)
