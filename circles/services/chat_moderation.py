"""Keeping a chat decent: members report, the host and staff hide, silence and settle. Nothing is ever lost."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from accounts.errors import ReasonRequiredError
from accounts.models import User
from circles.errors import CircleNotFoundError, NotHostError
from circles.errors.chat import NotYoursToChangeError
from circles.models import (
    ChatMessage,
    ChatPlace,
    ChatReport,
    Membership,
    MembershipStatus,
    MessageKind,
    ReportState,
    Role,
)
from circles.services.chat import changed, chatting_member, locked_message, message_in, place_of
from contri.core import audit
from contri.core.errors import refuse_if


@transaction.atomic
def report_message(
    *, actor: User, circle_id: UUID, message_id: UUID, reason: str, at: datetime
) -> tuple[ChatReport, bool]:
    """Say that a message should not stand; the host and staff look at it. Returns the report and whether it is new.

    Raises:
        CircleNotFoundError, MessageNotFoundError: not a member, or no such message here.
        NotYoursToChangeError: Contri wrote it.
    """
    chatting_member(actor, circle_id)
    message = message_in(circle_id, message_id)
    refuse_if(message.kind == MessageKind.SYSTEM, NotYoursToChangeError)
    report, is_new = ChatReport.objects.get_or_create(
        message=message, reporter=actor, defaults={"reason": reason, "reported_at": at}
    )
    return report, is_new


@transaction.atomic
def hide_message(
    *, actor: User, circle_id: UUID, message_id: UUID, reason: str, at: datetime, as_staff: bool = False
) -> ChatMessage:
    """Take somebody's message out of everybody's sight; open reports of it are upheld. The host may, and staff.

    Hiding again changes nothing.

    Raises:
        CircleNotFoundError, MessageNotFoundError: not a member, or no such message here.
        NotHostError: only a member.
        NotYoursToChangeError: Contri wrote it.
    """
    message = _moderated(actor, circle_id, message_id, reason, as_staff=as_staff)
    if message.hidden_at is not None:
        return message
    message.hidden_at, message.hidden_by = at, actor
    _settle(message, ReportState.UPHELD, actor, at)
    audit.record(actor, message, "hid a chat message", reason=reason)
    return changed(message, "hidden_at", "hidden_by")


@transaction.atomic
def restore_message(
    *, actor: User, circle_id: UUID, message_id: UUID, reason: str, at: datetime, as_staff: bool = False
) -> ChatMessage:
    """Show a hidden message again, and dismiss what is reported of it. Of a message that is shown it settles the
    reports only.

    Raises:
        CircleNotFoundError, MessageNotFoundError, NotHostError, NotYoursToChangeError: as above.
    """
    message = _moderated(actor, circle_id, message_id, reason, as_staff=as_staff)
    _settle(message, ReportState.DISMISSED, actor, at)
    audit.record(actor, message, "let a chat message stand", reason=reason)
    if message.hidden_at is None:
        return message
    message.hidden_at = message.hidden_by = None
    return changed(message, "hidden_at", "hidden_by")


@transaction.atomic
def mute_chat(*, actor: User, circle_id: UUID, until: datetime | None) -> ChatPlace:
    """Push nothing of this chat to the actor until then; None: push again.

    Raises:
        CircleNotFoundError: not a member.
    """
    place = place_of(chatting_member(actor, circle_id))
    place.muted_until = until
    place.save(update_fields=["muted_until"])
    return place


@transaction.atomic
def silence_member(
    *,
    actor: User,
    circle_id: UUID,
    membership_id: UUID,
    until: datetime | None,
    reason: str,
    as_staff: bool = False,
) -> ChatPlace:
    """Take a member's word away until then; None: give it back. They read on. The host may, and staff.

    Raises:
        CircleNotFoundError: not a member, or no such member here.
        NotHostError: only a member, or it is the host who would be silenced by themselves.
    """
    _require_moderator(actor, circle_id, as_staff=as_staff)
    refuse_if(not reason.strip(), ReasonRequiredError)
    active = Membership.objects.filter(circle_id=circle_id, pk=membership_id, status=MembershipStatus.ACTIVE)
    membership = active.first()
    if membership is None:
        raise CircleNotFoundError
    refuse_if(membership.role == Role.HOST and not as_staff, NotHostError)
    place = place_of(membership)
    place.silenced_until = until
    place.save(update_fields=["silenced_until"])
    audit.record(actor, membership, "silenced in the chat" if until else "may write in the chat again", reason=reason)
    return place


def _moderated(actor: User, circle_id: UUID, message_id: UUID, reason: str, *, as_staff: bool) -> ChatMessage:
    _require_moderator(actor, circle_id, as_staff=as_staff)
    refuse_if(not reason.strip(), ReasonRequiredError)
    message = locked_message(circle_id, message_id)
    refuse_if(message.kind == MessageKind.SYSTEM, NotYoursToChangeError)
    return message


def _require_moderator(actor: User, circle_id: UUID, *, as_staff: bool) -> None:
    """Staff are checked by their door."""
    if not as_staff:
        refuse_if(chatting_member(actor, circle_id).role == Role.MEMBER, NotHostError)


def _settle(message: ChatMessage, state: ReportState, actor: User, at: datetime) -> None:
    is_open = ChatReport.objects.filter(message=message, state=ReportState.OPEN)
    is_open.update(state=state, settled_at=at, settled_by=actor)
