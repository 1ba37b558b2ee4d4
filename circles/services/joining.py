"""Who is in a circle, and how people come and go."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from accounts.models import User
from accounts.tiers import limits_for
from circles import chat_texts, invites
from circles.charter import charter_in_force
from circles.errors import (
    AlreadyMemberError,
    AlreadyPaidOutError,
    CharterChangedError,
    CircleFullError,
    CircleNotOpenError,
    InviteInvalidError,
    KycTierTooLowError,
    TooManyHandsError,
)
from circles.errors.people import HostCannotLeaveError, ReplacementRequiredError
from circles.models import ENDED, PRESENT, Circle, CircleStatus, Membership, MembershipStatus, Payout, Role
from circles.services.access import (
    LEADING,
    lock_circle,
    lock_circle_as_lead,
    lock_circle_of,
    member_of,
    require_state,
)
from circles.services.chat_lines import write_in_chat
from circles.services.forming import record_acceptance, seats_taken, square_on_joining
from circles.services.securing import give_back_security
from circles.services.standing import refuse_restricted
from circles.services.telling import announce_change, tell
from circles.signals import member_gone
from contri.core import audit
from contri.core.announcing import announce
from contri.core.errors import refuse_if
from contri.core.moments import lagos_day
from notifications import kinds


@transaction.atomic
def join_circle(
    *, actor: User, invite_code: str, at: datetime, charter_version: int | None = None, hands: int = 1, nonce: str = ""
) -> Membership:
    """Take `hands` seats in the circle that `invite_code` opens; joining accepts its charter, with a word for the draw.

    Where the host approves joiners the membership is pending and holds no seat yet.

    Raises:
        InviteInvalidError: no circle has this code.
        AlreadyMemberError, CircleNotOpenError, CharterChangedError, CircleFullError, TooManyHandsError,
        KycTierTooLowError, MemberRestrictedError, SecurityMissingError: the circle cannot take this person, or not so.
    """
    circle = lock_circle(circle_behind(invite_code, at=at).pk)
    # Looked at again under the lock: the code may have been replaced, or its last use made, meanwhile.
    refuse_if(not _is_good(circle, invites.as_kept(invite_code), at), InviteInvalidError)
    present = Q(user=actor, status__in=PRESENT)
    refuse_if(circle.memberships.filter(present).exists(), AlreadyMemberError)
    refuse_if(circle.status != CircleStatus.FORMING, CircleNotOpenError)
    refuse_if(charter_version not in (None, circle.charter_number), CharterChangedError)
    refuse_if(seats_taken(circle) + hands > circle.size, CircleFullError)
    refuse_if(hands > most_hands(circle), TooManyHandsError)
    refuse_if(is_pot_too_big(circle, actor, at), KycTierTooLowError)
    refuse_restricted(actor)

    _use_invite(circle)
    membership = _take_place(circle, actor, hands, at)
    record_acceptance(charter_in_force(circle), membership, at, nonce)
    square_on_joining(circle, membership, at)
    waits = membership.status == MembershipStatus.PENDING
    audit.record(actor, circle, "asked to join the circle" if waits else "joined the circle")
    told = kinds.JOIN_REQUESTED if waits else kinds.MEMBER_JOINED
    tell(leads_of(circle), told, circle, member=actor.display_name)
    if not waits:
        write_in_chat(circle, chat_texts.MEMBER_JOINED, at=at, member=actor.display_name)
    announce_change(circle)
    return membership


@transaction.atomic
def approve_member(*, actor: User, circle_id: UUID, membership_id: UUID, at: datetime) -> Membership:
    """Let a person in who asked to join.

    Raises:
        NotHostError, InvalidStateError: neither host nor co-host, or no longer forming.
        CircleNotFoundError: nobody waits under this id.
        CircleFullError: the seats are taken by now.
        SecurityMissingError: their wallet holds too little for what the charter asks them to leave with the circle.
    """
    circle = lock_circle_as_lead(actor, circle_id)
    require_state(circle, CircleStatus.FORMING)
    membership = member_of(circle, membership_id, MembershipStatus.PENDING)
    refuse_if(seats_taken(circle) + membership.hands > circle.size, CircleFullError)
    membership.status = MembershipStatus.ACTIVE
    membership.joined_at = at
    membership.save(update_fields=["status", "joined_at"])
    square_on_joining(circle, membership, at)
    audit.record(actor, membership, "let a member in")
    tell([membership.user_id], kinds.JOIN_APPROVED, circle)
    write_in_chat(circle, chat_texts.MEMBER_JOINED, at=at, member=membership.user.display_name)
    announce_change(circle)
    return membership


@transaction.atomic
def leave_circle(*, actor: User, circle_id: UUID, at: datetime) -> Membership:
    """Take `actor` out of a circle. Free while it forms; once turns are written only a replacement frees a member.

    Raises:
        AlreadyPaidOutError: they have received the pot.
        ReplacementRequiredError: turns are written, and nobody has taken theirs over.
        HostCannotLeaveError: the host of a forming circle cancels it instead.
        InvalidStateError: the circle is over.
    """
    circle, membership = lock_circle_of(actor, circle_id)
    require_state(circle, *(state for state in CircleStatus if state not in ENDED))
    refuse_if(Payout.objects.filter(membership=membership).exists(), AlreadyPaidOutError)
    refuse_if(circle.is_locked, ReplacementRequiredError)
    refuse_if(membership.role == Role.HOST, HostCannotLeaveError)
    if membership.status == MembershipStatus.ACTIVE:
        write_in_chat(circle, chat_texts.MEMBER_LEFT, at=at, member=actor.display_name)
    end_place(membership, MembershipStatus.LEFT, at)
    audit.record(actor, circle, "left the circle")
    tell(leads_of(circle), kinds.MEMBER_LEFT, circle, member=actor.display_name)
    return membership


@transaction.atomic
def renew_invite(
    *, actor: User, circle_id: UUID, at: datetime, expires_at: datetime | None = None, uses: int | None = None
) -> Circle:
    """Give a circle a fresh invite code; the old one opens nothing from here on.

    Raises:
        NotHostError, InvalidStateError: neither host nor co-host, or no longer forming.
    """
    circle = lock_circle_as_lead(actor, circle_id)
    require_state(circle, CircleStatus.FORMING)
    circle.invite_code = invites.new_code()
    circle.invite_expires_at, circle.invite_uses_left = expires_at, uses
    circle.save(update_fields=["invite_code", "invite_expires_at", "invite_uses_left"])
    audit.record(actor, circle, "renewed the invite")
    announce_change(circle)
    return circle


def circle_behind(invite_code: str, *, at: datetime) -> Circle:
    """The circle that an invite code opens at this moment, however it was typed.

    Raises:
        InviteInvalidError: none, or the code has run out.
    """
    code = invites.as_kept(invite_code)
    circle = Circle.objects.filter(invite_code=code).select_related("host").first() if code else None
    if circle is None or not _is_good(circle, code, at):
        raise InviteInvalidError
    return circle


def leads_of(circle: Circle) -> list[UUID]:
    """The people who let others in: host and co-host."""
    leads = circle.memberships.filter(role__in=LEADING, status=MembershipStatus.ACTIVE)
    return list(leads.order_by("joined_at").values_list("user_id", flat=True))


def most_hands(circle: Circle) -> int:
    """How many turns one person may hold: up to half of them, and one in any case."""
    return max(1, circle.size // 2)


def is_pot_too_big(circle: Circle, user: User, at: datetime) -> bool:
    """Whether a payout of this circle would be more than the person's tier lets them hold."""
    limit = limits_for(user, on=lagos_day(at)).balance_kobo
    return limit is not None and circle.pot_kobo > limit


