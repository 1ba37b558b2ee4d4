"""The people of a simulation and the circles that they have founded."""

import random
from dataclasses import dataclass, field

from contri.simulation.people import SENT, Person
from contri.simulation.world import World


@dataclass
class Circle:
    """A circle as the simulation remembers it."""

    label: str
    id: str
    invite_code: str
    host: Person
    members: list[Person] = field(default_factory=list)


@dataclass
class Place:
    """A place in a circle that somebody offers, by its code."""

    circle: Circle
    leaver: Person
    code: str


@dataclass
class Society:
    """Who there is, and what they have to do with each other."""

    world: World
    people: list[Person]
    most_circles: int
    circles: list[Circle] = field(default_factory=list)
    places: list[Place] = field(default_factory=list)
    banned: set[str] = field(default_factory=set)
    # Who has had a pot and does not think of paying any more.
    stopped: set[str] = field(default_factory=set)

    @property
    def chance(self) -> random.Random:
        """The seed's."""
        return self.world.chance

    def times(self) -> int:
        """How often the network makes somebody send one request."""
        return self.chance.choice(SENT)

    def circle_of(self, person: Person) -> Circle | None:
        """One that they are in."""
        own = [circle for circle in self.circles if person in circle.members]
        return self.chance.choice(own) if own else None

    def person_with(self, user_id: str) -> Person | None:
        """Who has this id."""
        return next((person for person in self.people if person.id == user_id), None)
