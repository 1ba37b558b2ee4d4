"""What lies between the pretend companies and their customer: mails, webhooks on their way, faults, a log of calls."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class Mail(models.Model):
    """A mail that arrived over SMTP, one row for each person it was sent to."""

    to = models.CharField(max_length=320, db_index=True)
    sender = models.CharField(max_length=320)
    subject = models.CharField(max_length=1000)
    text = models.TextField()
    html = models.TextField()
    links = models.JSONField(default=list)
    received_at = models.DateTimeField()

    objects: ClassVar[models.Manager[Mail]] = models.Manager()

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.subject} (to {self.to})"


class Delivery(models.Model):
    """A webhook: the exact bytes and headers, and how far it got.

    `waiting` for its next try, `delivered` (answered 200), `gave_up` after the last try, `lost` by a fault that was
    asked for, or `undelivered` where the sandbox was told no address to deliver to.
    """

    id = models.BigAutoField(primary_key=True)
    provider = models.CharField(max_length=20)
    event = models.CharField(max_length=60)
    url = models.CharField(max_length=2000)
    headers = models.JSONField(default=dict)
    body = models.TextField()
    state = models.CharField(max_length=12, default="waiting")
    attempts = models.PositiveIntegerField(default=0)
    last_status = models.PositiveIntegerField(null=True)
    last_error = models.CharField(max_length=200, default="")
    created_at = models.DateTimeField()
    due_at = models.DateTimeField(db_index=True)

    objects: ClassVar[models.Manager[Delivery]] = models.Manager()

    class Meta:
        ordering = ["due_at", "id"]

    def __str__(self) -> str:
        return f"{self.provider} {self.event} #{self.id}"


class Fault(models.Model):
    """Something that will go wrong the next `remaining` times that `operation` (a pattern) happens."""

    operation = models.CharField(max_length=100)
    kind = models.CharField(max_length=30)
    # Empty: any reference.
    reference = models.CharField(max_length=200, default="")
    remaining = models.PositiveIntegerField(default=1)
    delay_ms = models.PositiveIntegerField(null=True)
    # Kobo; for the kind `other_amount` only.
    amount = models.BigIntegerField(null=True)
    requested_amount = models.BigIntegerField(null=True)
    created_at = models.DateTimeField()

    objects: ClassVar[models.Manager[Fault]] = models.Manager()

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.kind} on {self.operation}"


class Activity(models.Model):
    """One call that a pretend company got. No bodies: they hold personal data."""

    operation = models.CharField(max_length=60)
    method = models.CharField(max_length=10)
    path = models.CharField(max_length=300)
    reference = models.CharField(max_length=200, default="")
    # Null where the caller got no answer.
    status = models.PositiveIntegerField(null=True)
    milliseconds = models.PositiveIntegerField()
    fault = models.CharField(max_length=30, default="")
    happened_at = models.DateTimeField()

    objects: ClassVar[models.Manager[Activity]] = models.Manager()

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.method} {self.path}"
