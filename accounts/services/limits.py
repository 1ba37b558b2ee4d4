"""Changing what a tier may do: a new dated rule, never a changed one."""

from datetime import date, datetime

from django.db import transaction

from accounts.errors import LimitsInThePastError
from accounts.models import TierRule, User
from accounts.tiers import TierLimits, forget_rules
from contri.core import audit
from contri.core.errors import refuse_if
from contri.core.moments import lagos_day


@transaction.atomic
def announce_limits(*, actor: User, tier: int, effective_from: date, limits: TierLimits, at: datetime) -> TierRule:
    """Let `limits` (kobo) hold for `tier` from a coming Lagos day on.

    Raises:
        LimitsInThePastError: the day is today or before.
    """
    refuse_if(effective_from <= lagos_day(at), LimitsInThePastError)
    rule, _ = TierRule.objects.update_or_create(
        tier=tier,
        effective_from=effective_from,
        defaults={
            "deposit_kobo": limits.deposit_kobo,
            "balance_kobo": limits.balance_kobo,
            "daily_outflow_kobo": limits.daily_outflow_kobo,
            "can_withdraw": limits.can_withdraw,
        },
    )
    audit.record(actor, rule, f"set the limits of tier {tier} from {effective_from} on: {limits}", flag=audit.ADDITION)
    transaction.on_commit(forget_rules)
    return rule
