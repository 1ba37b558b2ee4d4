"""What phones got."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class PhonePush(models.Model):
    """A push that arrived on a phone, as FCM was asked to send it."""

    token = models.CharField(max_length=2048, db_index=True)
    title = models.CharField(max_length=1000)
    body = models.TextField()
    message = models.JSONField(default=dict)
    # A phone shows one of those that have the same one, the newest.
    collapse_key = models.CharField(max_length=200, default="")
    received_at = models.DateTimeField()

    objects: ClassVar[models.Manager[PhonePush]] = models.Manager()

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.title} (to {self.token[:12]}…)"
