"""What a circle will do by itself, and when: one row an act, so that each happens exactly once."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from circles.models.circle import Circle
from circles.models.cycle import Cycle
from contri.core.models import BaseModel


class ActKind(models.IntegerChoices):
    """What is to be done. The numbers are the order of acts that fall on the same moment."""

    WARN = 3
    EXPIRE = 5
    CLOSE_VOTE = 7
    OPEN_CYCLE = 10
    REMIND = 20
    COLLECT = 30
    MARK_LATE = 40
    PAY_OUT = 50
    SETTLE = 60


class ActState(models.TextChoices):
    """Whether an act is still to come. Acts of a paused circle are `stopped`; those overtaken by events `dropped`."""

    PENDING = "pending"
    STOPPED = "stopped"
    DONE = "done"
    DROPPED = "dropped"


class ScheduledAct(BaseModel):
    """One act of one circle. `due_at` is the promise; `next_try_at` is later after a failure."""

    circle = models.ForeignKey(Circle, on_delete=models.PROTECT, related_name="acts")
    cycle = models.ForeignKey(Cycle, on_delete=models.PROTECT, null=True, blank=True, related_name="acts")
    kind = models.PositiveSmallIntegerField(choices=ActKind)
    number = models.PositiveSmallIntegerField(default=0)
    state = models.CharField(max_length=8, choices=ActState, default=ActState.PENDING)
    due_at = models.DateTimeField()
    next_try_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveIntegerField(default=0)
    last_error = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["circle", "kind", "cycle", "number"], nulls_distinct=False, name="act_once"
            ),
            models.CheckConstraint(condition=Q(state="done") ^ Q(done_at__isnull=True), name="act_done_knows_when"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            # What an idle tick reads: empty of everything that is done, whatever the number of circles.
            models.Index(fields=["next_try_at", "kind", "id"], name="act_due", condition=Q(state="pending")),
            models.Index(fields=["circle", "due_at", "kind"], name="act_of_circle", condition=Q(state="pending")),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.number} of {self.circle_id}"
