"""One simulated life: a seed goes in, a trace comes out, or the step at which Contri broke."""

import hashlib
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

from contri.simulation.acts import act, make_up
from contri.simulation.beginning import Beginning
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
from contri.simulation.people import ContriError
from contri.simulation.scratch import scratch_database
from contri.simulation.society import Society
from contri.simulation.trouble import FAULTS, Trouble
from contri.simulation.world import World

# A step is one thing that happens: time passes, with all that comes of it, or somebody acts. So people also act at one
# moment, and what their acts leave to be done meets, and may overtake, each other.
TIME_PASSES = 0.35
# Within these 72 hours, once nothing breaks any more, everything under way must have ended.
CALM_HOURS = (1, 5, 30, 36)
# The longest circle of a simulation, begun on its last day, with every pause.
CIRCLES_END_WITHIN = timedelta(days=120)


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


def simulate(plan: Plan, *, after: Beginning, on_step: Callable[[int], None] = lambda step: None) -> Outcome:
    """Live `plan` in a scratch copy of what was there `after` the beginning. Never raises for what Contri did wrong."""
    outcome = Outcome(plan)
    with scratch_database(after.database), seeded(plan.seed), VirtualClock(after.at) as clock:
        world = World(clock, Trouble(plan.faults, is_over=True), f"{plan.seed}:beginning")
        outcome.trace, outcome.happened = world.log, world.trouble.happened
        with world.around_contri():
            try:
                _live(plan, Society(world, after.people_of(world), plan.circles), outcome, on_step)
            except ContriError as wrong:
                outcome.error = str(wrong)
            except Exception as crash:  # noqa: BLE001 - whatever it is, it is a finding
                outcome.error = f"{type(crash).__name__}: {crash}"
            finally:
                restart()
    return outcome


def _live(plan: Plan, society: Society, outcome: Outcome, on_step: Callable[[int], None]) -> None:
    world = society.world
    world.trouble.is_over = False
    for step in range(1, plan.steps + 1):
        outcome.step = step
        world.begin_step(f"{plan.seed}:{step}")
        if world.chance.random() < TIME_PASSES:
            longest = 2 * timedelta(minutes=plan.minutes_a_step) / TIME_PASSES
            world.live_until(world.clock.now + longest * world.chance.random())
        elif step not in plan.without:
            act(society)
        check_step(step, world.bank)
        on_step(step)
    world.trouble.is_over = True
    calm_down(world)
    _see_circles_end(society, outcome)


def calm_down(world: World) -> None:
    """Nothing breaks any more: within 72 hours everything under way has ended, and the books agree.

    Raises:
        ContriError: it has not, or they do not.
    """
    for hours in CALM_HOURS:
        world.live_until(world.clock.now + timedelta(hours=hours))
    check_quiet(world.bank)
    check_everything()


def _see_circles_end(society: Society, outcome: Outcome) -> None:
    """Everybody is let in, has money, and lets the clocks run: every circle ends."""
    world = society.world
    begun = world.clock.now
    while world.clock.now < begun + CIRCLES_END_WITHIN and are_circles_going():
        make_up(society)
        world.live_until(world.clock.now + timedelta(days=3))
    if world.clock.now > begun:
        calm_down(world)
    check_circles_ended()
    outcome.achieved.update(achievements())
