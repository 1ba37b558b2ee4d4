"""Cards that may be charged again."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from contri.core.models import BaseModel, SealedField


class Card(BaseModel):
    """A card that paid once and was kept. What it is charged by is encrypted, and wiped when the card is removed.

    The provider's signature, hashed, is the same for the same plastic: one card stays one row, whoever it pays through.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="cards")
    provider = models.CharField(max_length=20)
    code_encrypted = SealedField(editable=False)
    signature_hash = models.BinaryField(max_length=32, editable=False)
    # The provider charges a card only for the address that it was first charged for.
    email = models.EmailField(max_length=254)
    last4 = models.CharField(max_length=4)
    brand = models.CharField(max_length=30)
    expiry_month = models.PositiveSmallIntegerField()
    expiry_year = models.PositiveSmallIntegerField()
    is_default = models.BooleanField(default=False)
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["user", "provider", "signature_hash"],
                condition=Q(removed_at__isnull=True),
                name="card_kept_once",
            ),
            models.UniqueConstraint(
                fields=["user"], condition=Q(is_default=True, removed_at__isnull=True), name="card_one_default"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.brand} …{self.last4}"
