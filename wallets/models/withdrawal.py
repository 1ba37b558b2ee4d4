"""Money on its way out."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from contri.core.work import BegunWork, due_index, stuck_index
from wallets.models.bank import BankAccount
from wallets.models.transaction import Transaction
from wallets.models.wallet import Wallet


class Withdrawal(BegunWork):
    """One payment to a person's bank. As a piece of work it is "have the provider pay it, and learn how it ended".

    The hold and the provider's reference are committed before the provider hears of it, and that reference is the only
    one ever sent: two answers for one withdrawal are the same payment seen twice.
    """

    class Status(models.TextChoices):
        """Forward only: requested → submitted → succeeded or failed; succeeded → reversed; either → paid_late."""

        REQUESTED = "requested"
        # Set before the call, so that a crash during it is followed by a question, not by a second call.
        SUBMITTED = "submitted"
        SUCCEEDED = "succeeded"
        FAILED = "failed"
        REVERSED = "reversed"
        # Given back on the provider's word, and then paid all the same: what its owner has twice, they owe.
        PAID_LATE = "paid_late"

    # Some four days of tries at half an hour apart; after that a person looks. The hold stays until somebody knows.
    attempt_cap: ClassVar[int] = 200

    transaction = models.OneToOneField(Transaction, on_delete=models.PROTECT, related_name="withdrawal")
    wallet = models.ForeignKey(Wallet, on_delete=models.PROTECT, related_name="withdrawals")
    bank_account = models.ForeignKey(BankAccount, on_delete=models.PROTECT, related_name="withdrawals")
    provider = models.CharField(max_length=20)
    reference = models.CharField(max_length=50, unique=True)
    amount_kobo = models.BigIntegerField()
    fee_kobo = models.BigIntegerField(default=0)
    status = models.CharField(max_length=9, choices=Status, default=Status.REQUESTED)
    failure = models.CharField(max_length=200, blank=True)
    provider_code = models.CharField(max_length=64, blank=True)
    provider_fee_kobo = models.BigIntegerField(null=True, blank=True)
    # The ledger transfers that hold the money, and those that paid it out.
    hold_ids = ArrayField(models.UUIDField(), default=list, editable=False)
    settle_ids = ArrayField(models.UUIDField(), default=list, editable=False)
    submitted_at = models.DateTimeField(null=True, blank=True)
    paid_at = models.DateTimeField(null=True, blank=True)
    concluded_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        permissions = [
            ("confirm_withdrawal", "Can give the provider the password that a withdrawal waits for"),
            ("retry_withdrawal", "Can have a stuck withdrawal tried again"),
            ("ask_release_withdrawal", "Can ask that a withdrawal's money be given back"),
            ("approve_release_withdrawal", "Can approve that a withdrawal's money is given back"),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(amount_kobo__gt=0), name="withdrawal_amount_positive"),
            models.CheckConstraint(condition=Q(fee_kobo__gte=0), name="withdrawal_fee_not_negative"),
        ]
        indexes: ClassVar[list[models.Index]] = [due_index("withdrawal_due"), stuck_index("withdrawal_stuck")]

    def __str__(self) -> str:
        return f"withdrawal {self.reference}"
