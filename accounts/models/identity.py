"""Checks of a BVN or NIN, each one a job at the identity provider."""

from typing import ClassVar

from django.conf import settings
from django.db import models

from contri.core.models import SealedField
from contri.core.work import QueuedWork, due_index, stuck_index


class IdType(models.TextChoices):
    """The numbers that Nigeria gives people."""

    BVN = "bvn"
    NIN = "nin"


class CheckStatus(models.TextChoices):
    """The verdict on a check; the row's `state` says only whether a worker still has something to do."""

    PENDING = "pending"
    REVIEW = "review"
    APPROVED = "approved"
    REJECTED = "rejected"


# A number is somebody's while it is being checked and once it is proved. One that waits for staff is not: else typing
# another person's number would keep them out for as long as the queue is long.
CLAIMING = (CheckStatus.PENDING, CheckStatus.APPROVED)


class IdentityCheckRows(models.QuerySet["IdentityCheck"]):
    """Checks, by what is asked of them."""

    def claiming(self, id_type: str, number_hash: bytes) -> "IdentityCheckRows":
        """Those that make this number somebody's."""
        return self.filter(id_type=id_type, number_hash=number_hash, status__in=CLAIMING)


class IdentityCheck(QueuedWork):
    """One try of one person to prove one number."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="identity_checks")
    id_type = models.CharField(max_length=3, choices=IdType)
    status = models.CharField(max_length=10, choices=CheckStatus, default=CheckStatus.PENDING)
    # The provider knows the job by this name; a repeat is refused there, so it is what makes submitting safe to repeat.
    job_id = models.CharField(max_length=60)
    submitted_at = models.DateTimeField(null=True, blank=True)
    number_hash = models.BinaryField(max_length=32, null=True)
    # Encrypted. The number stays while the proof does; name and date of birth go as soon as there is a verdict.
    number = SealedField(null=True)
    details = SealedField(null=True)
    result_code = models.CharField(max_length=10, blank=True)
    result_text = models.CharField(max_length=200, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)

    objects = IdentityCheckRows.as_manager()

    # About a day of asking, with pauses of up to half an hour.
    attempt_cap: ClassVar[int] = 60

    class Meta:
        permissions = [("review_identity_check", "Can decide on identity checks")]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["job_id"], name="identity_check_job_id_unique"),
            models.UniqueConstraint(
                fields=["id_type", "number_hash"],
                condition=models.Q(status__in=CLAIMING),
                name="identity_number_is_one_persons",
            ),
            models.UniqueConstraint(
                fields=["user", "id_type"],
                condition=models.Q(status__in=CLAIMING),
                name="identity_check_one_at_a_time",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            due_index("identity_check_due"),
            stuck_index("identity_check_stuck"),
            models.Index(
                fields=["created_at"], name="identity_check_review", condition=models.Q(status=CheckStatus.REVIEW)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.id_type} check {self.job_id}"
