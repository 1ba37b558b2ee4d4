"""What all lives begin with: people who have signed up, proved who they are, and put some money into their wallets.

Lived once, and copied for each life with its database: a life is about what comes after.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from contri.simulation.chance import seeded
from contri.simulation.clock import VirtualClock
from contri.simulation.people import Person
from contri.simulation.scratch import copied, django_on
from contri.simulation.staff import employ_staff
from contri.simulation.trouble import Trouble
from contri.simulation.world import World

BEGIN = datetime(2027, 1, 4, 8, tzinfo=UTC)
FIRST_DEPOSIT = "20000.00"
# No plan's own.
SEED = -1


@dataclass(frozen=True)
class Beginning:
    """A database to copy, the moment at which it stands still, and what the bank and the people's phones know."""

    database: str
    at: datetime
    bank: dict[str, Any]
    people: list[Person]

    def people_of(self, world: World) -> list[Person]:
        """The same people, in `world`, whose bank knows what it knew."""
        world.bank.remember(self.bank)
        return [person.in_another(world) for person in self.people]


@contextmanager
def beginning(template: str, members: int) -> Iterator[Beginning]:
    """Live the beginning of `members` people in a copy of the database `template`."""
    with copied(template) as name:
        with django_on(name), seeded(SEED), VirtualClock(BEGIN) as clock:
            world = World(clock, Trouble(is_over=True), "beginning")
            with world.around_contri():
                people = newcomers(world, members)
            # Ids count the milliseconds: what comes after begins later than the last of these.
            at = clock.now + timedelta(hours=1)
        yield Beginning(name, at, world.bank.books(), people)


def newcomers(world: World, members: int) -> list[Person]:
    """People who have signed up, proved who they are, and put some money into their wallets."""
    employ_staff()
    people = [Person(world, number) for number in range(members)]
    for person in people:
        person.sign_up()
    world.live_until(world.clock.now + timedelta(hours=1))
    for person in people:
        answer = person.as_myself("POST", "/wallet/deposit", {"amount": FIRST_DEPOSIT})
        world.bank.pay(answer.body["reference"])
    world.live_until(world.clock.now + timedelta(hours=1))
    return people
