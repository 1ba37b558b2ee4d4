"""Taking somebody out of a circle: the host while it forms, a majority or staff once turns are written."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from accounts.models import User
from circles import chat_texts
from circles.errors.people import HostCannotLeaveError
from circles.models import (
    NO,
    PRESENT,
    UNDER_WAY,
    YES,
    Circle,
    CircleStatus,
    Membership,
    MembershipStatus,
    Role,
    Vote,
    VoteSubject,
)
from circles.services.access import (
    lock_circle,
    lock_circle_as_host,
    lock_circle_as_lead,
    member_of,
    require_state,
)
from circles.services.chat_lines import write_in_chat
from circles.services.departing import expel, refuse_on_payday
from circles.services.joining import end_place
from circles.services.motions import announce_vote, cast, majority_of_several, voters_of
from circles.services.telling import tell
from circles.services.voting import write_vote
from contri.core import audit
from contri.core.errors import FieldFault, ValidationFaultsError, refuse_if
from notifications import kinds


@dataclass(frozen=True, slots=True)
class Removal:
    """The member, out by now; or the vote that decides it."""

    membership: Membership
    vote: Vote | None


@transaction.atomic
def remove_member(*, actor: User, circle_id: UUID, membership_id: UUID, reason: str, at: datetime) -> Removal:
    """Turn somebody away or take them out while the circle forms; once turns are written, ask the members to.

    Then the reason is for all to read, everybody but the one concerned has a say, and the host's say is yes.

    Raises:
        NotHostError, InvalidStateError: not the host (a co-host turns joiners away); the circle is over.
        CircleNotFoundError, HostCannotLeaveError: no such member; the host cannot remove themselves.
        ValidationFaultsError: turns are written, and no reason is given.
        PaydayUnderWayError, VoteOpenError, TooFewVotersError: they cannot be voted out now, or not by so few.
    """
    circle = lock_circle_as_lead(actor, circle_id)
    membership = member_of(circle, membership_id, *PRESENT)
    if membership.status == MembershipStatus.ACTIVE:
        lock_circle_as_host(actor, circle_id)
    refuse_if(membership.role == Role.HOST, HostCannotLeaveError)
    if circle.is_locked:
        return Removal(membership, _ask_members(circle, membership, actor, reason, at))
    require_state(circle, CircleStatus.FORMING)
    if membership.status == MembershipStatus.ACTIVE:
        write_in_chat(circle, chat_texts.MEMBER_REMOVED, at=at, member=membership.user.display_name)
    end_place(membership, MembershipStatus.REMOVED, at)
    audit.record(actor, membership, "removed a member", reason=reason)
    tell([membership.user_id], kinds.MEMBER_REMOVED, circle)
    return Removal(membership, None)


@transaction.atomic
def expel_member(*, actor: User, circle_id: UUID, membership_id: UUID, reason: str, at: datetime) -> Membership:
    """Take a member out of a circle whose turns are written, with a settlement. For staff: the door checks that.

    Raises:
        CircleNotFoundError, InvalidStateError: no such member; the circle is forming or over.
        PaydayUnderWayError: their own pot is being collected.
        ValidationFaultsError: no reason is given.
    """
    circle = lock_circle(circle_id)
    require_state(circle, *UNDER_WAY)
    membership = member_of(circle, membership_id, MembershipStatus.ACTIVE)
    _require_reason(reason)
    expel(circle, membership, actor=actor, reason=reason, at=at)
    return membership


def _ask_members(circle: Circle, membership: Membership, actor: User, reason: str, at: datetime) -> Vote:
    require_state(circle, *UNDER_WAY)
    _require_reason(reason)
    refuse_on_payday(circle, membership, at=at)
    voters = voters_of(circle, but_not=membership.pk)
    host = next(voter for voter in voters if voter.user_id == actor.pk)
    vote = write_vote(
        circle,
        VoteSubject.REMOVAL,
        opened_by=host,
        voters=voters,
        options=(YES, NO),
        needed=majority_of_several(len(voters)),
        reason=reason,
        about=membership,
        at=at,
    )
    announce_vote(circle, vote, actor)
    tell([membership.user_id], kinds.REMOVAL_PROPOSED, circle, key=str(vote.pk), reason=reason)
    cast(circle, vote, host, YES, actor=actor, at=at)
    return vote


def _require_reason(reason: str) -> None:
    if not reason.strip():
        raise ValidationFaultsError(FieldFault("reason", "required", "Say why: everybody can read it."))
