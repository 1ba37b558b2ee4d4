"""What circles answer when accounts asks about a person: dashboard, next steps, obligations, export."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils import timezone

from accounts.models import User
from accounts.registries import (
    ActionRequired,
    action_required_sources,
    dashboard_parts,
    erasures,
    export_parts,
    obligations,
)
from circles import queries
from circles.exporting import export_part
from circles.models import Contribution, ContributionStatus, Cycle, Membership, Nominee
from contri.core.moments import lagos_day, rfc3339
from contri.core.money import naira_from_kobo


def register() -> None:
    """Fill the registries of accounts."""
    dashboard_parts.register(dashboard_part)
    action_required_sources.register(actions_required)
    obligations.register(open_obligations)
    export_parts.register(export_part)
    erasures.register(erase)


def dashboard_part(user: User) -> Mapping[str, Any]:
    """What the user has saved in circles, and what comes next."""
    payout = queries.next_payout(user)
    contribution = queries.next_contribution(user)
    return {
        "total_saved": naira_from_kobo(queries.total_saved(user)),
        "active_circles": queries.running_circles(user),
        "next_payout": _payout(payout) if payout else None,
        "next_contribution": _contribution(contribution) if contribution else None,
    }


def actions_required(user: User) -> Iterable[ActionRequired]:
    """Contributions that are due or late, and people waiting to be let in."""
    yield from (_action_for_contribution(owed) for owed in queries.due_from(user, at=timezone.now()))
    yield from (_action_for_joiner(waiting) for waiting in queries.waiting_for_approval_of(user))


def open_obligations(user: User) -> Iterable[str]:
    """Why this account cannot be closed: circles that are not over."""
    for circle in queries.unfinished_circles(user):
        yield f"The circle {circle.name} is {circle.status}."


def erase(user: User) -> None:
    """Forget whom they named."""
    Nominee.objects.filter(user=user).delete()


def _payout(cycle: Cycle) -> dict[str, Any]:
    return {
        "circle_id": str(cycle.circle_id),
        "circle_name": cycle.circle.name,
        "amount": naira_from_kobo(cycle.circle.pot_kobo),
        "date": lagos_day(cycle.due_at).isoformat(),
    }


def _contribution(contribution: Contribution) -> dict[str, Any]:
    return {
        "circle_id": str(contribution.cycle.circle_id),
        "circle_name": contribution.cycle.circle.name,
        "amount": naira_from_kobo(contribution.owed_kobo),
        "due_at": rfc3339(contribution.due_at),
    }


def _action_for_contribution(contribution: Contribution) -> ActionRequired:
    circle = contribution.cycle.circle
    owed = naira_from_kobo(contribution.owed_kobo)
    is_late = contribution.status == ContributionStatus.LATE
    return ActionRequired(
        code="contribution_late" if is_late else "contribution_due",
        title=f"Your contribution to {circle.name} is {'late' if is_late else 'due'}",
        detail=f"₦{owed} for cycle {contribution.cycle.number}.",
        action_url=f"/circles/{circle.pk}",
        priority="high",
    )


def _action_for_joiner(membership: Membership) -> ActionRequired:
    return ActionRequired(
        code="approve_member",
        title=f"{membership.user.display_name} wants to join {membership.circle.name}",
        detail="Let them in or turn them away.",
        action_url=f"/circles/{membership.circle_id}/members",
    )
