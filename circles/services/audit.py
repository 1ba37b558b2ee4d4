"""Auditing: what must be true of every circle, checked against its own rows, its calendar and the ledger.

Each check is set-based and names the circle. Only the calendar is computed again circle by circle.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db.models import BigIntegerField, Case, Count, Exists, F, OuterRef, Q, QuerySet, Subquery, Sum, When
from django.db.models.functions import Abs, Coalesce, Least

from circles.calendar import plan_of
from circles.charter import canonical, hash_of, rules_of
from circles.models import (
    ENDED,
    RUNNING,
    UNPAID,
    ActState,
    CharterVersion,
    Circle,
    CircleStatus,
    Contribution,
    ContributionPayment,
    ContributionStatus,
    Cycle,
    CycleStatus,
    DiscountShare,
    DissolutionPayment,
    DissolutionShare,
    Handover,
    HandoverStatus,
    LateFee,
    MembershipStatus,
    Payout,
    PayoutPayment,
    Refund,
    SecurityKind,
    SecurityMovement,
)
from circles.security import FEES, INTO_DEPOSITS, INTO_POT, INTO_RESERVE, OUT_OF_DEPOSITS, OUT_OF_POT, OUT_OF_RESERVE
from circles.services.payday import HAD_PAYOUT
from circles.shares import collected_kobo
from wallets.models import Transaction
from wallets.queries import CircleBalance, circle_balances

CHUNK = 500

Kind = SecurityKind


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is not as it must be."""

    check: str
    circle: UUID
    finding: str


@dataclass(frozen=True, slots=True)
class Check:
    """One rule; `find` yields the circles that break it, and how."""

    name: str
    rule: str
    find: Callable[[], Iterable[tuple[UUID, str]]]


def audit_circles(on_check: Callable[[Check], None] = lambda check: None) -> list[Finding]:
    """Look for anything that must not be. An empty list means that everything holds."""
    findings: list[Finding] = []
    for check in CHECKS:
        findings += [Finding(check.name, circle, finding) for circle, finding in check.find()]
        on_check(check)
    return findings


def _pots() -> Iterator[tuple[UUID, str]]:
    settling = DissolutionPayment.objects.all()
    expected = _sums(ContributionPayment.objects.all(), "contribution__cycle__circle")
    expected.update(_sums(settling.filter(share__net_kobo__lt=0), "share__circle"))
    expected.update(_security(INTO_POT))
    expected.subtract(_sums(PayoutPayment.objects.all(), "payout__cycle__circle"))
    expected.subtract(_sums(DiscountShare.objects.all(), "payout__cycle__circle"))
    expected.subtract(_sums(Refund.objects.all(), "contribution__cycle__circle"))
    expected.subtract(_sums(settling.filter(share__net_kobo__gt=0), "share__circle"))
    expected.subtract(_security(OUT_OF_POT))
    yield from _compare("pot", expected, lambda held: held.pot_kobo)


def _deposits() -> Iterator[tuple[UUID, str]]:
    expected = _security(INTO_DEPOSITS)
    expected.subtract(_security(OUT_OF_DEPOSITS))
    yield from _compare("deposits", expected, lambda held: held.deposits_kobo)


def _reserves() -> Iterator[tuple[UUID, str]]:
    expected = _security(INTO_RESERVE)
    expected.update(_sums(SecurityMovement.objects.filter(kind__in=FEES, circle__late_fee_to="reserve"), "circle"))
    expected.subtract(_security(OUT_OF_RESERVE))
    yield from _compare("reserve", expected, lambda held: held.reserve_kobo)


def _over() -> Iterator[tuple[UUID, str]]:
    """A circle that is over holds nothing; what a dissolved one still owes shows in its shares."""
    over = Circle.objects.filter(status__in=ENDED).exclude(status=CircleStatus.DISSOLVED)
    for circle, held in _held(over):
        if held != CircleBalance():
            yield circle, f"it is over, and holds {held}"


