"""A device that is logged in: one family of refresh tokens, of which only the newest is good."""

from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.db import models

from contri.core.models import BaseModel


class Session(BaseModel):
    """One log-in on one device, until it is ended, expires, or a used refresh token turns up again."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="sessions")
    user_agent = models.CharField(max_length=300, blank=True)
    address = models.CharField(max_length=45, blank=True)
    last_used_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    end_reason = models.CharField(max_length=20, blank=True)
    # On a device that the owner was not seen with before no withdrawal is asked for before this moment.
    cooling_off_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["user"], name="session_open_by_user", condition=models.Q(ended_at=None)),
        ]

    def __str__(self) -> str:
        return f"session {self.pk}"

    def is_open(self, at: datetime) -> bool:
        """Whether its tokens are good at `at`."""
        return self.ended_at is None and at < self.expires_at


class RefreshUse(models.Model):
    """A refresh token that has been traded in. Only a keyed hash is kept: the table is worth nothing to a thief."""

    id = models.BigAutoField(primary_key=True)
    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="uses")
    token_hash = models.BinaryField(max_length=32)
    used_at = models.DateTimeField()
    address = models.CharField(max_length=45, blank=True)
    user_agent = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["token_hash"], name="refresh_token_used_once"),
        ]

    def __str__(self) -> str:
        return f"refresh of session {self.session_id}"
