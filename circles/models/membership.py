"""Who is in a circle, and whose turn is when."""

from typing import ClassVar
from uuid import UUID

from django.conf import settings
from django.db import models
from django.db.models import Q

from circles.models.circle import CharterVersion, Circle
from contri.core.models import BaseModel


class Role(models.TextChoices):
    """What a member may do beyond paying and being paid."""

    HOST = "host"
    COHOST = "cohost"
    MEMBER = "member"


class MembershipStatus(models.TextChoices):
    """Whether a person is in the circle."""

    PENDING = "pending"
    ACTIVE = "active"
    LEFT = "left"
    REMOVED = "removed"
    REPLACED = "replaced"
    DECEASED = "deceased"


PRESENT = (MembershipStatus.PENDING, MembershipStatus.ACTIVE)


class Membership(BaseModel):
    """One person in one circle, holding one or more turns (`hands`)."""

    circle = models.ForeignKey(Circle, on_delete=models.PROTECT, related_name="memberships")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=8, choices=Role, default=Role.MEMBER)
    status = models.CharField(max_length=8, choices=MembershipStatus)
    hands = models.PositiveSmallIntegerField(default=1)
    joined_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    # Since when everything they still owe is due: they have had the pot and stopped paying.
    accelerated_at = models.DateTimeField(null=True, blank=True)
    # Who receives what is due to a member who has died.
    payee = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["circle", "user"], name="membership_once_per_person"),
            models.UniqueConstraint(
                fields=["circle"], condition=Q(role="host", status="active"), name="membership_one_host_per_circle"
            ),
            models.UniqueConstraint(
                fields=["circle"], condition=Q(role="cohost", status="active"), name="membership_one_cohost_per_circle"
            ),
            models.CheckConstraint(condition=Q(hands__gte=1), name="membership_holds_a_hand"),
        ]
        permissions = [
            ("expel_member", "Can take members out of circles that run"),
            ("record_death", "Can record that a member has died"),
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["user", "status"], name="membership_by_person")]

    def __str__(self) -> str:
        return f"{self.user_id} in {self.circle_id}"

    @property
    def receiver_id(self) -> UUID:
        """Whose wallet gets what is due to this member: their own, or their nominee's once they have died."""
        return self.payee_id or self.user_id


class CharterAcceptance(BaseModel):
    """A member's yes to one version of the charter."""

    charter = models.ForeignKey(CharterVersion, on_delete=models.PROTECT, related_name="acceptances")
    membership = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="acceptances")
    accepted_at = models.DateTimeField()
    # A word of the member's own, mixed into the draw.
    nonce = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["charter", "membership"], name="charter_accepted_once"),
        ]

    def __str__(self) -> str:
        return f"{self.membership_id} accepted {self.charter_id}"


class Slot(BaseModel):
    """One turn to receive the pot. Written once, when the circle is locked."""

    circle = models.ForeignKey(Circle, on_delete=models.PROTECT, related_name="slots")
    position = models.PositiveSmallIntegerField()
    membership = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="slots")
    # What its pot gives up to the others, as its holder bid for it.
    discount_kobo = models.BigIntegerField(default=0)

    class Meta:
        ordering: ClassVar[list[str]] = ["position"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            # Deferred, so that two turns can change places.
            models.UniqueConstraint(
                fields=["circle", "position"],
                name="slot_position_once_per_circle",
                deferrable=models.Deferrable.DEFERRED,
            ),
            models.CheckConstraint(condition=Q(position__gte=1), name="slot_positions_start_at_one"),
            models.CheckConstraint(condition=Q(discount_kobo__gte=0), name="slot_discount_not_negative"),
        ]

    def __str__(self) -> str:
        return f"turn {self.position} of {self.circle_id}"


class SwapStatus(models.TextChoices):
    """Where an offer to change turns stands."""

    PROPOSED = "proposed"
    ACCEPTED = "accepted"
    OVERTAKEN = "overtaken"


class Swap(BaseModel):
    """An offer to change turns: the holder of `mine` asks the holder of `theirs`."""

    circle = models.ForeignKey(Circle, on_delete=models.PROTECT, related_name="swaps")
    mine = models.ForeignKey(Slot, on_delete=models.PROTECT, related_name="swaps_offered")
    theirs = models.ForeignKey(Slot, on_delete=models.PROTECT, related_name="swaps_asked")
    proposer = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="swaps_offered")
    partner = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="swaps_asked")
    # What the turns were when it was proposed; an accepted swap exchanged them.
    my_turn = models.PositiveSmallIntegerField()
    their_turn = models.PositiveSmallIntegerField()
    status = models.CharField(max_length=10, choices=SwapStatus, default=SwapStatus.PROPOSED)
    proposed_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["mine", "theirs"], condition=Q(status="proposed"), name="swap_proposed_once"
            ),
            models.CheckConstraint(
                condition=Q(status="accepted") ^ Q(accepted_at__isnull=True), name="swap_accepted_knows_when"
            ),
        ]

    def __str__(self) -> str:
        return f"turns {self.my_turn} and {self.their_turn} of {self.circle_id}"
