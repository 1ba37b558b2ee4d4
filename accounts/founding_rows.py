"""Rows that Contri cannot run without: the account in whose name it acts itself, and the first tier limits.

Written after every migration and after every flush (tests empty all tables), so that they are simply always there.
Nothing that exists is changed: later limits are rows with a later date.
"""

from typing import Any
from uuid import UUID

from django.contrib.auth.hashers import make_password
from django.db import connections

from accounts.models import TierRule, User
from accounts.models.tier import LAUNCH
from contri.core.audit import SYSTEM_EMAIL
from contri.core.money import kobo_from_naira

# The same in every database, so that a process may remember it.
SYSTEM_USER_ID = UUID("00000000-0000-7000-8000-000000000001")


def _kobo(naira: str | None) -> int | None:
    return None if naira is None else kobo_from_naira(naira)


# CBN's figures for tiered accounts; tier 0 is what somebody may do before proving anything.
FIRST_LIMITS: tuple[tuple[int, str | None, str | None, str | None, bool], ...] = (
    (0, "20000.00", "50000.00", "20000.00", False),
    (1, "50000.00", "300000.00", "50000.00", True),
    (2, "100000.00", "500000.00", "200000.00", True),
    (3, None, None, "5000000.00", True),
)


def write_founding_rows(using: str = "default", **_signal: Any) -> None:
    """Insert what is missing; safe to run at any time and at once."""
    if not {User._meta.db_table, TierRule._meta.db_table} <= set(connections[using].introspection.table_names()):
        return
    system = User(
        id=SYSTEM_USER_ID,
        email=SYSTEM_EMAIL,
        first_name="Contri",
        last_name="",
        is_active=False,
        password=make_password(None),
        referral_code="CONTRI",
    )
    User.objects.using(using).bulk_create([system], ignore_conflicts=True)
    TierRule.objects.using(using).bulk_create(
        [
            TierRule(
                tier=tier,
                effective_from=LAUNCH,
                deposit_kobo=_kobo(deposit),
                balance_kobo=_kobo(balance),
                daily_outflow_kobo=_kobo(outflow),
                can_withdraw=can_withdraw,
            )
            for tier, deposit, balance, outflow, can_withdraw in FIRST_LIMITS
        ],
        ignore_conflicts=True,
    )
