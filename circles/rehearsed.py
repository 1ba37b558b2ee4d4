"""What is rehearsed, and how it would go: numbers only. Members are numbered by the turns they are given at first."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from circles.calendar import CycleDates, Plan
from circles.models import FeeGoesTo, ShortfallPolicy


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """A circle's rules, and who stops: after which cycle a member pays no more; 0 is from the start.

    `bids_kobo` is what turns were auctioned for, the first turn first; the last turn costs nothing.
    """

    plan: Plan
    amount_kobo: int
    shortfall_policy: ShortfallPolicy = ShortfallPolicy.PAY_COLLECTED
    late_fee_kobo: int = 0
    late_fee_to: FeeGoesTo = FeeGoesTo.RESERVE
    deposit_kobo: int = 0
    reserve_kobo: int = 0
    bids_kobo: tuple[int, ...] = ()
    stops: Mapping[int, int] = field(default_factory=dict)

    def discount_of(self, turn: int) -> int:
        """What the holder of a turn gives up for it. Kobo."""
        return self.bids_kobo[turn - 1] if turn <= len(self.bids_kobo) and turn < self.plan.size else 0


@dataclass(slots=True)
class RehearsedCycle:
    """One cycle as it would go. `owed` is what members still owe for it; the rest has come in."""

    dates: CycleDates
    recipient: int
    discount_kobo: int
    expected_kobo: int
    owed: dict[int, int]
    late: set[int] = field(default_factory=set)
    has_fallen_due: bool = False
    is_short: bool = False
    is_paid_out: bool = False
    is_closed: bool = False
    received_kobo: int = 0
    from_deposits_kobo: int = 0
    lent_kobo: int = 0
    repaid_kobo: int = 0
    shared_kobo: int = 0

    @property
    def number(self) -> int:
        """Its number, from 1."""
        return self.dates.number

    @property
    def due_to_recipient_kobo(self) -> int:
        """What its recipient is to have of it in the end."""
        return self.expected_kobo - self.discount_kobo

    @property
    def collected_kobo(self) -> int:
        """What has come in, deposits included."""
        return self.expected_kobo - sum(self.owed.values())

    @property
    def missing(self) -> list[int]:
        """Who has not paid all of it."""
        return sorted(number for number, kobo in self.owed.items() if kobo)

    def waits_for_others(self) -> bool:
        """Whether anybody but the recipient still owes for it; the recipient's own share comes out of the pot."""
        return any(number != self.recipient for number in self.missing)


@dataclass(slots=True)
class RehearsedMember:
    """One member at the end. `paid_kobo` are contributions, out of their deposit or not."""

    number: int
    deposit_kobo: int = 0
    paid_kobo: int = 0
    received_kobo: int = 0
    fees_kobo: int = 0
    fees_paid_kobo: int = 0
    deposit_back_kobo: int = 0
    reserve_back_kobo: int = 0
    has_had_pot: bool = False
    owes_all: bool = False


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """How it would go. A circle that is never completed keeps its deposits and reserve, until staff dissolve it."""

    cycles: list[RehearsedCycle]
    members: list[RehearsedMember]
    reserve_kobo: int
    fees_to_contri_kobo: int
    is_completed: bool

    @property
    def missing_kobo(self) -> int:
        """What recipients would still wait for at the end."""
        return sum(cycle.due_to_recipient_kobo - cycle.received_kobo for cycle in self.cycles)