def _compare(
    till: str, expected: Counter[UUID], amount_in: Callable[[CircleBalance], int]
) -> Iterator[tuple[UUID, str]]:
    for circle, held in _held(Circle.objects.all()):
        if amount_in(held) != expected[circle]:
            yield circle, f"the {till} holds {amount_in(held)} kobo, the circle's payments leave {expected[circle]}"


def _held(circles: QuerySet[Circle]) -> Iterator[tuple[UUID, CircleBalance]]:
    ids = list(circles.order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(ids), CHUNK):
        yield from circle_balances(ids[start : start + CHUNK]).items()


def _security(kinds: Iterable[SecurityKind]) -> Counter[UUID]:
    return _sums(SecurityMovement.objects.filter(kind__in=list(kinds)), "circle")


def _payments() -> Iterator[tuple[UUID, str]]:
    by_deposit = _total(SecurityMovement.objects.filter(kind=Kind.DEPOSIT_USED), "contribution")
    contributions = Contribution.objects.annotate(
        moved=_total(ContributionPayment.objects.all(), "contribution") + by_deposit
    )
    for row in contributions.exclude(paid_kobo=F("moved")).select_related("cycle"):
        yield row.cycle.circle_id, f"contribution {row.pk} says {row.paid_kobo} kobo are paid, {row.moved} were moved"
    payouts = Payout.objects.annotate(moved=_total(PayoutPayment.objects.all(), "payout"))
    for payout in payouts.exclude(paid_kobo=F("moved")).select_related("cycle"):
        yield payout.cycle.circle_id, f"payout {payout.pk} says {payout.paid_kobo} kobo, {payout.moved} were moved"


def _loans() -> Iterator[tuple[UUID, str]]:
    """What the reserve lent to pots and had back, and what was paid of late fees, is what was moved."""
    lent = _total(SecurityMovement.objects.filter(kind=Kind.RESERVE_LENT), "payout")
    repaid = _total(SecurityMovement.objects.filter(kind=Kind.RESERVE_REPAID), "payout")
    payouts = Payout.objects.annotate(lent_moved=lent, repaid_moved=repaid).select_related("cycle")
    for payout in payouts.exclude(lent_kobo=F("lent_moved"), repaid_kobo=F("repaid_moved")):
        yield payout.cycle.circle_id, f"payout {payout.pk} says {payout.lent_kobo} kobo lent, {payout.repaid_kobo} back"
    fees = LateFee.objects.annotate(moved=_total(SecurityMovement.objects.filter(kind__in=FEES), "fee"))
    for fee in fees.exclude(paid_kobo=F("moved")).select_related("membership"):
        yield fee.membership.circle_id, f"late fee {fee.pk} says {fee.paid_kobo} kobo are paid, {fee.moved} were moved"


def _payouts() -> Iterator[tuple[UUID, str]]:
    had = Q(status__in=HAD_PAYOUT)
    for cycle in Cycle.objects.filter(had ^ Q(payout__isnull=False)):
        yield cycle.circle_id, f"cycle {cycle.number} is {cycle.status}, which does not fit its payout"
    for cycle in Cycle.objects.filter(status=CycleStatus.CLOSED, contributions__status__in=UNPAID).distinct():
        yield cycle.circle_id, f"cycle {cycle.number} is closed and something is still owed to it"
    paid_in = Cycle.objects.filter(had).annotate(paid_in=collected_kobo("contributions__")).select_related("payout")
    had_more = F("paid_in") + F("payout__lent_kobo") - F("payout__repaid_kobo")
    shared = Subquery(
        DiscountShare.objects.filter(payout__cycle=OuterRef("pk"))
        .values("payout__cycle")
        .annotate(total=Sum("amount_kobo"))
        .values("total")
    )
    # What a recipient gave up is with the others once everybody has paid; until then it waits in the pot.
    is_theirs = Case(
        When(status=CycleStatus.CLOSED, then=had_more - Coalesce(shared, 0, output_field=BigIntegerField())),
        default=Least(had_more, F("payout__amount_kobo")),
        output_field=BigIntegerField(),
    )
    for cycle in paid_in.annotate(is_theirs=is_theirs).exclude(payout__paid_kobo=F("is_theirs")):
        yield cycle.circle_id, f"cycle {cycle.number} collected {cycle.paid_in} kobo, paid {cycle.payout.paid_kobo}"
    open_loans = Q(payout__repaid_kobo__lt=F("payout__lent_kobo"))
    # What was waived when somebody died is the reserve's loss.
    closed = Cycle.objects.filter(open_loans, status=CycleStatus.CLOSED)
    for cycle in closed.exclude(contributions__status=ContributionStatus.WAIVED):
        yield cycle.circle_id, f"cycle {cycle.number} is closed and owes the reserve"


