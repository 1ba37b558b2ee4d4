"""What Paystack remembers of its one merchant. Amounts and fees are integers in kobo."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class Customer(models.Model):
    """A payer, known by email address."""

    email = models.EmailField(max_length=254, unique=True)
    first_name = models.CharField(max_length=100, default="")
    last_name = models.CharField(max_length=100, default="")
    phone = models.CharField(max_length=32, default="")
    customer_code = models.CharField(max_length=32, unique=True)

    objects: ClassVar[models.Manager[Customer]] = models.Manager()

    def __str__(self) -> str:
        return str(self.email)


class Authorization(models.Model):
    """A card after a payment that went through. The number itself is never kept, only what Paystack shows of it."""

    authorization_code = models.CharField(max_length=40, unique=True)
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE)
    # The same for the same card number, whoever pays with it.
    signature = models.CharField(max_length=40)
    bin = models.CharField(max_length=6)
    last4 = models.CharField(max_length=4)
    brand = models.CharField(max_length=20)
    reusable = models.BooleanField(default=True)
    # How the card answers when the merchant charges it by itself, and when money is sent back to it: see cards.py.
    later_charge = models.CharField(max_length=40, default="success")
    refund_outcome = models.CharField(max_length=20, default="processed")

    objects: ClassVar[models.Manager[Authorization]] = models.Manager()

    def __str__(self) -> str:
        return str(self.authorization_code)


class Transaction(models.Model):
    """Money coming in: `abandoned` until somebody pays, then `success`, `failed`, `processing` or `ongoing`."""

    id = models.BigAutoField(primary_key=True)
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE)
    authorization = models.ForeignKey(Authorization, on_delete=models.SET_NULL, null=True)
    reference = models.CharField(max_length=200, unique=True)
    access_code = models.CharField(max_length=40, unique=True)
    status = models.CharField(max_length=20, default="abandoned")
    amount = models.BigIntegerField()
    requested_amount = models.BigIntegerField()
    currency = models.CharField(max_length=3, default="NGN")
    fees = models.BigIntegerField(null=True)
    gateway_response = models.CharField(max_length=120, default="The transaction was not completed")
    message = models.CharField(max_length=200, default="")
    metadata = models.JSONField(null=True)
    callback_url = models.CharField(max_length=2000, default="")
    ip_address = models.CharField(max_length=45, default="127.0.0.1")
    entry_point = models.CharField(max_length=40, default="transaction_initialize")
    attempts = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField()
    paid_at = models.DateTimeField(null=True)
    # Statuses still to come, first one first, and when.
    ahead = models.JSONField(default=list)
    moves_at = models.DateTimeField(null=True, db_index=True)

    objects: ClassVar[models.Manager[Transaction]] = models.Manager()

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return str(self.reference)


class Refund(models.Model):
    """Money going back to a card: `pending`, `processing`, then `processed`, `failed` or `needs-attention`."""

    id = models.BigAutoField(primary_key=True)
    transaction = models.ForeignKey(Transaction, on_delete=models.CASCADE, related_name="refunds")
    amount = models.BigIntegerField()
    currency = models.CharField(max_length=3, default="NGN")
    status = models.CharField(max_length=20, default="pending")
    customer_note = models.CharField(max_length=400)
    merchant_note = models.CharField(max_length=400)
    refund_reference = models.CharField(max_length=40)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    ahead = models.JSONField(default=list)
    moves_at = models.DateTimeField(null=True, db_index=True)

    objects: ClassVar[models.Manager[Refund]] = models.Manager()

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"refund {self.id} of {self.transaction}"


class Dispute(models.Model):
    """A payment that its payer wants back from their bank: `awaiting-merchant-feedback` until it is `resolved`."""

    id = models.BigAutoField(primary_key=True)
    transaction = models.ForeignKey(Transaction, on_delete=models.CASCADE, related_name="disputes")
    refund_amount = models.BigIntegerField()
    status = models.CharField(max_length=40, default="awaiting-merchant-feedback")
    resolution = models.CharField(max_length=40, default="")
    # What the merchant said to it: the text, the facts about the customer, and the name of the file that was uploaded.
    message = models.TextField(default="")
    evidence = models.JSONField(null=True)
    attachment = models.CharField(max_length=60, default="")
    due_at = models.DateTimeField()
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    resolved_at = models.DateTimeField(null=True)

    objects: ClassVar[models.Manager[Dispute]] = models.Manager()

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"dispute {self.id} about {self.transaction}"


class DisputeFile(models.Model):
    """A place for a file about a dispute; `content` once somebody has put it there."""

    name = models.CharField(max_length=60, primary_key=True)
    dispute = models.ForeignKey(Dispute, on_delete=models.CASCADE, related_name="files")
    content = models.BinaryField(null=True)

    objects: ClassVar[models.Manager[DisputeFile]] = models.Manager()

    def __str__(self) -> str:
        return self.name


class BankAccount(models.Model):
    """A bank account whose holder's name somebody registered; every other number gets a made-up name."""

    bank_code = models.CharField(max_length=10)
    account_number = models.CharField(max_length=10)
    account_name = models.CharField(max_length=200)

    objects: ClassVar[models.Manager[BankAccount]] = models.Manager()

    class Meta:
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["bank_code", "account_number"], name="one_holder_an_account")]

    def __str__(self) -> str:
        return f"{self.account_name} ({self.bank_code} {self.account_number})"


class Recipient(models.Model):
    """Somebody whom the merchant may send money to."""

    id = models.BigAutoField(primary_key=True)
    recipient_code = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=200)
    account_number = models.CharField(max_length=10)
    account_name = models.CharField(max_length=200)
    bank_code = models.CharField(max_length=10)
    metadata = models.JSONField(null=True)
    created_at = models.DateTimeField()

    objects: ClassVar[models.Manager[Recipient]] = models.Manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["bank_code", "account_number"], name="one_recipient_an_account")]

    def __str__(self) -> str:
        return str(self.recipient_code)


class Transfer(models.Model):
    """Money going out: `pending` or `otp`, then a final status; `success` may still become `reversed`."""

    id = models.BigAutoField(primary_key=True)
    recipient = models.ForeignKey(Recipient, on_delete=models.CASCADE)
    reference = models.CharField(max_length=50, unique=True)
    transfer_code = models.CharField(max_length=40, unique=True)
    amount = models.BigIntegerField()
    fee_charged = models.BigIntegerField()
    currency = models.CharField(max_length=3, default="NGN")
    reason = models.CharField(max_length=400, default="")
    status = models.CharField(max_length=20, default="pending")
    session_id = models.CharField(max_length=40, default="")
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    ahead = models.JSONField(default=list)
    moves_at = models.DateTimeField(null=True, db_index=True)

    objects: ClassVar[models.Manager[Transfer]] = models.Manager()

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return str(self.reference)
