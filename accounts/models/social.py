"""A Google or Apple account that signs somebody in."""

from typing import ClassVar

from django.conf import settings
from django.db import models

from contri.core.models import BaseModel


class SocialProvider(models.TextChoices):
    """Who vouches."""

    GOOGLE = "google"
    APPLE = "apple"


class SocialIdentity(BaseModel):
    """One account at one provider, known by the provider's `sub`: its address may change hands, its `sub` does not."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="social_identities")
    provider = models.CharField(max_length=6, choices=SocialProvider)
    subject = models.CharField(max_length=255)
    # What the provider last said; for people to recognise the account by, never to find a user by.
    email = models.CharField(max_length=254, blank=True)
    last_used_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "social identities"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["provider", "subject"], name="social_identity_signs_one_user_in"),
            models.UniqueConstraint(fields=["user", "provider"], name="social_identity_one_per_provider"),
        ]

    def __str__(self) -> str:
        return f"{self.provider} account of {self.user_id}"
