"""A circle that never began comes to an end, and everything paid so far goes back to who paid it."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from accounts.models import User
from circles import chat_texts
from circles.models import Circle, CircleStatus, Contribution, ContributionStatus
from circles.services.access import lock_circle, lock_circle_as_host, require_state
from circles.services.chat_lines import write_in_chat
from circles.services.paying_in import lock_wallets_of
from circles.services.refunding import give_back
from circles.services.scheduling import drop_acts
from circles.services.securing import give_back_security
from circles.services.telling import announce_change, tell_members
from circles.services.voting import overtake_votes
from contri.core import audit
from notifications import kinds


@transaction.atomic
def cancel_circle(*, actor: User, circle_id: UUID, at: datetime, reason: str = "", as_staff: bool = False) -> Circle:
    """Call off a circle that is forming or scheduled: whatever was paid in goes back. The host may, and staff.

    Raises:
        NotHostError: not the host.
        InvalidStateError: cycles have begun, or it is over.
    """
    circle = lock_circle(circle_id) if as_staff else lock_circle_as_host(actor, circle_id)
    require_state(circle, CircleStatus.FORMING, CircleStatus.SCHEDULED)
    end_unbegun(circle, CircleStatus.CANCELLED, actor=actor, at=at, reason=reason)
    return circle


def expire_circle(circle: Circle, at: datetime) -> None:
    """End a circle that was still forming when its first contribution would have been due."""
    if circle.status == CircleStatus.FORMING:
        end_unbegun(circle, CircleStatus.EXPIRED, actor=None, at=at, reason="not full at its start date")


def end_unbegun(circle: Circle, status: CircleStatus, *, actor: User | None, at: datetime, reason: str) -> None:
    """End a circle before its first cycle, with refunds."""
    circle.status = status
    circle.ended_at = at
    circle.save(update_fields=["status", "ended_at"])
    overtake_votes(circle, at=at)
    drop_acts(circle)
    _refund_everybody(circle, actor, at)
    audit.record(actor, circle, f"{status} the circle", reason=reason)
    told = kinds.CIRCLE_CANCELLED if status == CircleStatus.CANCELLED else kinds.CIRCLE_EXPIRED
    line = chat_texts.CIRCLE_CANCELLED if status == CircleStatus.CANCELLED else chat_texts.CIRCLE_EXPIRED
    tell_members(circle, told)
    write_in_chat(circle, line, at=at)
    announce_change(circle)


def _refund_everybody(circle: Circle, actor: User | None, at: datetime) -> None:
    paid = Contribution.objects.filter(cycle__circle=circle, paid_kobo__gt=0)
    lock_wallets_of(circle)
    for contribution in paid.select_related("membership__user", "cycle").order_by("pk"):
        give_back(circle, contribution, actor=actor, at=at)
    Contribution.objects.filter(cycle__circle=circle).update(status=ContributionStatus.REFUNDED)
    give_back_security(circle, list(circle.memberships.all()), at=at)
