"""Two turns change places; whatever else was offered with either is overtaken."""

from collections.abc import Collection
from uuid import UUID

from django.db.models import Q

from circles.models import Cycle, Slot, Swap, SwapStatus


def change_places(one: Cycle, other: Cycle) -> None:
    """Let the holders of two turns have each other's."""
    one.slot, other.slot = other.slot, one.slot
    for turn in (one, other):
        turn.save(update_fields=["slot"])
        Slot.objects.filter(pk=turn.slot_id).update(position=turn.number)


def overtake_offers(slots: Collection[UUID]) -> None:
    """Take back every offer to change turns with one of these slots."""
    offers = Swap.objects.filter(Q(mine__in=slots) | Q(theirs__in=slots), status=SwapStatus.PROPOSED)
    offers.update(status=SwapStatus.OVERTAKEN)
