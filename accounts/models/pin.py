"""The PIN that guards money, and the short-lived tokens that show it was given."""

from typing import ClassVar

from django.conf import settings
from django.db import models

from accounts.models.session import Session
from contri.core.models import BaseModel


class PinPurpose(models.TextChoices):
    """What a PIN token may be spent on."""

    TRANSFER = "transfer"
    WITHDRAW = "withdraw"
    BANK_ACCOUNT = "bank_account"


class Pin(models.Model):
    """One person's PIN. Attempts are counted here, not in Redis: a lock must survive its flush."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, primary_key=True)
    # Argon2id over HMAC(pepper, user, pin); see accounts.pin_hashing.
    hash = models.CharField(max_length=200)
    changed_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    lockouts = models.PositiveSmallIntegerField(default=0)
    locked_until = models.DateTimeField(null=True, blank=True)
    # A mailed code that, with the password, sets another PIN. Counted like the PIN itself.
    reset_code_hash = models.BinaryField(max_length=32, null=True)
    reset_code_ends_at = models.DateTimeField(null=True, blank=True)
    reset_code_attempts = models.PositiveSmallIntegerField(default=0)
    # After a reset no withdrawal is asked for before this moment.
    cooling_off_until = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"PIN of {self.user_id}"


class PinToken(BaseModel):
    """Proof that the PIN was given a moment ago. Single use; only its hash is kept."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    # The device that the PIN was given on.
    session = models.ForeignKey(Session, on_delete=models.CASCADE, null=True, related_name="+")
    token_hash = models.BinaryField(max_length=32)
    # Empty: good for any one purpose.
    purpose = models.CharField(max_length=12, choices=PinPurpose, blank=True)
    expires_at = models.DateTimeField(db_index=True)
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["token_hash"], name="pin_token_hash_unique"),
        ]

    def __str__(self) -> str:
        return f"PIN token of {self.user_id}"
