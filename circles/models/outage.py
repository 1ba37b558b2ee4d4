"""A payment provider that is known to be away: nothing falls due meanwhile, and nobody is late because of it."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from contri.core.models import BaseModel


class Outage(BaseModel):
    """One stretch of time in which members could not be expected to get money in. Declared and ended by staff."""

    provider = models.CharField(max_length=20)
    reason = models.CharField(max_length=500)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    declared_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["provider"], condition=Q(ended_at__isnull=True), name="outage_once_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("started_at")), name="outage_ends_after_start"
            ),
        ]
        permissions = [("declare_outage", "Can declare and end outages of providers")]

    def __str__(self) -> str:
        return f"outage of {self.provider}"
