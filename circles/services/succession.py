"""Who leads a circle: the host, a co-host beside them, and whoever takes over when the host is gone.

The host holds no money and moves none, so a circle whose host is silent still turns. But somebody has to let people in
and speak for it: after a silence of two weeks the co-host takes over, and where there is none the members vote.
"""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from accounts.models import User
from accounts.queries import last_seen
from circles import chat_texts
from circles.errors.people import AlreadyHostError
from circles.models import UNFINISHED, Circle, Membership, MembershipStatus, Role
from circles.services.access import lock_circle_as_host, member_of, require_state
from circles.services.chat_lines import write_in_chat
from circles.services.telling import announce_change, tell, tell_members
from contri.core import audit
from contri.core.errors import refuse_if
from notifications import kinds

HOST_SILENCE = timedelta(days=14)


@transaction.atomic
def appoint_cohost(*, actor: User, circle_id: UUID, membership_id: UUID | None, at: datetime) -> Circle:
    """Put a member beside the host, instead of whoever was; None leaves the host alone.

    A co-host lets people in and turns joiners away, renews the invite, and takes over when the host is silent.

    Raises:
        NotHostError, InvalidStateError: not the host, or the circle is over.
        CircleNotFoundError, AlreadyHostError: no such member; it is the host.
    """
    circle = lock_circle_as_host(actor, circle_id)
    require_state(circle, *UNFINISHED)
    circle.memberships.filter(role=Role.COHOST).update(role=Role.MEMBER)
    if membership_id is not None:
        member = member_of(circle, membership_id, MembershipStatus.ACTIVE)
        refuse_if(member.role == Role.HOST, AlreadyHostError)
        _set_role(member, Role.COHOST)
        tell([member.user_id], kinds.COHOST_APPOINTED, circle)
    audit.record(actor, circle, "appointed a co-host" if membership_id else "went without a co-host")
    announce_change(circle)
    return circle


@transaction.atomic
def hand_over_circle(*, actor: User, circle_id: UUID, membership_id: UUID, at: datetime) -> Circle:
    """Make another member the host; the actor stays as a member.

    Raises:
        NotHostError, InvalidStateError: not the host, or the circle is over.
        CircleNotFoundError, AlreadyHostError: no such member; it is the host.
    """
    circle = lock_circle_as_host(actor, circle_id)
    require_state(circle, *UNFINISHED)
    successor = member_of(circle, membership_id, MembershipStatus.ACTIVE)
    refuse_if(successor.role == Role.HOST, AlreadyHostError)
    make_host(circle, successor, actor=actor, why="handed over", at=at)
    return circle


def make_host(circle: Circle, successor: Membership, *, actor: User | None, why: str, at: datetime) -> None:
    """Let `successor` lead a circle that is locked, and tell everybody."""
    # The old one first: a circle never has two.
    circle.memberships.filter(role=Role.HOST).update(role=Role.MEMBER)
    _set_role(successor, Role.HOST)
    circle.host = successor.user
    circle.save(update_fields=["host"])
    audit.record(actor, circle, f"made {successor.user_id} the host: {why}")
    tell_members(circle, kinds.HOST_CHANGED, member=successor.user.display_name)
    write_in_chat(circle, chat_texts.HOST_CHANGED, at=at, member=successor.user.display_name)
    announce_change(circle)


def is_host_gone(circle: Circle, *, at: datetime) -> bool:
    """Whether the host has left the circle, is barred, or has not been seen for two weeks."""
    host = circle.memberships.filter(role=Role.HOST, status=MembershipStatus.ACTIVE).select_related("user").first()
    return host is None or is_away(host, at=at)


def is_away(member: Membership, *, at: datetime) -> bool:
    """Whether this member is barred, or was not seen for two weeks."""
    seen = last_seen(member.user) or member.joined_at
    return not member.user.is_active or at - max(seen, member.joined_at) >= HOST_SILENCE


def _set_role(member: Membership, role: Role) -> None:
    member.role = role
    member.save(update_fields=["role"])
