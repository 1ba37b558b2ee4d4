"""A contribution that is being paid by card."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from circles.models.cycle import Contribution
from contri.core.work import QueuedWork, due_index, stuck_index


class CardOutcome(models.TextChoices):
    """What became of a charge.

    `unused` is money that came in when the contribution needed it no more; `charged_back` money that had paid it, and
    that the payer's bank took back since: the contribution stays paid, its payer owes Contri.
    """

    OPEN = "open"
    PAID = "paid"
    DECLINED = "declined"
    UNUSED = "unused"
    CHARGED_BACK = "charged_back"


class CardPayment(QueuedWork):
    """One charge of a member's card for one contribution; as a piece of work: charge it, and pay once it is confirmed.

    The charge is a deposit of wallets under one reference for ever, sent at most once: from `submitted_at` on it is
    only asked about. What the provider confirms is in the member's wallet, and from there in the pot.
    """

    # Asked about half-hourly, this outlasts a provider that is away for days.
    attempt_cap: ClassVar[int] = 300

    contribution = models.ForeignKey(Contribution, on_delete=models.PROTECT, related_name="card_payments")
    amount_kobo = models.BigIntegerField()
    deposit_id = models.UUIDField(unique=True)
    outcome = models.CharField(max_length=12, choices=CardOutcome, default=CardOutcome.OPEN)
    # Whether Contri took it when the contribution fell due, or the member asked for it.
    is_automatic = models.BooleanField(default=False)
    submitted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        permissions = [("retry_cardpayment", "Can have it asked again what became of a stuck card payment")]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(amount_kobo__gt=0), name="card_payment_positive"),
            models.UniqueConstraint(
                fields=["contribution"], condition=Q(outcome="open"), name="card_payment_one_at_a_time"
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            due_index("card_payment_due"),
            stuck_index("card_payment_stuck"),
        ]

    def __str__(self) -> str:
        return f"card payment for {self.contribution_id}"
