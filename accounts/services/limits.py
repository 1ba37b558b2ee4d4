"""Changing what a tier may do: a new dated rule, never a changed one, and two people of staff behind it."""

from dataclasses import asdict
from datetime import date, datetime

from django.db import transaction

from accounts.errors import LimitsInThePastError
from accounts.models import TierRule, User
from accounts.tiers import TierLimits, forget_rules
from contri.core import audit, two_people
from contri.core.errors import refuse_if
from contri.core.models import StaffRequest
from contri.core.moments import lagos_day

CHANGE_LIMITS = "accounts.change_limits"


@transaction.atomic
def ask_limits(
    *, actor: User, tier: int, effective_from: date, limits: TierLimits, reason: str, at: datetime
) -> StaffRequest:
    """Ask that `limits` (kobo) hold for `tier` from a coming Lagos day on.

    Raises:
        LimitsInThePastError: the day is today or before.
        AlreadyAskedError: another change for this tier waits for a decision.
    """
    refuse_if(effective_from <= lagos_day(at), LimitsInThePastError)
    rule = TierRule.objects.filter(tier=tier).latest("effective_from")
    terms = {"tier": tier, "effective_from": effective_from.isoformat(), **asdict(limits)}
    return two_people.ask(actor=actor, kind=CHANGE_LIMITS, target=rule, reason=reason, terms=terms)


@transaction.atomic
def announce_limits(*, request: StaffRequest, actor: User, at: datetime) -> TierRule:
    """Let the limits hold that the approved `request` names, from the day it names on.

    Raises:
        LimitsInThePastError: that day has come meanwhile.
    """
    terms = dict(request.terms)
    tier, effective_from = terms.pop("tier"), date.fromisoformat(terms.pop("effective_from"))
    refuse_if(effective_from <= lagos_day(at), LimitsInThePastError)
    limits = TierLimits(**terms)
    rule, _ = TierRule.objects.update_or_create(
        tier=tier, effective_from=effective_from, defaults={**asdict(limits), "request": request}
    )
    audit.record(actor, rule, f"set the limits of tier {tier} from {effective_from} on: {limits}", flag=audit.ADDITION)
    transaction.on_commit(forget_rules)
    return rule
