"""What a person's record in circles says: facts that were written down, never an opinion.

A mark is a contribution that was late, or that somebody's deposit had to pay. What a provider, Contri or a death caused
never becomes one (services.acts), and one that staff excused after an appeal counts no more. Marks heal: who keeps as
many promises of at least that size afterwards is as good as if there had been none. What is still owed does not heal.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import (
    Case,
    Count,
    Exists,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    TextChoices,
    Value,
    When,
)
from django.db.models.functions import Coalesce

from accounts.models import User
from circles.models import (
    AppealStatus,
    Contribution,
    ContributionStatus,
    CycleStatus,
    MembershipStatus,
    SecurityKind,
    SecurityMovement,
    Source,
)

FULL_SCORE = 100


class Fact(TextChoices):
    """What a contribution that fell due says about who owed it."""

    ON_TIME = "on_time"
    CURED = "cured"
    LATE = "late"
    DEFAULTED = "defaulted"


class Why(TextChoices):
    """Why a mark stands on a record."""

    PAID_FROM_DEPOSIT = "paid_from_deposit"
    WRITTEN_OFF = "written_off"
    STOPPED_AFTER_POT = "stopped_after_pot"
    PAID_LATE = "paid_late"
    UNPAID = "unpaid"


FACT_OF = {
    Why.PAID_FROM_DEPOSIT: Fact.DEFAULTED,
    Why.WRITTEN_OFF: Fact.DEFAULTED,
    Why.STOPPED_AFTER_POT: Fact.DEFAULTED,
    Why.PAID_LATE: Fact.CURED,
    Why.UNPAID: Fact.LATE,
}
# So many contributions in time, each at least as large, heal a mark: a year of monthly ones, or three.
HEALED_AFTER = {Fact.CURED: 12, Fact.DEFAULTED: 36}


@dataclass(frozen=True, slots=True)
class Record:
    """Contributions that fell due: paid in time; late and made good; still owed; paid by others. And marks healed."""

    on_time: int = 0
    cured: int = 0
    late: int = 0
    defaulted: int = 0
    healed: int = 0

    @property
    def score(self) -> int | None:
        """Of a hundred: in time counts whole, late and made good counts half. None without a history."""
        total = self.on_time + self.cured + self.late + self.defaulted
        return (2 * self.on_time + self.cured) * FULL_SCORE // (2 * total) if total else None


@dataclass(frozen=True, slots=True)
class Mark:
    """One mark on somebody's record; the contribution comes with its cycle, circle and appeal."""

    contribution: Contribution
    why: Why
    is_healed: bool

    @property
    def fact(self) -> Fact:
        """What it counts as."""
        return FACT_OF[self.why]

    @property
    def is_excused(self) -> bool:
        """Whether staff have found that it was not the member's fault."""
        appeal = getattr(self.contribution, "appeal", None)
        return appeal is not None and appeal.status == AppealStatus.GRANTED


@dataclass(frozen=True, slots=True)
class OwnRecord:
    """A person's record with every mark behind it."""

    record: Record
    marks: list[Mark]


def own_record(user: User, *, at: datetime) -> OwnRecord:
    """What a person sees of their own record."""
    return OwnRecord(records_of([user.pk], at=at)[user.pk], marks_on([user.pk], at=at))


def records_of(user_ids: Iterable[UUID], *, at: datetime) -> dict[UUID, Record]:
    """The records of several people up to `at`, in two queries."""
    people = list(user_ids)
    in_time = _in_time(at).filter(membership__user_id__in=people).values("membership__user_id")
    on_time = dict(in_time.annotate(number=Count("pk")).values_list("membership__user_id", "number"))
    counts: defaultdict[UUID, Counter[str]] = defaultdict(Counter)
    for mark in marks_on(people, at=at):
        if not mark.is_excused:
            counts[mark.contribution.membership.user_id]["healed" if mark.is_healed else mark.fact] += 1
    return {user_id: Record(on_time=on_time.get(user_id, 0), **counts[user_id]) for user_id in people}


def marks_on(user_ids: Iterable[UUID], *, at: datetime) -> list[Mark]:
    """Every mark on these people's records, the latest first; those included that are healed or excused."""
    since = _in_time(at).filter(
        membership__user=OuterRef("membership__user"),
        due_at__gt=OuterRef("due_at"),
        amount_kobo__gte=OuterRef("amount_kobo"),
    )
    kept = since.values("membership__user").annotate(number=Count("pk")).values("number")
    rows = (
        marked()
        .filter(membership__user_id__in=list(user_ids))
        .annotate(why=_why(), kept_since=Coalesce(Subquery(kept), 0, output_field=IntegerField()))
        .select_related("cycle__circle", "membership", "appeal")
        .order_by("-due_at", "-pk")
    )
    return [Mark(row, Why(row.why), row.kept_since >= HEALED_AFTER.get(FACT_OF[Why(row.why)], _NEVER)) for row in rows]


def marked() -> QuerySet[Contribution]:
    """Contributions that stand on somebody's record as a mark. The dead keep none, nor does what was given back."""
    was_missed = Q(late_at__isnull=False) | Q(source=Source.DEPOSIT)
    standing = Contribution.objects.filter(was_missed).exclude(status=ContributionStatus.REFUNDED)
    return standing.exclude(membership__status=MembershipStatus.DECEASED)


def _in_time(at: datetime) -> QuerySet[Contribution]:
    """What was paid before it was late, and has fallen due."""
    # A circle that was played ahead of the clock has had paydays that are still to come.
    after_payday = Q(cycle__status__in=(CycleStatus.SHORT, CycleStatus.PAID, CycleStatus.CLOSED))
    paid = Contribution.objects.filter(status=ContributionStatus.PAID, late_at=None).exclude(source=Source.DEPOSIT)
    return paid.filter(Q(due_at__lte=at) | after_payday)


def _why() -> Case:
    from_deposit = SecurityMovement.objects.filter(kind=SecurityKind.DEPOSIT_USED, contribution=OuterRef("pk"))
    has_run_away = Q(status=ContributionStatus.LATE, membership__accelerated_at__isnull=False)
    return Case(
        When(Exists(from_deposit), then=Value(Why.PAID_FROM_DEPOSIT)),
        When(status=ContributionStatus.WAIVED, then=Value(Why.WRITTEN_OFF)),
        When(has_run_away, then=Value(Why.STOPPED_AFTER_POT)),
        When(status=ContributionStatus.PAID, then=Value(Why.PAID_LATE)),
        default=Value(Why.UNPAID),
    )


_NEVER = 2**31
