"""A circle, its charter, and who has agreed to it."""

import json
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Upper

from contri.core.models import BaseModel, SealedField

MIN_SIZE = 2
MAX_SIZE = 100
MAX_GRACE_DAYS = 7
MIN_AUCTION_FLOOR = 50
MAX_BIDS_CLOSE_DAYS = 14


class CircleStatus(models.TextChoices):
    """Where a circle is in its life; README.md draws how it moves."""

    FORMING = "forming"
    SCHEDULED = "scheduled"
    ACTIVE = "active"
    PAUSED = "paused"
    DISSOLVING = "dissolving"
    DISSOLVED = "dissolved"
    COMPLETED = "completed"
    EXPIRED = "expired"
    CANCELLED = "cancelled"


RUNNING = (CircleStatus.SCHEDULED, CircleStatus.ACTIVE)
ENDED = (CircleStatus.CANCELLED, CircleStatus.EXPIRED, CircleStatus.COMPLETED, CircleStatus.DISSOLVED)
# Turns and dates are written, and there are payouts to come.
UNDER_WAY = (*RUNNING, CircleStatus.PAUSED)
UNFINISHED = (CircleStatus.FORMING, *UNDER_WAY, CircleStatus.DISSOLVING)


class Frequency(models.TextChoices):
    """How often the pot goes round."""

    DAILY = "daily"
    WEEKLY = "weekly"
    BIWEEKLY = "biweekly"
    MONTHLY = "monthly"


class PayoutOrder(models.TextChoices):
    """How turns are given out when the circle is locked."""

    JOIN_ORDER = "join_order"
    HOST_ASSIGNED = "host_assigned"
    RANDOM = "random"
    RELIABILITY = "reliability"
    AUCTION = "auction"


class ShortfallPolicy(models.TextChoices):
    """What happens on payday when not everything has been paid."""

    PAY_COLLECTED = "pay_collected"
    WAIT_FULL = "wait_full"


class FeeGoesTo(models.TextChoices):
    """Whose the late fees are: the members', by way of the reserve, or Contri's."""

    RESERVE = "reserve"
    CONTRI = "contri"


class TakenAt(models.TextChoices):
    """When members leave their deposit and their share of the reserve with the circle."""

    JOINING = "joining"
    LOCKING = "locking"


class PauseCause(models.TextChoices):
    """Who stopped the clocks, and so who may set them going again."""

    HOST = "host"
    STAFF = "staff"
    VOTE = "vote"


