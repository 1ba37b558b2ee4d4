"""Banks, and people's accounts at them."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from contri.core.models import BaseModel, SealedField


class Bank(models.Model):
    """One entry of the provider's directory. `code` is a text: 035A, 50211 and 999992 exist beside 058."""

    code = models.CharField(max_length=12, primary_key=True)
    name = models.CharField(max_length=120)
    slug = models.CharField(max_length=120)
    synced_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar[list[str]] = ["name", "code"]

    def __str__(self) -> str:
        return self.name


class BankAccount(BaseModel):
    """A person's own bank account, the only kind of place a withdrawal can go.

    The number is encrypted; its keyed hash keeps one account from being linked twice. A removed account stays for the
    withdrawals that went to it.
    """

    class Status(models.TextChoices):
        """`pending`: the holder's name does not fit the person's, staff decide."""

        PENDING = "pending"
        VERIFIED = "verified"

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="bank_accounts")
    bank_code = models.CharField(max_length=12)
    bank_name = models.CharField(max_length=120)
    number_encrypted = SealedField(editable=False)
    number_hash = models.BinaryField(max_length=32, editable=False)
    number_last4 = models.CharField(max_length=4)
    account_name = models.CharField(max_length=200)
    status = models.CharField(max_length=8, choices=Status)
    is_primary = models.BooleanField(default=False)
    # Paystack's name for this account as a place to send money to; made when it is first needed.
    recipient_code = models.CharField(max_length=64, blank=True, editable=False)
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        permissions = [("confirm_bankaccount", "Can confirm that a bank account's name is its owner's")]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["user", "bank_code", "number_hash"],
                condition=Q(removed_at__isnull=True),
                name="bank_account_linked_once",
            ),
            models.UniqueConstraint(
                fields=["user"],
                condition=Q(is_primary=True, removed_at__isnull=True),
                name="bank_account_one_primary",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["created_at"],
                name="bank_account_to_confirm",
                condition=Q(status="pending", removed_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.bank_name} …{self.number_last4}"
