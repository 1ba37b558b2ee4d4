"""What a person's tier allows. Each check is made under the lock on the wallet that it is about."""

from datetime import datetime, time, timedelta
from uuid import UUID

from django.db.models import Sum

from accounts.models import User
from accounts.tiers import limits_for
from contri.core.errors import refuse_if
from contri.core.moments import lagos_day, lagos_moment
from contri.core.money import CURRENCY, naira_from_kobo
from wallets.errors import KycRequiredError, LimitExceededError
from wallets.models import Transaction, Wallet
from wallets.queries import balance_of_wallet

# What counts towards a day's outflow. A contribution does not: what may go into circles is decided on joining.
OUTFLOW = (Transaction.Type.TRANSFER, Transaction.Type.WITHDRAWAL)
# Money of a failed or reversed withdrawal came back.
COUNTED = (Transaction.Status.PENDING, Transaction.Status.SUCCEEDED)


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


def refuse_over_recipient_limit(wallet: Wallet, amount_kobo: int, at: datetime) -> None:
    """Like `refuse_over_balance_limit` for another's wallet: how much they may hold is not the caller's business.

    Raises:
        LimitExceededError: it would go over.
    """
    limit = limits_for(wallet.user, on=lagos_day(at)).balance_kobo
    if limit is not None:
        is_over = balance_of_wallet(wallet.pk).owned_kobo + amount_kobo > limit
        refuse_if(is_over, LimitExceededError, "They cannot receive this much now.", limit_type="recipient_balance")


def refuse_over_daily_outflow(wallet: Wallet, amount_kobo: int, at: datetime) -> None:
    """With `amount_kobo` more, what leaves this wallet on `at`'s Lagos day stays within the tier's limit.

    Raises:
        LimitExceededError: it does not.
    """
    limit = limits_for(wallet.user, on=lagos_day(at)).daily_outflow_kobo
    if limit is not None:
        _refuse_over(limit, outflow_of_day(wallet.pk, at) + amount_kobo, "daily_outflow")


def outflow_of_day(wallet_id: UUID, at: datetime) -> int:
    """Kobo that left the wallet for other wallets and banks on the Lagos day of `at`."""
    start = lagos_moment(lagos_day(at), time.min)
    lines = Transaction.objects.filter(
        wallet_id=wallet_id,
        direction=Transaction.Direction.DEBIT,
        type__in=OUTFLOW,
        status__in=COUNTED,
        created_at__gte=start,
        created_at__lt=start + timedelta(days=1),
    )
    return lines.aggregate(total=Sum("amount_kobo"))["total"] or 0


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
        extra = {"limit": naira_from_kobo(limit), "limit_type": limit_type, "currency": CURRENCY}
        raise LimitExceededError(f"Your tier allows {CURRENCY} {naira_from_kobo(limit)}.", extra=extra)
