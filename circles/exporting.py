"""What circles tell somebody about themselves.

Of it only their nominee is erased when they leave: the books of a circle name its members, who by then are called
"Former M.".
"""

from collections.abc import Mapping
from typing import Any

from accounts.models import User
from circles.models import Contribution, Membership, Nominee, Payout
from contri.core.moments import rfc3339
from contri.core.money import naira_from_kobo


def export_part(user: User) -> Mapping[str, Any]:
    """The circles they are or were in, what they owed and paid there, and what they received."""
    memberships = Membership.objects.filter(user=user).select_related("circle").order_by("joined_at", "pk")
    contributions = Contribution.objects.filter(membership__user=user).select_related("cycle__circle")
    payouts = Payout.objects.filter(membership__user=user).select_related("cycle__circle")
    return {
        "circles": [_membership(one) for one in memberships],
        "contributions": [_contribution(one) for one in contributions.order_by("due_at", "pk")],
        "nominees": list(Nominee.objects.filter(user=user).values("full_name", "relationship", "email")),
        "payouts": [_payout(one) for one in payouts.order_by("paid_at", "pk")],
    }


def _membership(one: Membership) -> dict[str, Any]:
    return {
        "circle_id": str(one.circle_id),
        "circle_name": one.circle.name,
        "role": one.role,
        "status": one.status,
        "hands": one.hands,
        "joined_at": rfc3339(one.joined_at),
        "ended_at": rfc3339(one.ended_at) if one.ended_at else None,
    }


def _contribution(one: Contribution) -> dict[str, Any]:
    return {
        "circle_name": one.cycle.circle.name,
        "cycle_number": one.cycle.number,
        "amount": naira_from_kobo(one.amount_kobo),
        "paid": naira_from_kobo(one.paid_kobo),
        "status": one.status,
        "due_at": rfc3339(one.due_at),
        "paid_at": rfc3339(one.paid_at) if one.paid_at else None,
    }


def _payout(one: Payout) -> dict[str, Any]:
    return {
        "circle_name": one.cycle.circle.name,
        "cycle_number": one.cycle.number,
        "amount": naira_from_kobo(one.amount_kobo),
        "paid": naira_from_kobo(one.paid_kobo),
        "paid_at": rfc3339(one.paid_at),
    }
