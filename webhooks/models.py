"""The inbox: what providers told us, written down before anything is done about it."""

from typing import ClassVar

from django.db import models
from django.db.models.functions import Now

from contri.core import crypto
from contri.core.models import SealedField
from contri.core.work import QueuedWork, due_index, stuck_index


class Provider(models.TextChoices):
    """Who writes to us."""

    PAYSTACK = "paystack", "Paystack"
    FLUTTERWAVE = "flutterwave", "Flutterwave"
    SMILE_ID = "smileid", "Smile ID"


class InboundEvent(QueuedWork):
    """One event, however often it was delivered. Its signature held when it was kept.

    READY → DONE, or NEEDS_REVIEW when its verb failed too often; a replay makes it READY again.
    """

    # A provider or we ourselves may be unwell for a day: half an hour apart, sixty tries outlast it.
    attempt_cap: ClassVar[int] = 60

    provider = models.CharField(max_length=12, choices=Provider)
    event = models.CharField(max_length=80)
    # What makes two deliveries the same event; built in webhooks.parsing.
    dedupe_key = models.CharField(max_length=200)
    # The provider's and our common name for the thing that it is about, to search by.
    reference = models.CharField(max_length=100, blank=True)
    # Exactly what arrived: names, addresses, cards and identity numbers are in it, so it is encrypted, and forgotten
    # a month after it was dealt with. Nothing needs it by then: a replay goes by the reference.
    sealed_body = SealedField(null=True)
    signature = models.CharField(max_length=200)
    deliveries = models.PositiveIntegerField(default=1)
    # The verb that dealt with it; empty and done: we know no such event, or need nothing of it.
    handled_by = models.CharField(max_length=100, blank=True)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            due_index("inbound_event_due"),
            stuck_index("inbound_event_stuck"),
            models.Index(fields=["reference"], name="inbound_event_reference"),
            models.Index(fields=["-created_at"], name="inbound_event_newest_first"),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["provider", "dedupe_key"], name="inbound_event_once"),
        ]
        permissions = (
            ("view_raw_body", "Can read the raw body of an event"),
            ("replay_event", "Can have an event worked off again"),
        )

    def __str__(self) -> str:
        return f"{self.provider} {self.event} {self.reference}".strip()

    @property
    def body(self) -> str:
        """What arrived, readable; empty once it is forgotten."""
        return crypto.decrypt(bytes(self.sealed_body)) if self.sealed_body is not None else ""


class UsedSignature(models.Model):
    """A signature of Smile ID's that was accepted once, and the body it came with.

    Their signature covers a timestamp and no body: whoever saw one could sign anything with it while it is fresh.
    """

    signature_hash = models.BinaryField(max_length=32, primary_key=True)
    body_hash = models.BinaryField(max_length=32)
    used_at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["used_at"], name="used_signature_oldest")]

    def __str__(self) -> str:
        return f"used at {self.used_at}"


class WebhookRefusal(models.Model):
    """How many calls to a provider's webhook were turned away on one day (UTC): all that is kept of them."""

    provider = models.CharField(max_length=12, choices=Provider)
    day = models.DateField()
    count = models.PositiveIntegerField(default=1)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["provider", "day"], name="webhook_refusal_once_a_day"),
        ]

    def __str__(self) -> str:
        return f"{self.provider} {self.day}: {self.count}"
