"""What Smile ID remembers."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class SmileJob(models.Model):
    """One identity check. `result` is decided at once and shown when `completes_at` has come."""

    id = models.BigAutoField(primary_key=True)
    # Given by the partner and unique for them: a repeat is refused.
    job_id = models.CharField(max_length=200, unique=True)
    user_id = models.CharField(max_length=200)
    partner_params = models.JSONField()
    result = models.JSONField()
    callback_url = models.CharField(max_length=2000, default="")
    is_complete = models.BooleanField(default=False)
    completes_at = models.DateTimeField(db_index=True)

    objects: ClassVar[models.Manager[SmileJob]] = models.Manager()

    def __str__(self) -> str:
        return self.smile_job_id

    @property
    def smile_job_id(self) -> str:
        """Smile ID's own number of the job, padded as theirs are."""
        return f"{self.id:010d}"
