"""A circle's whole life without money: its dates, pots and fees, and what is lost when members stop paying.

Follows the engine's rules (services/payday.py, acts.py, fees.py, securing.py, arrears.py) with nothing but numbers; a
test runs both side by side. Who stops does so at the worst: they leave nothing in their wallet to be collected, so that
only their own pot, and what they left as a deposit, can still make good what they owe.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from django.conf import settings

from circles.calendar import Plan
from circles.dividing import shares_of
from circles.models import ActKind, FeeGoesTo, Frequency, ShortfallPolicy
from circles.rehearsed import Rehearsal, RehearsedCycle, RehearsedMember, Scenario


def scenario_of(values: Mapping[str, Any]) -> Scenario:
    """What somebody asks to have rehearsed; every cycle is due at the hour that new circles get."""
    plan = Plan(
        start=values["cycle_start_date"],
        frequency=Frequency(values["frequency"]),
        size=values["size"],
        grace_days=values["grace_days"],
        due_time=settings.CIRCLE_DUE_TIME,
    )
    return Scenario(
        plan=plan,
        amount_kobo=values["amount_kobo"],
        shortfall_policy=ShortfallPolicy(values["shortfall_policy"]),
        late_fee_kobo=values.get("late_fee_kobo", 0),
        late_fee_to=FeeGoesTo(values.get("late_fee_to", FeeGoesTo.RESERVE)),
        deposit_kobo=values.get("deposit_kobo", 0),
        reserve_kobo=values.get("reserve_kobo", 0),
        bids_kobo=tuple(sorted(values.get("bids", ()), reverse=True)),
        stops={stop["member"]: stop["after_cycle"] for stop in values.get("stops", ())},
    )


def rehearse(scenario: Scenario) -> Rehearsal:
    """Play the scenario from the first cycle to the last."""
    life = _Life(scenario)
    for _, acts in groupby(_acts(life.cycles), key=lambda act: act[0]):
        for _, kind, cycle in acts:
            life.act(kind, cycle)
        # Whoever has stopped takes out at once what has come in.
        life.purses.clear()
    return Rehearsal(
        cycles=life.cycles,
        members=life.members,
        reserve_kobo=life.reserve,
        fees_to_contri_kobo=life.fees_to_contri,
        is_completed=all(cycle.is_closed for cycle in life.cycles),
    )


def _acts(cycles: Iterable[RehearsedCycle]) -> list[tuple[datetime, ActKind, RehearsedCycle]]:
    """What happens when, in the order in which a circle does it."""
    acts = []
    for cycle in cycles:
        acts.append((cycle.dates.due_at, ActKind.COLLECT, cycle))
        acts.append((cycle.dates.grace_ends_at, ActKind.MARK_LATE, cycle))
        acts.append((cycle.dates.grace_ends_at, ActKind.PAY_OUT, cycle))
    return sorted(acts, key=lambda act: act[:2])


@dataclass(slots=True)
class _Fee:
    """A late fee; what of it is still to be paid."""

    number: int
    open_kobo: int


class _Life:
    """A circle as it goes. `purses` is what members who have stopped have in hand at this moment."""

    def __init__(self, scenario: Scenario) -> None:
        size, amount = scenario.plan.size, scenario.amount_kobo
        numbers = range(1, size + 1)
        self._rules = scenario
        self.members = [RehearsedMember(number, scenario.deposit_kobo) for number in numbers]
        self.cycles = [
            RehearsedCycle(
                dates,
                recipient=dates.number,
                discount_kobo=scenario.discount_of(dates.number),
                expected_kobo=amount * size,
                owed=dict.fromkeys(numbers, amount),
            )
            for dates in scenario.plan.all_dates()
        ]
        self.reserve = scenario.reserve_kobo * size
        self.fees_to_contri = 0
        self.purses: Counter[int] = Counter()
        self._fees: list[_Fee] = []

    def act(self, kind: ActKind, cycle: RehearsedCycle) -> None:
        """Do what falls due."""
        if kind == ActKind.COLLECT:
            self._collect(cycle)
        elif kind == ActKind.MARK_LATE:
            self._mark_late(cycle)
        else:
            self._end_grace(cycle)

    def _collect(self, cycle: RehearsedCycle) -> None:
        cycle.has_fallen_due = True
        for member in self.members:
            if cycle.number <= self._rules.stops.get(member.number, self._rules.plan.size):
                self._pay(cycle, member, cycle.owed[member.number])
        for due in [due for due in self.cycles if due.has_fallen_due and not due.is_closed]:
            self._settle(due)
        self._collect_fees(self.members)

    def _mark_late(self, cycle: RehearsedCycle) -> None:
        late = [number for number in cycle.missing if number not in cycle.late]
        if not late:
            return
        cycle.late.update(late)
        cycle.is_short = not cycle.is_paid_out
        self._charge_fees(number for number in late if number != cycle.recipient)
        runaways = [self._member(number) for number in late]
        runaways = [member for member in runaways if member.has_had_pot and not member.owes_all]
        for member in runaways:
            member.owes_all = True
        touched = [due for due in self.cycles if self._use_deposits(due, runaways)]
        for due in touched:
            self._settle(due)

    def _end_grace(self, cycle: RehearsedCycle) -> None:
        """Payday for a short pot, where the charter does not let it wait."""
        if cycle.is_paid_out or self._rules.shortfall_policy == ShortfallPolicy.WAIT_FULL:
            return
        self._let_next_go_first(cycle)
        self._use_deposits(cycle, [self._member(number) for number in cycle.missing if number != cycle.recipient])
        self._pay_out(cycle)

    def _settle(self, cycle: RehearsedCycle) -> None:
        """Take a cycle as far as its money allows."""
        if cycle.is_paid_out:
            self._pass_on(cycle)
            self._close_if_settled(cycle)
        elif cycle.has_fallen_due and not cycle.waits_for_others():
            if self._let_next_go_first(cycle) and cycle.waits_for_others():
                return
            self._pay_out(cycle)

    def _pay_out(self, cycle: RehearsedCycle) -> None:
        cycle.is_paid_out = True
        recipient = self._member(cycle.recipient)
        recipient.has_had_pot = True
        if self._rules.shortfall_policy == ShortfallPolicy.PAY_COLLECTED:
            missing = sum(kobo for number, kobo in cycle.owed.items() if number != cycle.recipient)
            cycle.lent_kobo = min(missing, self.reserve)
            self.reserve -= cycle.lent_kobo
        self._pass_on(cycle)
        self._net_arrears(cycle, recipient)
        self._close_if_settled(cycle)

    def _pass_on(self, cycle: RehearsedCycle) -> None:
        """To the recipient what is theirs, beyond that to the reserve what it lent, and the rest to the others."""
        in_hand = cycle.collected_kobo + cycle.lent_kobo - cycle.repaid_kobo - cycle.received_kobo - cycle.shared_kobo
        received = min(in_hand, cycle.due_to_recipient_kobo - cycle.received_kobo)
        cycle.received_kobo += received
        self._receive(cycle.recipient, received)
        repaid = min(in_hand - received, cycle.lent_kobo - cycle.repaid_kobo)
        cycle.repaid_kobo += repaid
        self.reserve += repaid
        if not cycle.missing:
            self._share(cycle, in_hand - received - repaid)

    def _share(self, cycle: RehearsedCycle, left_kobo: int) -> None:
        cycle.shared_kobo += left_kobo
        others = [other.recipient for other in self.cycles if other is not cycle]
        for number, share in zip(others, shares_of(left_kobo, [1] * len(others)), strict=True):
            self._receive(number, share)

    def _net_arrears(self, cycle: RehearsedCycle, recipient: RehearsedMember) -> None:
        """What the recipient owes comes out of what they have in hand, the longest owed first."""
        netted = []
        for due in self.cycles[: cycle.number]:
            owed = due.owed[recipient.number]
            if owed and owed <= self.purses[recipient.number]:
                self.purses[recipient.number] -= owed
                self._pay(due, recipient, owed)
                netted.append(due)
        if cycle in netted:
            self._pass_on(cycle)
        for due in netted:
            if due is not cycle:
                self._settle(due)
        self._collect_fees([recipient])

    def _let_next_go_first(self, cycle: RehearsedCycle) -> bool:
        """Whoever owes more than their pot would bring changes turns with the next in good standing."""
        number = cycle.recipient
        earlier = self.cycles[: cycle.number - 1]
        is_late = any(number in due.late and due.owed[number] for due in earlier)
        arrears = cycle.owed[number] + sum(due.owed[number] for due in earlier)
        if not is_late or arrears <= self._payable(cycle):
            return False
        following = self._next_in_good_standing(cycle)
        if following is None:
            return False
        cycle.recipient, following.recipient = following.recipient, cycle.recipient
        cycle.discount_kobo, following.discount_kobo = following.discount_kobo, cycle.discount_kobo
        return True

    def _payable(self, cycle: RehearsedCycle) -> int:
        """What the pot would come to, with what deposits and the reserve add where it need not be full."""
        in_it = cycle.collected_kobo
        if self._rules.shortfall_policy == ShortfallPolicy.WAIT_FULL:
            return in_it
        others = {number: kobo for number, kobo in cycle.owed.items() if number != cycle.recipient}
        by_deposits = sum(min(kobo, self._member(number).deposit_kobo) for number, kobo in others.items())
        return in_it + by_deposits + min(sum(others.values()) - by_deposits, self.reserve)

    def _next_in_good_standing(self, cycle: RehearsedCycle) -> RehearsedCycle | None:
        for following in self.cycles[cycle.number :]:
            holder = self._member(following.recipient)
            is_late = any(holder.number in due.late and due.owed[holder.number] for due in self.cycles)
            if not (following.is_paid_out or following.is_short or holder.owes_all or is_late):
                return following
        return None

    def _use_deposits(self, cycle: RehearsedCycle, members: Iterable[RehearsedMember]) -> int:
        """Pay what these members owe for a cycle out of their deposits, as far as these go; returns the kobo."""
        used = 0
        for member in members:
            amount = min(cycle.owed[member.number], member.deposit_kobo)
            member.deposit_kobo -= amount
            self._pay(cycle, member, amount)
            used += amount
        cycle.from_deposits_kobo += used
        return used

    def _charge_fees(self, numbers: Iterable[int]) -> None:
        fee = self._rules.late_fee_kobo
        for number in numbers:
            if fee:
                self._fees.append(_Fee(number, fee))
                self._member(number).fees_kobo += fee

    def _collect_fees(self, members: Iterable[RehearsedMember]) -> None:
        """Of those who owe nothing else, as far as what they have in hand goes."""
        for member in members:
            due = (cycle for cycle in self.cycles if cycle.has_fallen_due or member.owes_all)
            if any(cycle.owed[member.number] for cycle in due):
                continue
            for fee in self._fees:
                if fee.number == member.number and fee.open_kobo <= self.purses[member.number]:
                    self.purses[member.number] -= fee.open_kobo
                    self._pay_fee(fee, fee.open_kobo)

    def _pay_fee(self, fee: _Fee, kobo: int) -> None:
        fee.open_kobo -= kobo
        self._member(fee.number).fees_paid_kobo += kobo
        if self._rules.late_fee_to == FeeGoesTo.RESERVE:
            self.reserve += kobo
        else:
            self.fees_to_contri += kobo

    def _close_if_settled(self, cycle: RehearsedCycle) -> None:
        if cycle.is_closed or cycle.missing:
            return
        cycle.is_closed = True
        if all(cycle.is_closed for cycle in self.cycles):
            self._complete()

    def _complete(self) -> None:
        """Deposits go back, less the fees that are open; the reserve goes to those who kept everything they had to."""
        self._collect_fees(self.members)
        for fee in self._fees:
            member = self._member(fee.number)
            from_deposit = min(fee.open_kobo, member.deposit_kobo)
            member.deposit_kobo -= from_deposit
            self._pay_fee(fee, from_deposit)
        failed = {fee.number for fee in self._fees if fee.open_kobo}
        for member in self.members:
            member.deposit_back_kobo, member.deposit_kobo = member.deposit_kobo, 0
        in_good_standing = [one for one in self.members if not one.owes_all and one.number not in failed]
        sharing = in_good_standing or self.members
        for member, share in zip(sharing, shares_of(self.reserve, [1] * len(sharing)), strict=True):
            member.reserve_back_kobo = share
        self.reserve = 0

    def _pay(self, cycle: RehearsedCycle, member: RehearsedMember, kobo: int) -> None:
        cycle.owed[member.number] -= kobo
        member.paid_kobo += kobo

    def _receive(self, number: int, kobo: int) -> None:
        self._member(number).received_kobo += kobo
        self.purses[number] += kobo

    def _member(self, number: int) -> RehearsedMember:
        return self.members[number - 1]