def _dissolved() -> Iterator[tuple[UUID, str]]:
    shares = DissolutionShare.objects.annotate(moved=_total(DissolutionPayment.objects.all(), "share"))
    for share in shares.exclude(settled_kobo=F("moved")):
        yield share.circle_id, f"share {share.pk} says {share.settled_kobo} kobo are settled, {share.moved} were moved"
    over = DissolutionShare.objects.filter(circle__status=CircleStatus.DISSOLVED)
    for still_open in over.exclude(Q(net_kobo=F("settled_kobo")) | Q(net_kobo=-F("settled_kobo"))):
        yield still_open.circle_id, f"dissolved, but share {still_open.pk} is open"


def _completed() -> Iterator[tuple[UUID, str]]:
    unfinished = Cycle.objects.filter(circle__status=CircleStatus.COMPLETED).exclude(status=CycleStatus.CLOSED)
    for cycle in unfinished:
        yield cycle.circle_id, f"completed, but cycle {cycle.number} is {cycle.status}"
    waiting = Circle.objects.filter(status=CircleStatus.COMPLETED, acts__state=ActState.PENDING).distinct()
    yield from ((circle.pk, "completed, but something is still scheduled") for circle in waiting)


def _shape() -> Iterator[tuple[UUID, str]]:
    locked = Circle.objects.exclude(locked_at=None).annotate(
        slot_count=Count("slots", distinct=True), cycle_count=Count("cycles", distinct=True)
    )
    for circle in locked.exclude(slot_count=F("size"), cycle_count=F("size")):
        yield circle.pk, f"size {circle.size}, but {circle.slot_count} turns and {circle.cycle_count} cycles"
    cycles = Cycle.objects.annotate(
        share_count=Count("contributions"), expected=F("circle__size"), promised=Sum("contributions__amount_kobo")
    )
    for cycle in cycles.exclude(share_count=F("expected"), promised=F("expected") * F("circle__amount_kobo")):
        yield cycle.circle_id, f"cycle {cycle.number} has {cycle.share_count} contributions of {cycle.promised} kobo"


def _calendar() -> Iterator[tuple[UUID, str]]:
    for circle in Circle.objects.exclude(locked_at=None).prefetch_related("cycles").iterator(CHUNK):
        plan = plan_of(circle)
        for cycle in circle.cycles.all():
            if cycle.planned_due_at != plan.due_at(cycle.number):
                yield circle.pk, f"cycle {cycle.number} was to be due {plan.due_at(cycle.number)}"
            if cycle.due_at != cycle.planned_due_at + timedelta(days=cycle.delayed_days):
                yield circle.pk, f"cycle {cycle.number} is due {cycle.due_at}, its pauses explain another moment"
    moved = Contribution.objects.exclude(due_at=F("cycle__due_at")).select_related("cycle")
    yield from ((row.cycle.circle_id, f"contribution {row.pk} is not due with its cycle") for row in moved)


def _charters() -> Iterator[tuple[UUID, str]]:
    for charter in CharterVersion.objects.select_related("circle").iterator(CHUNK):
        circle = charter.circle
        if hash_of(charter.document) != charter.sha256:
            yield circle.pk, f"charter {charter.number} is not what was hashed"
        if charter.number == circle.charter_number and charter.document != canonical(rules_of(circle)):
            yield circle.pk, "the rules are not those of the charter in force"


