"""A member's word against a mark on their record, and what staff decided about it."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from circles.models.cycle import Contribution
from contri.core.models import BaseModel


class AppealStatus(models.TextChoices):
    """Where an appeal stands. A mark whose appeal was granted counts no more."""

    OPEN = "open"
    GRANTED = "granted"
    REJECTED = "rejected"


class Appeal(BaseModel):
    """One for each contribution that was late or came out of a deposit; decided once."""

    contribution = models.OneToOneField(Contribution, on_delete=models.PROTECT, related_name="appeal")
    reason = models.CharField(max_length=500)
    status = models.CharField(max_length=8, choices=AppealStatus, default=AppealStatus.OPEN)
    appealed_at = models.DateTimeField()
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_reason = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(status="open", decided_by=None, decided_at=None, decided_reason="")
                | (
                    Q(status__in=["granted", "rejected"], decided_by__isnull=False, decided_at__isnull=False)
                    & ~Q(decided_reason="")
                ),
                name="appeal_decided_knows_who_and_why",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["appealed_at"], name="appeal_open", condition=Q(status="open")),
        ]
        permissions = [("decide_appeal", "Can decide appeals against marks on a record")]

    def __str__(self) -> str:
        return f"appeal against {self.contribution_id}"
