"""What came of comparing a provider's lists with the books."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from contri.core.models import BaseModel


class ReconciliationRun(BaseModel):
    """One comparison of a stretch of time. `stopped` says why it went no further, where the provider did not answer."""

    provider = models.CharField(max_length=20)
    since = models.DateTimeField()
    until = models.DateTimeField()
    fixes = models.BooleanField(default=False)
    compared = models.PositiveIntegerField(default=0)
    stopped = models.CharField(max_length=200, blank=True)
    # For people to look at: the two differ by what was there before Contri and by what was settled to our bank.
    balance_kobo = models.BigIntegerField(null=True, blank=True)
    clearing_kobo = models.BigIntegerField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["-created_at"], name="reconciliation_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.provider} {self.since:%Y-%m-%d} to {self.until:%Y-%m-%d}"


class ReconciliationItem(BaseModel):
    """Something that the provider and the books tell differently."""

    class What(models.TextChoices):
        """How they differ."""

        NOT_BOOKED = "not_booked", "they are done with it, we are not"
        UNKNOWN = "unknown", "theirs, and none of ours"
        MISSING = "missing", "booked here, and not among theirs"
        CONTRADICTED = "contradicted", "we say one thing and they another"
        AMOUNT = "amount", "another amount"
        FEE = "fee", "another fee"
        TAKEN_BACK = "taken_back", "they sent it back, we did not book that"

    class Status(models.TextChoices):
        """Whether somebody has to look at it."""

        OPEN = "open"
        # A safe verb booked what the provider confirms.
        FIXED = "fixed"
        # A person looked, and wrote down why it is as it is.
        EXPLAINED = "explained"

    run = models.ForeignKey(ReconciliationRun, on_delete=models.PROTECT, related_name="items")
    kind = models.CharField(max_length=8)
    reference = models.CharField(max_length=200)
    what = models.CharField(max_length=12, choices=What)
    theirs = models.CharField(max_length=60, blank=True)
    ours = models.CharField(max_length=60, blank=True)
    status = models.CharField(max_length=9, choices=Status, default=Status.OPEN)
    explanation = models.CharField(max_length=300, blank=True)

    class Meta:
        permissions = [("explain_reconciliationitem", "Can explain a difference to a provider's list")]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["run", "kind", "reference", "what"], name="reconciliation_item_once"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["created_at"], name="reconciliation_open", condition=Q(status="open")),
            models.Index(fields=["reference"], name="reconciliation_by_reference"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.reference}: {self.get_what_display()}"
