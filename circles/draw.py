"""The draw: an order of turns that nobody chose and anybody can check.

1. When the circle is founded we choose a secret seed and publish its SHA-256, the commitment; it stands in the charter
   that everybody accepts, so the seed cannot be changed afterwards.
2. Each member may add a word of their own when accepting (`draw_nonce`). We do not know these words when we commit.
3. When the circle is locked the seed is revealed. The mix is the SHA-256 of the seed and all acceptances; each turn's
   ticket is hashed with the mix, and the tickets' hashes in order are the order of turns.

To check, in a few lines without our code, see circles/README.md.
"""

import hashlib
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

SEED_BYTES = 32


@dataclass(frozen=True, slots=True)
class Entry:
    """One member's part in the draw."""

    membership_id: UUID
    hands: int
    charter_sha256: str
    nonce: str

    @property
    def line(self) -> str:
        """How it enters the mix."""
        return f"{self.membership_id}:{self.charter_sha256}:{self.nonce}"


@dataclass(frozen=True, slots=True)
class Ticket:
    """One turn's chance: the lowest hash is paid out first."""

    membership_id: UUID
    hand: int
    sha256: str


def new_seed() -> str:
    """A seed that nobody can guess, in hex."""
    return secrets.token_hex(SEED_BYTES)


def commitment_to(seed: str) -> str:
    """What is published of the seed before the circle is locked."""
    return _sha256(seed)


def mix_of(seed: str, entries: Iterable[Entry]) -> str:
    """The seed mixed with every acceptance, in the order of the membership ids."""
    return _sha256("\n".join([seed, *sorted(entry.line for entry in entries)]))


def drawn(seed: str, entries: Sequence[Entry]) -> list[Ticket]:
    """All tickets, first turn first."""
    mix = mix_of(seed, entries)
    tickets = (
        Ticket(entry.membership_id, hand, _sha256(f"{mix}:{entry.membership_id}:{hand}"))
        for entry in entries
        for hand in range(1, entry.hands + 1)
    )
    return sorted(tickets, key=lambda ticket: ticket.sha256)


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
