"""Every commit of everything that moves money, with the power cut just before it and just after it.

Each movement is made once in calm, to learn how often it commits and what the world looks like when it is over. Then it
is made again for each commit, killed there, and left to the app's retry and the beat: it must end the same.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import connection

from contri.core.moments import lagos_day
from contri.simulation.beginning import Beginning, beginning
from contri.simulation.chance import seeded
from contri.simulation.clock import VirtualClock
from contri.simulation.killing import restart
from contri.simulation.people import ContriError, Person
from contri.simulation.scratch import scratch_database
from contri.simulation.simulation import calm_down
from contri.simulation.trouble import Trouble
from contri.simulation.world import World

PEOPLE = 3
CONTRIBUTION = "1000.00"

BALANCES = """
SELECT purpose, count(*)::int, sum(credits_posted - debits_posted)::bigint, sum(debits_pending)::bigint
FROM ledger_account GROUP BY purpose ORDER BY purpose
"""


@dataclass(frozen=True)
class Movement:
    """Something that moves money: what it needs first, and the act itself."""

    name: str
    prepare: Callable[[World, list[Person]], Any]
    act: Callable[[World, list[Person], Any], None]


@dataclass(frozen=True)
class Crash:
    """One power cut. `error` is empty when the movement ended as it does without one."""

    movement: str
    commit: int
    is_after: bool
    error: str


def crash_everywhere(*, template: str, names: frozenset[str] | None = None) -> Iterator[Crash]:
    """Kill each movement, or those named, before and after each of its commits."""
    with beginning(template, PEOPLE) as start:
        for movement in [movement for movement in MOVEMENTS if names is None or movement.name in names]:
            commits, expected = _make(movement, start, at=0, after=False)
            for commit in range(1, commits + 1):
                for is_after in (False, True):
                    error = _difference(movement, start, commit, is_after, expected)
                    yield Crash(movement.name, commit, is_after, error)


def _difference(movement: Movement, start: Beginning, commit: int, is_after: bool, expected: Any) -> str:
    try:
        _, came_out = _make(movement, start, at=commit, after=is_after)
    except ContriError as wrong:
        return str(wrong)
    return "" if came_out == expected else f"{came_out} instead of {expected}"


def _make(movement: Movement, start: Beginning, *, at: int, after: bool) -> tuple[int, Any]:
    """Make a movement, killed at a commit (0: at none). How many commits it took, and what came out."""
    calm = Trouble(is_over=True)
    with scratch_database(start.database), seeded(1), VirtualClock(start.at) as clock:
        world = World(clock, calm, movement.name)
        world.bank.is_kind = True
        with world.around_contri():
            try:
                people = start.people_of(world)
                prepared = movement.prepare(world, people)
                before = world.commits.seen
                if at:
                    world.commits.kill(at=at, after=after)
                movement.act(world, people, prepared)
                commits = world.commits.seen - before
                world.commits.spare()
                calm_down(world)
                return commits, _state(world)
            finally:
                restart()


def _state(world: World) -> Any:
    told = sorted((transfer.amount, transfer.status) for transfer in world.bank.transfers.values())
    with connection.cursor() as cursor:
        cursor.execute(BALANCES)
        return cursor.fetchall(), told


def _nothing(world: World, people: list[Person]) -> None:
    _ = world, people


def _deposit(world: World, people: list[Person], _prepared: Any) -> None:
    answer = people[0].as_myself("POST", "/wallet/deposit", {"amount": "1234.00"})
    world.bank.pay(answer.body["reference"])
    world.live_until(world.clock.now + timedelta(minutes=1))


def _transfer(_world: World, people: list[Person], _prepared: Any) -> None:
    body = {"recipient_id": people[1].id, "amount": "777.77"}
    people[0].as_myself("POST", "/wallet/transfer", body, pin_for="transfer")


def _linked_bank(world: World, people: list[Person]) -> str:
    body = {"account_number": people[0].account_number, "bank_code": "058"}
    linked = people[0].as_myself("POST", "/banks", body, pin_for="bank_account").body["id"]
    # New accounts may have to cool off.
    world.live_until(world.clock.now + timedelta(days=3))
    return str(linked)


def _withdraw(world: World, people: list[Person], bank_account: str) -> None:
    body = {"amount": "1500.00", "bank_account_id": bank_account}
    people[0].as_myself("POST", "/wallet/withdraw", body, pin_for="withdraw")
    world.live_until(world.clock.now + timedelta(minutes=1))


def _started_circle(world: World, people: list[Person]) -> str:
    start = lagos_day(world.clock.now) + timedelta(days=5)
    rules = {"name": "Three", "amount": CONTRIBUTION, "frequency": "daily", "size": PEOPLE}
    circle = people[0].as_myself("POST", "/circles", {**rules, "cycle_start_date": start.isoformat()}).body
    for friend in people[1:]:
        friend.as_myself("POST", "/circles/join", {"invite_code": circle["invite_code"]})
    people[0].as_myself("POST", f"/circles/{circle['id']}/start")
    return str(circle["id"])


def _contribute(_world: World, people: list[Person], circle: str) -> None:
    people[0].as_myself("POST", f"/circles/{circle}/contribute")


def _pay_out(world: World, _people: list[Person], _circle: str) -> None:
    """The beat's whole work of a due day: all contributions are collected, and the pot is paid out."""
    world.live_until(world.clock.now + timedelta(days=6))


def _cancel(_world: World, people: list[Person], circle: str) -> None:
    people[0].as_myself("POST", f"/circles/{circle}/cancel")


def _paid_circle(world: World, people: list[Person]) -> str:
    circle = _started_circle(world, people)
    for person in people:
        person.as_myself("POST", f"/circles/{circle}/contribute")
    return circle


MOVEMENTS = (
    Movement("deposit", _nothing, _deposit),
    Movement("transfer", _nothing, _transfer),
    Movement("withdraw", _linked_bank, _withdraw),
    Movement("contribute", _started_circle, _contribute),
    Movement("payout", _started_circle, _pay_out),
    Movement("refund", _paid_circle, _cancel),
)
