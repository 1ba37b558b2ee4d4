"""Payments that their payer's bank wants back."""

from datetime import datetime, timedelta
from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from contri.core.work import QueuedWork, due_index, stuck_index
from wallets.models.deposit import Deposit

LATELY = timedelta(hours=1)


class Dispute(QueuedWork):
    """A payment that its payer contests at their bank. As a piece of work it is "ask how it stands".

    While it is open, what is left of the money in the wallet is held. Lost, the provider takes the money back: from
    what was held, then from the wallet, and what the wallet lacks its owner owes (`owed_kobo`, in the ledger as well).
    """

    class Status(models.TextChoices):
        """`won`: we keep the money. `lost`: it was charged back. Both are final."""

        OPEN = "open"
        WON = "won"
        LOST = "lost"

    class Answer(models.TextChoices):
        """What we say to it."""

        ACCEPT = "accept"
        CONTEST = "contest"

    # Half a year of questions an hour apart; banks take weeks.
    attempt_cap: ClassVar[int] = 5_000

    provider = models.CharField(max_length=20)
    # The provider's name for the dispute, and the reference of the payment that it is about.
    code = models.CharField(max_length=40)
    reference = models.CharField(max_length=200)
    deposit = models.ForeignKey(Deposit, null=True, blank=True, on_delete=models.PROTECT, related_name="disputes")
    amount_kobo = models.BigIntegerField()
    status = models.CharField(max_length=4, choices=Status, default=Status.OPEN)
    # The provider's own words: where it stands, how it was resolved, and until when we may answer.
    stage = models.CharField(max_length=60, blank=True)
    resolution = models.CharField(max_length=60, blank=True)
    respond_by = models.DateTimeField(null=True, blank=True)
    # The ledger transfer that holds what the wallet still had, and how much that is.
    hold_id = models.UUIDField(null=True, blank=True, editable=False)
    held_kobo = models.BigIntegerField(default=0)
    # Of what was lost: what the wallet gave, what its owner owes, and what neither covers.
    taken_kobo = models.BigIntegerField(default=0)
    owed_kobo = models.BigIntegerField(default=0)
    # Of what nobody covered: what a refund that was never sent has made good since.
    made_good_kobo = models.BigIntegerField(default=0, db_default=0)
    journal_id = models.UUIDField(null=True, blank=True, editable=False)
    resolved_at = models.DateTimeField(null=True, blank=True)
    # Our word about it, once staff have decided; and since when the provider has it.
    answer = models.CharField(max_length=7, choices=Answer, blank=True, db_default="")
    answer_message = models.CharField(max_length=500, blank=True, db_default="")
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        permissions = [
            ("contest_dispute", "Can contest a dispute"),
            ("retry_dispute", "Can have it asked again how a stuck dispute stands"),
            ("ask_accept_dispute", "Can ask that a dispute be accepted"),
            ("approve_accept_dispute", "Can approve that a dispute is accepted"),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["provider", "code"], name="dispute_once"),
            models.CheckConstraint(
                condition=Q(amount_kobo__gt=0, held_kobo__gte=0, taken_kobo__gte=0, owed_kobo__gte=0),
                name="dispute_amounts_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(made_good_kobo__gte=0, made_good_kobo__lte=F("owed_kobo")), name="dispute_made_good_of_owed"
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            due_index("dispute_due"),
            stuck_index("dispute_stuck"),
            models.Index(fields=["respond_by"], name="dispute_open", condition=Q(status="open")),
            models.Index(fields=["reference"], name="dispute_by_reference"),
            models.Index(fields=["code"], name="dispute_by_code"),
        ]

    def was_answered_lately(self, at: datetime) -> bool:
        """Whether the provider's reaction to our answer is still to be expected."""
        return bool(self.answer) and (self.answered_at is None or at - self.answered_at < LATELY)

    def __str__(self) -> str:
        return f"dispute {self.code} about {self.reference}"
