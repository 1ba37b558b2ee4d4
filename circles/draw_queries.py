"""Reads of a circle's draw."""

from dataclasses import dataclass

from circles.draw import Entry, Ticket, drawn, mix_of
from circles.errors import NoDrawError
from circles.models import CharterAcceptance, Circle, MembershipStatus, PayoutOrder
from contri.core.errors import refuse_if


@dataclass(frozen=True, slots=True)
class DrawView:
    """All that is needed to check a draw; before the circle is locked only what was promised."""

    commitment: str
    seed: str | None
    mix: str | None
    entries: list[Entry]
    tickets: list[Ticket]


def draw_entries(circle: Circle) -> list[Entry]:
    """Each active member's part in the draw, as their acceptance of the charter in force has it."""
    yes = CharterAcceptance.objects.filter(
        charter__circle=circle, charter__number=circle.charter_number, membership__status=MembershipStatus.ACTIVE
    )
    rows = yes.select_related("charter", "membership").order_by("membership_id")
    return [Entry(row.membership_id, row.membership.hands, row.charter.sha256, row.nonce) for row in rows]


def draw_view(circle: Circle) -> DrawView:
    """The circle's draw.

    Raises:
        NoDrawError: its turns are not drawn.
    """
    refuse_if(circle.payout_order != PayoutOrder.RANDOM, NoDrawError)
    entries = draw_entries(circle)
    seed = circle.draw_seed
    if not seed:
        return DrawView(circle.draw_commitment, seed=None, mix=None, entries=entries, tickets=[])
    return DrawView(circle.draw_commitment, seed, mix_of(seed, entries), entries, drawn(seed, entries))
