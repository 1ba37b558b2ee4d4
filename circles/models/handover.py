"""A member's place in a circle that runs, offered to somebody who takes it over."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from circles.models.circle import Circle
from circles.models.membership import Membership
from contri.core.models import BaseModel


class HandoverStatus(models.TextChoices):
    """Where an offer stands. `asked`: somebody would take it, and the host has yet to say yes."""

    OFFERED = "offered"
    ASKED = "asked"
    DONE = "done"
    WITHDRAWN = "withdrawn"


class Handover(BaseModel):
    """One offer. Once it is done, `worth_kobo` is what the newcomer paid the leaver; below zero, the leaver them."""

    circle = models.ForeignKey(Circle, on_delete=models.PROTECT, related_name="handovers")
    leaver = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="handovers")
    code = models.CharField(max_length=12, unique=True)
    status = models.CharField(max_length=9, choices=HandoverStatus, default=HandoverStatus.OFFERED)
    candidate = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    offered_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    newcomer = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="taken_over")
    worth_kobo = models.BigIntegerField(null=True, blank=True)
    # The lines of who paid and who received it; none where the place was worth nothing.
    payer_transaction_id = models.UUIDField(null=True, blank=True)
    receiver_transaction_id = models.UUIDField(null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["leaver"], condition=Q(status__in=["offered", "asked"]), name="handover_once_on_offer"
            ),
            models.CheckConstraint(
                condition=Q(status="done", done_at__isnull=False, worth_kobo__isnull=False, newcomer__isnull=False)
                | (~Q(status="done") & Q(done_at__isnull=True)),
                name="handover_done_says_what_changed_hands",
            ),
            models.CheckConstraint(
                condition=Q(status="asked", candidate__isnull=False) | ~Q(status="asked"), name="handover_asked_by_whom"
            ),
        ]

    def __str__(self) -> str:
        return f"place of {self.leaver_id}"
