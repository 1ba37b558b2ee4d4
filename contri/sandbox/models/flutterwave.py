"""What Flutterwave remembers of its one merchant. Amounts are kobo here, naira only where it speaks."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class FlutterwavePayment(models.Model):
    """Money coming in. Flutterwave knows of no transaction (`status` empty) until somebody has tried to pay."""

    id = models.BigAutoField(primary_key=True)
    tx_ref = models.CharField(max_length=200, unique=True)
    code = models.CharField(max_length=40, unique=True)
    email = models.EmailField(max_length=254)
    amount = models.BigIntegerField()
    currency = models.CharField(max_length=3, default="NGN")
    redirect_url = models.CharField(max_length=2000, default="")
    status = models.CharField(max_length=20, default="")
    processor_response = models.CharField(max_length=200, default="")
    card_number_ends = models.CharField(max_length=10, default="")
    brand = models.CharField(max_length=20, default="")
    token = models.CharField(max_length=60, default="", db_index=True)
    created_at = models.DateTimeField()

    objects: ClassVar[models.Manager[FlutterwavePayment]] = models.Manager()

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return str(self.tx_ref)


class FlutterwaveTransfer(models.Model):
    """Money going out: `NEW`, `PENDING`, then `SUCCESSFUL` or `FAILED`."""

    id = models.BigAutoField(primary_key=True)
    reference = models.CharField(max_length=200, unique=True)
    bank_code = models.CharField(max_length=10)
    account_number = models.CharField(max_length=10)
    full_name = models.CharField(max_length=200)
    amount = models.BigIntegerField()
    narration = models.CharField(max_length=400, default="")
    status = models.CharField(max_length=20, default="NEW")
    complete_message = models.CharField(max_length=200, default="")
    created_at = models.DateTimeField()
    ahead = models.JSONField(default=list)
    moves_at = models.DateTimeField(null=True, db_index=True)

    objects: ClassVar[models.Manager[FlutterwaveTransfer]] = models.Manager()

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return str(self.reference)
