"""Who receives the pot when: the orders that a charter can lay down, computed once, when the circle is locked."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime

from circles.bids import highest_bid_first
from circles.draw import drawn
from circles.draw_queries import draw_entries
from circles.errors import TurnsNotAssignedError
from circles.models import Circle, Membership, MembershipStatus, PayoutOrder
from circles.reliability import records_of
from contri.core.crypto import decrypt
from contri.core.errors import refuse_if


def holders_in_order(circle: Circle, *, at: datetime) -> list[Membership]:
    """The holder of each turn, first to last, by the circle's payout order.

    Raises:
        TurnsNotAssignedError: the host assigns them and has not, or somebody has come or gone since.
    """
    active = circle.memberships.filter(status=MembershipStatus.ACTIVE).select_related("user")
    members = list(active.order_by("joined_at", "pk"))
    if circle.payout_order == PayoutOrder.HOST_ASSIGNED:
        return _assigned(circle, members)
    if circle.payout_order == PayoutOrder.RANDOM:
        return _drawn(circle, members)
    if circle.payout_order == PayoutOrder.AUCTION:
        return spread(highest_bid_first(circle, members))
    if circle.payout_order == PayoutOrder.RELIABILITY:
        return spread(_most_reliable_first(members, at))
    return spread(members)


def spread(members: Iterable[Membership]) -> list[Membership]:
    """Everybody's first turn comes before anybody's second: `members` in order, once for each round of hands."""
    in_order = list(members)
    rounds = range(max(member.hands for member in in_order))
    return [member for hand in rounds for member in in_order if member.hands > hand]


def _assigned(circle: Circle, members: list[Membership]) -> list[Membership]:
    by_id = {str(member.pk): member for member in members}
    turns = Counter({str(member.pk): member.hands for member in members})
    refuse_if(Counter(circle.assigned_order) != turns, TurnsNotAssignedError)
    return [by_id[membership_id] for membership_id in circle.assigned_order]


def _drawn(circle: Circle, members: list[Membership]) -> list[Membership]:
    """Reveal the seed and draw with it."""
    circle.draw_seed = decrypt(bytes(circle.draw_sealed_seed or b""))
    circle.save(update_fields=["draw_seed"])
    by_id = {member.pk: member for member in members}
    return [by_id[ticket.membership_id] for ticket in drawn(circle.draw_seed, draw_entries(circle))]


def _most_reliable_first(members: list[Membership], at: datetime) -> list[Membership]:
    """By score, then by how much it rests on, then by joining; who has no record comes after those who have one."""
    records = records_of([member.user_id for member in members], at=at)

    def standing(member: Membership) -> tuple[int, int]:
        record = records[member.user_id]
        return (-1 if record.score is None else record.score, record.on_time)

    return sorted(members, key=standing, reverse=True)
