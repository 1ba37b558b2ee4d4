"""Who receives the pot when: the orders that a charter can lay down."""

from collections.abc import Iterable

from circles.models import Circle, Membership, MembershipStatus


def holders_in_order(circle: Circle) -> list[Membership]:
    """The holder of each turn, first to last, by the circle's payout order."""
    members = circle.memberships.filter(status=MembershipStatus.ACTIVE).select_related("user")
    return spread(members.order_by("joined_at", "pk"))


def spread(members: Iterable[Membership]) -> list[Membership]:
    """Everybody's first turn comes before anybody's second: `members` in order, once for each round of hands."""
    in_order = list(members)
    rounds = range(max(member.hands for member in in_order))
    return [member for hand in rounds for member in in_order if member.hands > hand]
