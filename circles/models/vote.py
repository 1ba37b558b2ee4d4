"""What members decide together: one question at a time, one ballot a person."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from circles.models.circle import Circle
from circles.models.membership import Membership
from contri.core.models import BaseModel

YES, NO = "yes", "no"


class VoteSubject(models.TextChoices):
    """What can be voted on; `services.motions` says who may ask, how many must agree, and what it does."""

    PAUSE = "pause"
    RESUME = "resume"
    REMOVAL = "removal"
    SUCCESSION = "succession"
    SHRINK = "shrink"
    DISSOLUTION = "dissolution"


class VoteStatus(models.TextChoices):
    """Where a vote stands. `lapsed`: time ran out; `overtaken`: what it was about is no more."""

    OPEN = "open"
    CARRIED = "carried"
    REJECTED = "rejected"
    LAPSED = "lapsed"
    OVERTAKEN = "overtaken"


class Vote(BaseModel):
    """One question to a circle. It is decided as soon as an option has `needed` ballots, or none can have them."""

    circle = models.ForeignKey(Circle, on_delete=models.PROTECT, related_name="votes")
    number = models.PositiveSmallIntegerField()
    subject = models.CharField(max_length=12, choices=VoteSubject)
    # Whom it is about, where it is about somebody.
    about = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    # "yes" and "no", or the ids of the memberships to choose between.
    options = models.JSONField()
    needed = models.PositiveSmallIntegerField()
    reason = models.CharField(max_length=500, blank=True)
    status = models.CharField(max_length=9, choices=VoteStatus, default=VoteStatus.OPEN)
    outcome = models.CharField(max_length=36, blank=True)
    opened_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="votes_opened")
    opened_at = models.DateTimeField()
    closes_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["circle", "number"], name="vote_number_once_per_circle"),
            models.UniqueConstraint(
                fields=["circle", "subject"], condition=Q(status="open"), name="vote_once_open_per_subject"
            ),
            models.CheckConstraint(
                condition=Q(status="open") ^ Q(decided_at__isnull=False), name="vote_decided_knows_when"
            ),
            models.CheckConstraint(condition=Q(status="carried") ^ Q(outcome=""), name="vote_carried_has_outcome"),
            models.CheckConstraint(condition=Q(needed__gte=1), name="vote_needs_somebody"),
        ]

    def __str__(self) -> str:
        return f"vote {self.number} of {self.circle_id}: {self.subject}"


class Ballot(BaseModel):
    """One person's say in one vote: there from the beginning, so that who may vote is settled when it is opened."""

    vote = models.ForeignKey(Vote, on_delete=models.PROTECT, related_name="ballots")
    membership = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="ballots")
    choice = models.CharField(max_length=36, blank=True)
    cast_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["vote", "membership"], name="ballot_once_per_person"),
            models.CheckConstraint(condition=Q(choice="") ^ Q(cast_at__isnull=False), name="ballot_cast_knows_when"),
        ]

    def __str__(self) -> str:
        # Not what it says: ballots are secret, and this goes into the audit trail.
        return f"ballot of {self.membership_id} in {self.vote_id}"
