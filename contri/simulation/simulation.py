"""One simulated life: a seed goes in, a trace comes out, or the step at which Contri broke."""

import hashlib
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from contri.simulation.acts import Society
from contri.simulation.chance import seeded
from contri.simulation.clock import VirtualClock
from contri.simulation.invariants import (
    achievements,
    are_circles_going,
    check_circles_ended,
    check_everything,
    check_quiet,
    check_step,
)
from contri.simulation.killing import restart
from contri.simulation.people import ContriError, Person
from contri.simulation.scratch import scratch_database
from contri.simulation.trouble import FAULTS, Trouble
from contri.simulation.world import World

BEGIN = datetime(2027, 1, 4, 8, tzinfo=UTC)
# Within these 72 hours, once nothing breaks any more, everything under way must have ended.
CALM_HOURS = (1, 1, 4, 12, 24, 24, 6)
# The longest circle of a simulation, begun on its last day, with every pause.
CIRCLES_END_WITHIN = timedelta(days=120)
FIRST_DEPOSIT = "20000.00"


@dataclass(frozen=True)
class Plan:
    """What a run is made of. The same plan gives the same trace, byte for byte.

    Every step has chances of its own: one left out (`without`) leaves the others as they were, as far as they can be.
    """

    seed: int
    members: int = 5
    circles: int = 3
    steps: int = 300
    minutes_a_step: int = 144
    faults: frozenset[str] = frozenset(FAULTS)
    without: frozenset[int] = frozenset()


@dataclass
class Outcome:
    """What came of it. `error` is empty when everything held; `step` is where it did not."""

    plan: Plan
    trace: list[str] = field(default_factory=list)
    happened: Counter[str] = field(default_factory=Counter)
    achieved: Counter[str] = field(default_factory=Counter)
    step: int = 0
    error: str = ""

    @property
    def digest(self) -> str:
        """SHA-256 of the trace, to tell two of them apart."""
        return hashlib.sha256("\n".join(self.trace).encode()).hexdigest()


def simulate(plan: Plan, *, template: str, on_step: Callable[[int], None] = lambda step: None) -> Outcome:
    """Live `plan` in a scratch copy of the database `template`. Never raises for what Contri did wrong."""
    outcome = Outcome(plan)
    with scratch_database(template), seeded(plan.seed), VirtualClock(BEGIN) as clock:
        world = World(clock, Trouble(plan.faults, is_over=True), f"{plan.seed}:beginning")
        outcome.trace, outcome.happened = world.log, world.trouble.happened
        with world.around_contri():
            try:
                _live(plan, world, outcome, on_step)
            except ContriError as wrong:
                outcome.error = str(wrong)
            except Exception as crash:  # noqa: BLE001 - whatever it is, it is a finding
                outcome.error = f"{type(crash).__name__}: {crash}"
            finally:
                restart()
    return outcome


def _live(plan: Plan, world: World, outcome: Outcome, on_step: Callable[[int], None]) -> None:
    society = Society(world, newcomers(world, plan.members), plan.circles)
    world.trouble.is_over = False
    for step in range(1, plan.steps + 1):
        outcome.step = step
        world.begin_step(f"{plan.seed}:{step}")
        if step not in plan.without:
            society.act()
        world.live_until(world.clock.now + 2 * timedelta(minutes=plan.minutes_a_step) * world.chance.random())
        check_step(step)
        on_step(step)
    world.trouble.is_over = True
    calm_down(world)
    _see_circles_end(world, society, outcome)


def newcomers(world: World, members: int) -> list[Person]:
    """People who have signed up, proved who they are, and put some money into their wallets."""
    people = [Person(world, number) for number in range(members)]
    for person in people:
        person.sign_up()
    world.live_until(world.clock.now + timedelta(hours=1))
    for person in people:
        answer = person.as_myself("POST", "/wallet/deposit", {"amount": FIRST_DEPOSIT})
        world.bank.pay(answer.body["reference"])
    world.live_until(world.clock.now + timedelta(hours=1))
    return people


def calm_down(world: World) -> None:
    """Nothing breaks any more: within 72 hours everything under way has ended, and the books agree.

    Raises:
        ContriError: it has not, or they do not.
    """
    for hours in CALM_HOURS:
        world.live_until(world.clock.now + timedelta(hours=hours))
    check_quiet(world.bank)
    check_everything()


def _see_circles_end(world: World, society: Society, outcome: Outcome) -> None:
    """Everybody is let in, has money, and lets the clocks run: every circle ends."""
    deadline = world.clock.now + CIRCLES_END_WITHIN
    while world.clock.now < deadline and are_circles_going():
        society.make_up()
        world.live_until(world.clock.now + timedelta(days=3))
    calm_down(world)
    check_circles_ended()
    outcome.achieved.update(achievements())
