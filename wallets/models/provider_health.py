"""Whether a provider answers: what new payouts are routed by."""

from django.db import models


class ProviderHealth(models.Model):
    """How long a provider has not answered us about payouts. No row, or no `away_since`: it answers."""

    provider = models.CharField(max_length=20, primary_key=True)
    away_since = models.DateTimeField(null=True, blank=True)
    last_away_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.provider}: {'away' if self.away_since else 'answers'}"
