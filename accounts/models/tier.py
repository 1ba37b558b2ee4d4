"""What each KYC tier may do, from which day on."""

from datetime import date
from typing import ClassVar

from django.db import models

from contri.core.models import StaffRequest

LAUNCH = date(2026, 1, 1)


class TierRule(models.Model):
    """The limits of one tier from `effective_from` (a Lagos day) until a later row for it. Kobo; NULL is no limit."""

    id = models.BigAutoField(primary_key=True)
    tier = models.PositiveSmallIntegerField()
    effective_from = models.DateField()
    deposit_kobo = models.BigIntegerField(null=True, blank=True)
    balance_kobo = models.BigIntegerField(null=True, blank=True)
    daily_outflow_kobo = models.BigIntegerField(null=True, blank=True)
    can_withdraw = models.BooleanField()
    # Whose decision it was; the first rules, of the day of launch, are the law's.
    request = models.OneToOneField(StaffRequest, null=True, on_delete=models.PROTECT, related_name="+", editable=False)

    class Meta:
        ordering = ["tier", "effective_from"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["tier", "effective_from"], name="tier_rule_one_per_tier_and_day"),
            models.CheckConstraint(condition=models.Q(tier__lte=3), name="tier_rule_tier_is_0_to_3"),
            models.CheckConstraint(
                condition=models.Q(effective_from__lte=LAUNCH) | models.Q(request__isnull=False),
                name="tier_rule_by_two",
            ),
        ]
        permissions = [
            ("ask_tierrule", "Can ask for new limits"),
            ("approve_tierrule", "Can approve new limits"),
        ]

    def __str__(self) -> str:
        return f"tier {self.tier} from {self.effective_from}"
