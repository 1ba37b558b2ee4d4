"""Whom a person wants to have what is theirs in circles when they have died."""

from typing import ClassVar

from django.conf import settings
from django.db import models

from contri.core.models import BaseModel


class Nominee(BaseModel):
    """One a person. The address is what their account is found by; they need none before."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="nominee")
    full_name = models.CharField(max_length=120)
    relationship = models.CharField(max_length=60)
    email = models.EmailField()

    class Meta:
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["email"], name="nominee_by_address")]

    def __str__(self) -> str:
        return f"nominee of {self.user_id}"
