"""Every commit of everything that moves money, with the power cut just before it and just after it.

Each movement is made once in calm, to learn how often it commits and what the world looks like when it is over. Then it
is made again for each commit, killed there, and left to the app's retry and the beat: it must end the same.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.db import connection

from contri.simulation.beginning import Beginning
from contri.simulation.chance import seeded
from contri.simulation.clock import VirtualClock
from contri.simulation.killing import restart
from contri.simulation.movements import MOVEMENTS, Movement
from contri.simulation.people import ContriError, Person
from contri.simulation.scratch import scratch_database
from contri.simulation.sigkill import die_in_a_child
from contri.simulation.simulation import calm_down
from contri.simulation.trouble import Trouble
from contri.simulation.world import World

# How many commits a movement took, and what the world looks like after it.
Made = tuple[int, Any]
ALL = frozenset(movement.name for movement in MOVEMENTS)

BALANCES = """
SELECT purpose, count(*)::int, sum(credits_posted - debits_posted)::bigint, sum(debits_pending)::bigint
FROM ledger_account GROUP BY purpose ORDER BY purpose
"""


@dataclass(frozen=True)
class Crash:
    """One power cut. `error` is empty when the movement ended as it does without one."""

    movement: str
    commit: int
    is_after: bool
    error: str


def crash_everywhere(start: Beginning, *, names: frozenset[str] = ALL, is_real: bool = False) -> Iterator[Crash]:
    """Kill each movement, or those named, before and after each of its commits.

    With `is_real` by SIGKILL, in a process of its own, whose work another one goes on with.
    """
    make_killed = _make_in_a_child if is_real else _make
    for movement in [movement for movement in MOVEMENTS if movement.name in names]:
        commits, expected = _make(movement, start)
        for commit in range(1, commits + 1):
            for is_after in (False, True):
                error = _difference(partial(make_killed, movement, start, commit, is_after), expected)
                yield Crash(movement.name, commit, is_after, error)


def _difference(make: Callable[[], Made], expected: Any) -> str:
    try:
        _, came_out = make()
    except ContriError as wrong:
        return str(wrong)
    return "" if came_out == expected else f"{came_out} instead of {expected}"


def _make(movement: Movement, start: Beginning, at: int = 0, after: bool = False) -> Made:
    """Make a movement, killed at a commit (0: at none). How many commits it took, and what came out."""
    with _calm_world(movement, start) as (world, people):
        prepared = movement.prepare(world, people)
        before = world.commits.seen
        if at:
            world.commits.kill(at=at, after=after)
        movement.act(world, people, prepared)
        if world.commits.is_to_strike:
            raise ContriError(f"it ended before commit {at}, and was not killed")
        commits = world.commits.seen - before
        calm_down(world)
        return commits, _state(world)


def _make_in_a_child(movement: Movement, start: Beginning, at: int, after: bool) -> Made:
    """The same in a process that is really killed: the phones send everything again, and the beat does the rest."""
    with _calm_world(movement, start) as (world, people):
        prepared = movement.prepare(world, people)
        die_in_a_child(world, lambda: movement.act(world, people, prepared), at=at, after=after)
        # What the dead one drew it may have written: the next one draws otherwise.
        with seeded(2):
            movement.act(world, people, prepared)
            calm_down(world)
        return at, _state(world)


@contextmanager
def _calm_world(movement: Movement, start: Beginning) -> Iterator[tuple[World, list[Person]]]:
    """Where nothing breaks but what is broken on purpose."""
    with scratch_database(start.database), seeded(1), VirtualClock(start.at) as clock:
        world = World(clock, Trouble(is_over=True), movement.name)
        world.bank.is_kind = True
        with world.around_contri():
            try:
                yield world, start.people_of(world)
            finally:
                restart()


def _state(world: World) -> Any:
    out = sorted((transfer.amount, transfer.status) for transfer in world.bank.transfers.values())
    back = sorted((refund.amount, refund.status) for refund in world.bank.refunds)
    taken_back = sorted((dispute.amount, dispute.resolution) for dispute in world.bank.disputes)
    with connection.cursor() as cursor:
        cursor.execute(BALANCES)
        return cursor.fetchall(), out, back, taken_back