def _histories() -> Iterator[tuple[UUID, str]]:
    """Each payment has its line in somebody's history, of the same amount, and each such line its payment."""
    for payments, path in (
        (ContributionPayment.objects.all(), "contribution__cycle__circle_id"),
        (PayoutPayment.objects.all(), "payout__cycle__circle_id"),
        (Refund.objects.all(), "contribution__cycle__circle_id"),
        (DissolutionPayment.objects.all(), "share__circle_id"),
        (DiscountShare.objects.all(), "payout__cycle__circle_id"),
        (SecurityMovement.objects.filter(transaction_id__isnull=False), "circle_id"),
    ):
        line = Transaction.objects.filter(pk=OuterRef("transaction_id"))
        told = payments.annotate(told=Subquery(line.values("amount_kobo")), circle_pk=F(path))
        for row in told.filter(Q(told=None) | ~Q(told=F("amount_kobo"))):
            yield row.circle_pk, f"payment {row.pk} of {row.amount_kobo} kobo, its line says {row.told}"


def _handovers() -> Iterator[tuple[UUID, str]]:
    """What a place was worth left one wallet and came into another; both have their line of it."""
    line = Transaction.objects.filter(amount_kobo=Abs(OuterRef("worth_kobo")))
    paid = Exists(line.filter(pk=OuterRef("payer_transaction_id")))
    had = Exists(line.filter(pk=OuterRef("receiver_transaction_id")))
    done = Handover.objects.filter(status=HandoverStatus.DONE).exclude(worth_kobo=0)
    yield from ((row.circle_id, f"handover {row.pk} has not moved its worth") for row in done.exclude(paid & had))
    left = Circle.objects.filter(slots__membership__status=MembershipStatus.REPLACED).distinct()
    yield from ((circle.pk, "somebody who was replaced still holds a turn") for circle in left)


def _stuck() -> Iterator[tuple[UUID, str]]:
    """A cycle that is not paid out has an act to come that will see to it."""
    coming = Cycle.objects.filter(circle__status__in=RUNNING).exclude(status=CycleStatus.CLOSED)
    acts = coming.annotate(acts_to_come=Count("acts", filter=Q(acts__state=ActState.PENDING)))
    yield from ((row.circle_id, f"nothing will move cycle {row.number} on") for row in acts.filter(acts_to_come=0))


def _sums(payments: QuerySet[Any], circle: str) -> Counter[UUID]:
    return Counter(dict(payments.values(circle).annotate(total=Sum("amount_kobo")).values_list(circle, "total")))


def _total(payments: QuerySet[Any], of: str) -> Coalesce:
    of_row = payments.filter(**{of: OuterRef("pk")}).values(of)
    return Coalesce(Subquery(of_row.annotate(total=Sum("amount_kobo")).values("total")), 0)


CHECKS = (
    Check("pots", "A pot holds what was paid in, less what was paid out and given back.", _pots),
    Check("deposits", "Deposits hold what members left as security less what was used and given back.", _deposits),
    Check("reserves", "The reserve holds what was brought and paid in fees less what was lent and shared.", _reserves),
    Check("loans", "What the reserve lent and had back, and what fees were paid, was moved.", _loans),
    Check("over", "A circle that is over holds nothing.", _over),
    Check("payments", "What a contribution or payout says is paid was moved.", _payments),
    Check("payouts", "A cycle is paid or closed with its payout, and pays out exactly what it collected.", _payouts),
    Check("dissolved", "A dissolved circle has moved every share, and says what it moved.", _dissolved),
    Check("completed", "A completed circle closed every cycle and has nothing left to do.", _completed),
    Check("shape", "A locked circle has a turn, a cycle and a contribution for each seat.", _shape),
    Check("calendar", "Due moments are the calendar's, moved only by pauses.", _calendar),
    Check("charters", "Charters are what was hashed, and the rules are those of the charter.", _charters),
    Check("histories", "Each payment has its line in its person's history.", _histories),
    Check("handovers", "A place that was handed over moved its worth, and its turns.", _handovers),
    Check("stuck", "Nothing unfinished waits for an act that nobody scheduled.", _stuck),
)