def _is_good(circle: Circle, code: str, at: datetime) -> bool:
    has_run_out = circle.invite_expires_at is not None and circle.invite_expires_at <= at
    return circle.invite_code == code and circle.invite_uses_left != 0 and not has_run_out


def _use_invite(circle: Circle) -> None:
    if circle.invite_uses_left is not None:
        circle.invite_uses_left -= 1
        circle.save(update_fields=["invite_uses_left"])


def _take_place(circle: Circle, actor: User, hands: int, at: datetime) -> Membership:
    """Somebody who left and comes back takes up their old row; who was removed waits for the host's word."""
    was_removed = circle.memberships.filter(user=actor, status=MembershipStatus.REMOVED).exists()
    status = MembershipStatus.PENDING if circle.needs_approval or was_removed else MembershipStatus.ACTIVE
    place = {"role": Role.MEMBER, "status": status, "hands": hands, "joined_at": at, "ended_at": None}
    return Membership.objects.update_or_create(circle=circle, user=actor, defaults=place)[0]


def end_place(membership: Membership, status: MembershipStatus, at: datetime) -> None:
    """Free the seats of somebody in a circle that forms."""
    membership.status = status
    membership.ended_at = at
    membership.save(update_fields=["status", "ended_at"])
    give_back_security(membership.circle, [membership], at=at)
    announce(member_gone, circle_id=membership.circle_id, user_id=membership.user_id)
    announce_change(membership.circle)
