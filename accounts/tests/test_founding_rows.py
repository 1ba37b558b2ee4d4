"""The rows that Contri cannot run without."""

from datetime import date

import pytest

from accounts.founding_rows import SYSTEM_USER_ID, write_founding_rows
from accounts.models import TierRule, User
from accounts.tiers import TierLimits, limits_of_tier
from contri.core.audit import system_actor_id

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 24)


def test_contri_itself_has_an_account_that_cannot_log_in():
    system = User.objects.get(pk=SYSTEM_USER_ID)

    assert system_actor_id() == SYSTEM_USER_ID
    assert (system.is_active, system.has_usable_password()) == (False, False)


def test_writing_the_founding_rows_again_changes_nothing():
    before = list(TierRule.objects.values_list("pk", flat=True))

    write_founding_rows()

    assert list(TierRule.objects.values_list("pk", flat=True)) == before


@pytest.mark.parametrize(
    ("tier", "limits"),
    [
        (0, TierLimits(2_000_000, 5_000_000, 2_000_000, can_withdraw=False)),
        (1, TierLimits(5_000_000, 30_000_000, 5_000_000, can_withdraw=True)),
        (2, TierLimits(10_000_000, 50_000_000, 20_000_000, can_withdraw=True)),
        (3, TierLimits(None, None, 500_000_000, can_withdraw=True)),
    ],
)
def test_each_tier_has_its_limits_in_kobo(tier, limits):
    assert limits_of_tier(tier, on=TODAY) == limits
