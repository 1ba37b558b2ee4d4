"""What a person may do at their KYC tier, by dated rules."""

from dataclasses import dataclass
from datetime import date
from time import monotonic

from accounts.models import TierRule, User

# Staff add a rule days before it holds; a process may take a minute to notice.
REMEMBERED_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class TierLimits:
    """Limits in kobo; None is no limit.

    deposit_kobo: the largest single deposit. balance_kobo: the most a wallet may hold. daily_outflow_kobo: the most
    that may leave a wallet in one Lagos day.
    """

    deposit_kobo: int | None
    balance_kobo: int | None
    daily_outflow_kobo: int | None
    can_withdraw: bool


_remembered: tuple[float, list[TierRule]] = (0.0, [])


def limits_for(user: User, *, on: date) -> TierLimits:
    """The limits of `user`'s tier in force on the Lagos day `on`."""
    return limits_of_tier(user.kyc_tier, on=on)


def limits_of_tier(tier: int, *, on: date) -> TierLimits:
    """The limits of `tier` in force on the Lagos day `on`; the first ones ever for days before them."""
    of_tier = [rule for rule in _rules() if rule.tier == tier]
    in_force = [rule for rule in of_tier if rule.effective_from <= on] or of_tier[:1]
    rule = in_force[-1]
    return TierLimits(
        deposit_kobo=rule.deposit_kobo,
        balance_kobo=rule.balance_kobo,
        daily_outflow_kobo=rule.daily_outflow_kobo,
        can_withdraw=rule.can_withdraw,
    )


def forget_rules() -> None:
    """Read the rules again at the next question, in this process."""
    global _remembered
    _remembered = (0.0, [])


def _rules() -> list[TierRule]:
    global _remembered
    read_at, rules = _remembered
    if not rules or monotonic() - read_at > REMEMBERED_SECONDS:
        rules = list(TierRule.objects.order_by("tier", "effective_from"))
        _remembered = (monotonic(), rules)
    return rules
