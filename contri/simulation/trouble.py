"""What goes wrong, how often, and how often it did."""

import random
from collections import Counter
from dataclasses import dataclass, field

# The chance of each, every time it could happen.
FAULTS = {
    "provider times out before the work": 0.02,
    "provider times out after the work": 0.03,
    "provider answers 500": 0.02,
    "provider answers HTML": 0.02,
    "provider resets before the work": 0.02,
    "provider resets after the work": 0.02,
    "provider answers junk": 0.02,
    "provider takes another amount": 0.05,
    "webhook is lost": 0.1,
    "webhook comes late": 0.2,
    "webhook comes twice": 0.15,
    "webhooks overtake each other": 0.3,
    "message is lost": 0.1,
    "message comes twice": 0.1,
    "web is killed": 0.08,
    "worker is killed": 0.05,
    "transaction is broken off": 0.04,
    "beat is down": 0.04,
    "beat runs twice": 0.06,
    "clock is set back": 0.04,
    "Redis is emptied": 0.04,
}


@dataclass
class Trouble:
    """The dice of the simulation. Calm once `is_over`."""

    wanted: frozenset[str] = frozenset(FAULTS)
    is_over: bool = False
    happened: Counter[str] = field(default_factory=Counter)
    chance: random.Random = field(default_factory=random.Random)

    def threatens(self, fault: str) -> bool:
        """Whether `fault` is to be tried now; `count` it when it really happens."""
        # Drawn even when it may not happen, so that leaving one fault out leaves all else as it was.
        is_drawn = self.chance.random() < FAULTS[fault]
        return is_drawn and not self.is_over and fault in self.wanted

    def strikes(self, fault: str) -> bool:
        """Whether `fault` happens now."""
        does = self.threatens(fault)
        if does:
            self.count(fault)
        return does

    def count(self, fault: str) -> None:
        """It happened."""
        self.happened[fault] += 1