class Circle(BaseModel):
    """A group that pays the same amount every cycle and hands the pot round.

    The rule columns are those of the charter in force; they change only while the circle is forming, and each change
    writes a new CharterVersion.
    """

    name = models.CharField(max_length=80)
    host = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="hosted_circles")
    status = models.CharField(max_length=12, choices=CircleStatus, default=CircleStatus.FORMING)
    invite_code = models.CharField(max_length=12, unique=True)
    # An invite that leaks: it can be replaced, run out, or be good for so many people only. NULL is without limit.
    invite_expires_at = models.DateTimeField(null=True, blank=True)
    invite_uses_left = models.PositiveSmallIntegerField(null=True, blank=True)
    charter_number = models.PositiveIntegerField(default=1)

    amount_kobo = models.BigIntegerField()
    frequency = models.CharField(max_length=10, choices=Frequency)
    cycle_start_date = models.DateField()
    size = models.PositiveSmallIntegerField()
    payout_order = models.CharField(max_length=16, choices=PayoutOrder, default=PayoutOrder.JOIN_ORDER)
    shortfall_policy = models.CharField(max_length=16, choices=ShortfallPolicy, default=ShortfallPolicy.PAY_COLLECTED)
    grace_days = models.PositiveSmallIntegerField(default=2)
    # Africa/Lagos; a rule like any other, so that a changed setting moves no date of a circle that exists.
    due_time = models.TimeField()
    needs_approval = models.BooleanField(default=False)
    # What a contribution that is late costs, once.
    late_fee_kobo = models.BigIntegerField(default=0)
    late_fee_to = models.CharField(max_length=8, choices=FeeGoesTo, default=FeeGoesTo.RESERVE)
    # What each turn leaves with the circle until its end: as security for what its holder owes, and for everybody's.
    deposit_kobo = models.BigIntegerField(default=0)
    reserve_kobo = models.BigIntegerField(default=0)
    security_taken_at = models.CharField(max_length=8, choices=TakenAt, default=TakenAt.LOCKING)

    # An auction of turns: at least so many hundredths of a pot go to its recipient, and bids close so many days before
    # the first contribution is due.
    auction_floor_percent = models.PositiveSmallIntegerField(default=80)
    bids_close_days = models.PositiveSmallIntegerField(default=1)

    # Ids of memberships, first turn first; the host's word where the host assigns turns, empty elsewhere.
    assigned_order = models.JSONField(default=list, blank=True)
    # The draw (circles.draw): its seed, encrypted until the circle is locked, and what was published of it before.
    draw_commitment = models.CharField(max_length=64, blank=True)
    draw_sealed_seed = SealedField(null=True, blank=True)
    draw_seed = models.CharField(max_length=64, blank=True)

    # The start is put off once at most when others have joined: nobody is strung along.
    put_off_at = models.DateTimeField(null=True, blank=True)
    locked_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    paused_from = models.CharField(max_length=12, choices=CircleStatus, blank=True)
    # The completed circle that this one carries on; one to one, so that each goes on once.
    renews = models.OneToOneField("self", on_delete=models.PROTECT, null=True, blank=True, related_name="renewal")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(amount_kobo__gt=0), name="circle_amount_positive"),
            models.CheckConstraint(
                condition=Q(late_fee_kobo__gte=0, deposit_kobo__gte=0, reserve_kobo__gte=0),
                name="circle_security_not_negative",
            ),
            models.CheckConstraint(condition=Q(size__range=(MIN_SIZE, MAX_SIZE)), name="circle_size_in_range"),
            models.CheckConstraint(condition=Q(grace_days__lte=MAX_GRACE_DAYS), name="circle_grace_in_range"),
            models.CheckConstraint(
                condition=Q(auction_floor_percent__range=(MIN_AUCTION_FLOOR, 100)), name="circle_auction_floor_in_range"
            ),
            models.CheckConstraint(
                condition=Q(status="paused") ^ Q(paused_from=""), name="circle_paused_knows_where_from"
            ),
            models.CheckConstraint(
                condition=Q(draw_seed="") | Q(locked_at__isnull=False), name="circle_reveals_seed_once_locked"
            ),
            models.CheckConstraint(
                condition=Q(locked_at__isnull=False) | Q(status__in=["forming", "expired", "cancelled"]),
                name="circle_runs_only_once_locked",
            ),
        ]
        permissions = [
            ("steer_circle", "Can pause, resume and cancel circles"),
            ("dissolve_circle", "Can dissolve circles"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["host"], name="circle_by_host"),
            models.Index(Upper("name"), name="circle_by_name"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def pot_kobo(self) -> int:
        """What one payout is worth when everybody has paid."""
        return self.amount_kobo * self.size

    @property
    def most_bid_kobo(self) -> int:
        """The most that anybody may give up of their pot for an early turn."""
        return self.pot_kobo * (100 - self.auction_floor_percent) // 100

    @property
    def asks_security(self) -> bool:
        """Whether members leave a deposit or a share of the reserve with it."""
        return bool(self.deposit_kobo or self.reserve_kobo)

    @property
    def is_locked(self) -> bool:
        """Whether turns and dates are written, and no rule changes any more."""
        return self.locked_at is not None


class CharterVersion(BaseModel):
    """Every rule of a circle as its members agreed to it: canonical JSON and its hash, never changed."""

    circle = models.ForeignKey(Circle, on_delete=models.PROTECT, related_name="charters")
    number = models.PositiveIntegerField()
    document = models.TextField()
    sha256 = models.CharField(max_length=64)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["circle", "number"], name="charter_number_once_per_circle"),
        ]

    def __str__(self) -> str:
        return f"charter {self.number} of {self.circle_id}"

    @property
    def rules(self) -> dict[str, Any]:
        """The rules as data."""
        parsed: dict[str, Any] = json.loads(self.document)
        return parsed


class Pause(BaseModel):
    """A stretch of time in which a circle's clocks stood still."""

    circle = models.ForeignKey(Circle, on_delete=models.PROTECT, related_name="pauses")
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    shifted_days = models.PositiveIntegerField(default=0)
    cause = models.CharField(max_length=6, choices=PauseCause, default=PauseCause.HOST)
    reason = models.CharField(max_length=500)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["circle"], condition=Q(ended_at__isnull=True), name="pause_once_at_a_time"),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("started_at")), name="pause_ends_after_start"
            ),
        ]

    def __str__(self) -> str:
        return f"pause of {self.circle_id}"
