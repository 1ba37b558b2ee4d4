"""Which circles go as planned at their due moment: everybody can pay, the recipient can be paid, nothing is open."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from accounts.models import User
from accounts.tiers import limits_for
from circles.models import (
    ActState,
    Circle,
    CircleStatus,
    Contribution,
    ContributionStatus,
    Cycle,
    CycleStatus,
    Membership,
    MembershipStatus,
    ScheduledAct,
)
from circles.security import open_fees
from contri.core.moments import lagos_day
from wallets.models import Wallet
from wallets.queries import WalletBalance, balances_of
from wallets.services import lock_wallets

AS_PLANNED = (ContributionStatus.PENDING, ContributionStatus.PAID)


@dataclass(frozen=True, slots=True)
class Plan:
    """One circle's due moment as it will go: who pays, and who then receives how much.

    `wallets` are those of the whole chunk, the same mapping in each plan.
    """

    act: ScheduledAct
    circle: Circle
    cycle: Cycle
    members: Sequence[Membership]
    unpaid: Sequence[Contribution]
    pot_kobo: int
    wallets: Mapping[UUID, Wallet]

    @property
    def recipient(self) -> User:
        """Whose turn it is."""
        return self.cycle.slot.membership.user

    @property
    def member_ids(self) -> list[UUID]:
        """Everybody in the circle."""
        return [member.user_id for member in self.members]


def plans_for(acts: Sequence[ScheduledAct], *, at: datetime) -> list[Plan]:
    """Lock these acts' circles and their members' wallets, and plan those that go as planned.

    A circle that somebody else is at is passed over, as is one of which anything is out of the ordinary.
    """
    circles = _locked({act.circle_id for act in acts})
    first = _first_acts(circles)
    wanted = [act for act in acts if first.get(act.circle_id) == act.pk]
    members = _members(circles)
    cycles = _ordinary_cycles(wanted, circles, members)
    contributions = _contributions(cycles.values())
    wallets = lock_wallets(user_ids={m.user_id for act in cycles for m in members[act.circle_id]})
    for member in (member for act in cycles for member in members[act.circle_id]):
        # Locked with their wallets, they need not be read a second time.
        member.user = wallets[member.user_id].user
    purse = _Purse(wallets, at)
    return [
        Plan(
            act=act,
            circle=circles[act.circle_id],
            cycle=cycle,
            members=members[act.circle_id],
            unpaid=[one for one in contributions[cycle.pk] if one.status == ContributionStatus.PENDING],
            pot_kobo=sum(one.amount_kobo for one in contributions[cycle.pk]),
            wallets=wallets,
        )
        for act, cycle in cycles.items()
        if _are_ordinary(contributions[cycle.pk], members[act.circle_id])
        and purse.reserve(contributions[cycle.pk], cycle.slot.membership.user)
    ]


class _Purse:
    """What the wallets of a chunk can still give and take, counting only what was there before the chunk."""

    def __init__(self, wallets: Mapping[UUID, Wallet], at: datetime) -> None:
        self._wallets, self._at = wallets, at
        self._balances: dict[UUID, WalletBalance] = balances_of(wallets.values())
        self._given: Counter[UUID] = Counter()
        self._taken: Counter[UUID] = Counter()

    def reserve(self, contributions: Collection[Contribution], recipient: User) -> bool:
        """Set aside what one circle's payers pay and its recipient receives, if all of that goes through."""
        pays: Counter[UUID] = Counter()
        for contribution in contributions:
            pays[contribution.membership.user_id] += contribution.owed_kobo
        pot = sum(contribution.amount_kobo for contribution in contributions)
        goes = all(self._can_give(user_id, kobo) for user_id, kobo in pays.items() if kobo)
        if not (goes and self._can_take(recipient, pot)):
            return False
        self._given += pays
        self._taken[recipient.pk] += pot
        return True

    def _can_give(self, user_id: UUID, kobo: int) -> bool:
        held = self._balances[user_id]
        return held.gives_money and self._given[user_id] + kobo <= held.available_kobo

    def _can_take(self, user: User, kobo: int) -> bool:
        held = self._balances[user.pk]
        limit = limits_for(user, on=lagos_day(self._at)).balance_kobo
        has_room = limit is None or held.owned_kobo + self._taken[user.pk] + kobo <= limit
        return user.is_active and held.takes_money and has_room


def _locked(circle_ids: Collection[UUID]) -> dict[UUID, Circle]:
    rows = Circle.objects.select_for_update(no_key=True, of=("self",), skip_locked=True)
    running = rows.filter(pk__in=circle_ids, status=CircleStatus.ACTIVE).order_by("pk")
    owing = open_fees().values("membership__circle_id")
    return {circle.pk: circle for circle in running.exclude(pk__in=owing)}


def _first_acts(circle_ids: Iterable[UUID]) -> dict[UUID, UUID]:
    """The act that each circle has to do first; looked at under its lock."""
    waiting = ScheduledAct.objects.filter(circle__in=list(circle_ids), state=ActState.PENDING)
    in_order = waiting.order_by("circle_id", "due_at", "kind", "number").distinct("circle_id")
    return dict(in_order.values_list("circle_id", "pk"))


def _members(circle_ids: Iterable[UUID]) -> dict[UUID, list[Membership]]:
    found: dict[UUID, list[Membership]] = defaultdict(list)
    rows = Membership.objects.filter(circle__in=list(circle_ids), status=MembershipStatus.ACTIVE)
    for member in rows.order_by("pk"):
        found[member.circle_id].append(member)
    return found


def _ordinary_cycles(
    acts: Iterable[ScheduledAct], circles: Mapping[UUID, Circle], members: Mapping[UUID, Sequence[Membership]]
) -> dict[ScheduledAct, Cycle]:
    """The cycles that are being collected while all before them are closed, nobody has run away, and not the last."""
    by_circle = {act.circle_id: act for act in acts}
    still_open = Cycle.objects.filter(circle__in=list(by_circle)).exclude(status=CycleStatus.CLOSED)
    in_order = still_open.order_by("circle_id", "number").distinct("circle_id").select_related("slot")
    first_open = {cycle.circle_id: cycle for cycle in in_order}
    ordinary = {}
    for circle_id, act in by_circle.items():
        cycle = first_open.get(circle_id)
        people = {member.pk: member for member in members[circle_id]}
        if (
            cycle is not None
            and cycle.pk == act.cycle_id
            and cycle.status == CycleStatus.COLLECTING
            and cycle.number < circles[circle_id].size
            and cycle.slot.membership_id in people
            and not cycle.slot.discount_kobo
            and all(member.accelerated_at is None for member in people.values())
        ):
            cycle.slot.membership = people[cycle.slot.membership_id]
            ordinary[act] = cycle
    return ordinary


def _contributions(cycles: Iterable[Cycle]) -> dict[UUID, list[Contribution]]:
    found: dict[UUID, list[Contribution]] = defaultdict(list)
    for contribution in Contribution.objects.filter(cycle__in=list(cycles)).order_by("due_at", "slot__position"):
        found[contribution.cycle_id].append(contribution)
    return found


def _are_ordinary(contributions: Collection[Contribution], members: Sequence[Membership]) -> bool:
    """Whether all of them are paid or will be, by people who are in the circle; each is given its member."""
    people = {member.pk: member for member in members}
    if any(one.status not in AS_PLANNED or one.membership_id not in people for one in contributions):
        return False
    for one in contributions:
        one.membership = people[one.membership_id]
    return True
