"""A circle's whole life without money: its dates, its pots, and what is lost when members stop paying.

Follows the engine's rules (circles/services/payday.py) with nothing but numbers; a test runs both side by side. Members
are numbered by their turns. Who stops does so at the worst: they leave nothing in their wallet to be collected, so that
only their own pot can still make good what they owe.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from circles.calendar import CycleDates, Plan
from circles.models import ShortfallPolicy


@dataclass(frozen=True, slots=True)
class Scenario:
    """What is rehearsed. `stops` says after which cycle a member (by turn) pays no more; 0 is from the start."""

    plan: Plan
    amount_kobo: int
    shortfall_policy: ShortfallPolicy = ShortfallPolicy.PAY_COLLECTED
    stops: Mapping[int, int] = field(default_factory=dict)


@dataclass(slots=True)
class RehearsedCycle:
    """One cycle as it would go. `received_kobo` is what its recipient has had of it in the end."""

    dates: CycleDates
    expected_kobo: int
    missing: list[int] = field(default_factory=list)
    is_paid_out: bool = False
    received_kobo: int = 0


@dataclass(slots=True)
class RehearsedMember:
    """What one member has paid in and received at the end."""

    number: int
    paid_kobo: int = 0
    received_kobo: int = 0


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """How it would go."""

    cycles: list[RehearsedCycle]
    members: list[RehearsedMember]

    @property
    def missing_kobo(self) -> int:
        """What recipients would still wait for at the end."""
        return sum(cycle.expected_kobo - cycle.received_kobo for cycle in self.cycles)


def rehearse(scenario: Scenario) -> Rehearsal:
    """Play the scenario from the first cycle to the last."""
    size = scenario.plan.size
    members = [RehearsedMember(number) for number in range(1, size + 1)]
    cycles = [RehearsedCycle(dates, scenario.amount_kobo * size) for dates in scenario.plan.all_dates()]
    for cycle in cycles:
        _collect(cycle, members, scenario)
        _pay_out(cycle, cycles, members, scenario)
    return Rehearsal(cycles, members)


def _collect(cycle: RehearsedCycle, members: list[RehearsedMember], scenario: Scenario) -> None:
    for member in members:
        if cycle.dates.number > scenario.stops.get(member.number, scenario.plan.size):
            cycle.missing.append(member.number)
        else:
            member.paid_kobo += scenario.amount_kobo


def _pay_out(
    cycle: RehearsedCycle, cycles: list[RehearsedCycle], members: list[RehearsedMember], scenario: Scenario
) -> None:
    recipient = members[cycle.dates.number - 1]
    waits_for_others = any(number != recipient.number for number in cycle.missing)
    if waits_for_others and scenario.shortfall_policy == ShortfallPolicy.WAIT_FULL:
        return
    cycle.is_paid_out = True
    _receive(cycle, members, scenario.amount_kobo * (scenario.plan.size - len(cycle.missing)))
    _net_arrears(recipient, cycle, cycles, members, scenario.amount_kobo)


def _receive(cycle: RehearsedCycle, members: list[RehearsedMember], kobo: int) -> None:
    cycle.received_kobo += kobo
    members[cycle.dates.number - 1].received_kobo += kobo


def _net_arrears(
    recipient: RehearsedMember,
    paid_out: RehearsedCycle,
    cycles: list[RehearsedCycle],
    members: list[RehearsedMember],
    amount: int,
) -> None:
    """What the recipient owes comes out of their pot, the longest owed first, as far as the pot goes."""
    in_hand = paid_out.received_kobo
    for cycle in cycles[: paid_out.dates.number]:
        if recipient.number not in cycle.missing or in_hand < amount:
            continue
        in_hand -= amount
        recipient.paid_kobo += amount
        cycle.missing.remove(recipient.number)
        _settle(cycle, members, amount)


def _settle(cycle: RehearsedCycle, members: list[RehearsedMember], amount: int) -> None:
    """What comes in for a cycle goes to its recipient; a pot that waited for it is paid out whole."""
    if cycle.is_paid_out:
        _receive(cycle, members, amount)
    elif not any(number != cycle.dates.number for number in cycle.missing):
        cycle.is_paid_out = True
        _receive(cycle, members, cycle.expected_kobo - amount * len(cycle.missing))
