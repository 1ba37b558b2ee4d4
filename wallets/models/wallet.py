"""A person's wallet: whose it is. What is in it is the ledger's word, kept on the ledger account it names."""

from typing import ClassVar

from django.conf import settings
from django.db import models

from contri.core.models import BaseModel
from contri.core.money import CURRENCY


class Wallet(BaseModel):
    """One wallet a person and currency. Holds no amount: see the ledger accounts whose owner it is."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="wallets")
    currency = models.CharField(max_length=3, default=CURRENCY)
    # Whether its owner owes Contri after a chargeback: nothing goes out until that is paid. How much is the ledger's
    # word; this is read with the lock that every movement takes anyway.
    is_owing = models.BooleanField(default=False)

    class Meta:
        permissions = [
            ("ask_write_off_owed", "Can ask that what somebody owes Contri be written off"),
            ("approve_write_off_owed", "Can approve that what somebody owes Contri is written off"),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["user", "currency"], name="wallet_once_per_user_and_currency"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["created_at"], name="wallet_owing", condition=models.Q(is_owing=True)),
        ]

    def __str__(self) -> str:
        return f"wallet {self.pk}"
