"""Telling people things, and their reading of it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import transaction
from django.utils import timezone

from contri.core.announcing import announce
from contri.core.locking import require_transaction
from contri.core.models import insert_together
from notifications import kinds
from notifications.kinds import Channel, NoticeKind, Priority, filled
from notifications.models import BODY_LENGTH, TITLE_LENGTH, Notification, SwitchedOff
from notifications.services.mail import send_mails
from notifications.signals import notices_read, notices_written
from notifications.timing import MAIL_BREATH, push_moment


def notify(
    *, recipient_id: UUID, kind: NoticeKind, facts: Mapping[str, str] | None = None, key: str = ""
) -> Notification:
    """Tell one person something, in the caller's transaction; by push as well, and by mail when the kind says so.

    With a `key` the same event (kind and key) tells them once: calling again changes nothing and returns what they
    were told the first time.

    Raises:
        KeyError: the kind's texts want a fact that is missing.
        NoTransactionError: there is no open transaction.
    """
    return notify_all(recipient_ids=[recipient_id], kind=kind, facts=facts, key=key)[0]


def notify_all(
    *, recipient_ids: Iterable[UUID], kind: NoticeKind, facts: Mapping[str, str] | None = None, key: str = ""
) -> list[Notification]:
    """Tell several people the same thing, like `notify`, in a fixed number of queries however many they are.

    Returns what each was told, in the order of `recipient_ids`; a person named twice is told once.
    """
    require_transaction()
    told = [_notification(recipient_id, kind, facts or {}, key) for recipient_id in dict.fromkeys(recipient_ids)]
    fresh = _written(told, kind, key)
    announce_notices(fresh)
    if kind.mails:
        _mail(fresh, kind)
    return told


@dataclass(frozen=True, slots=True)
class Notice:
    """What one person is to be told."""

    recipient_id: UUID
    kind: NoticeKind
    facts: Mapping[str, str]


def notify_each(notices: Sequence[Notice]) -> None:
    """Tell each of many people something of their own, in one statement; for kinds that are not mailed.

    Raises:
        ValueError: a kind is one that is mailed.
        NoTransactionError: there is no open transaction.
    """
    require_transaction()
    if any(notice.kind.mails for notice in notices):
        raise ValueError("kinds that are mailed go through notify_all")
    told = [_notification(notice.recipient_id, notice.kind, notice.facts, "") for notice in notices]
    insert_together(told)
    announce_notices(told)


def draft_notice(recipient_id: UUID, kind: NoticeKind, facts: Mapping[str, str]) -> Notification:
    """The row of a notice, for a verb that writes everything in one SQL call, the notice too; see `announce_notices`.

    Raises:
        KeyError: the kind's texts want a fact that is missing.
    """
    return _notification(recipient_id, kind, facts, "")


def announce_notices(notifications: Iterable[Notification]) -> None:
    """Let their readers' sockets know of notices that such a verb has written, once that is committed."""
    written = [(notification.id, notification.recipient_id) for notification in notifications]
    if written:
        announce(notices_written, written=written)


@transaction.atomic
def mark_read(*, user_id: UUID, ids: Sequence[UUID] | None, at: datetime) -> int:
    """Mark the user's notices `ids` (None: all of them) as read at `at`; returns how many were not read before.

    Ids of other people's notices, or of none, are passed over in silence: they must not be told apart.
    """
    unread = Notification.objects.filter(recipient_id=user_id).unread()
    updated = (unread if ids is None else unread.filter(pk__in=ids)).update(read_at=at)
    if updated:
        announce(notices_read, user_id=user_id)
    return updated


def _notification(recipient_id: UUID, kind: NoticeKind, facts: Mapping[str, str], key: str) -> Notification:
    return Notification(
        recipient_id=recipient_id,
        kind=kind.code,
        key=key,
        title=_fitting(filled(kind.title, facts), TITLE_LENGTH),
        body=_fitting(filled(kind.body, facts), BODY_LENGTH),
        type=kind.type,
        priority=kind.priority,
        action_url=filled(kind.action_url, facts),
        push_at=push_moment(kind.priority, timezone.now()) if settings.FCM_PROJECT_ID else None,
    )


def _fitting(text: str, length: int) -> str:
    """`text`, cut where it is too long: the act that a notice tells of must not fail over somebody's long name."""
    return text if len(text) <= length else f"{text[: length - 1]}…"


def _written(told: list[Notification], kind: NoticeKind, key: str) -> list[Notification]:
    """Insert `told`, replace in it whoever had been told before, and return the ones that are new."""
    if not key:
        return Notification.objects.bulk_create(told)
    Notification.objects.bulk_create(told, ignore_conflicts=True)
    people = [notification.recipient_id for notification in told]
    standing = {
        notification.recipient_id: notification
        for notification in Notification.objects.filter(recipient_id__in=people, kind=kind.code, key=key)
    }
    fresh = [notification for notification in told if standing[notification.recipient_id].id == notification.id]
    told[:] = [standing[recipient_id] for recipient_id in people]
    return fresh


def _mail(notifications: list[Notification], kind: NoticeKind) -> None:
    addresses = _addresses([notification.recipient_id for notification in notifications], kind)
    letters = [
        (addresses[notification.recipient_id], {"title": notification.title, "body": notification.body})
        for notification in notifications
        if notification.recipient_id in addresses
    ]
    if kind.priority == Priority.HIGH:
        send_mails(kind=kinds.NOTICE_MAIL, letters=letters)
    else:
        send_mails(kind=kinds.WAITING_NOTICE_MAIL, letters=letters, due_at=timezone.now() + MAIL_BREATH)


def _addresses(user_ids: Sequence[UUID], kind: NoticeKind) -> dict[UUID, str]:
    """Where to write to those of `user_ids` who have not switched mails of this kind off."""
    unwilling = SwitchedOff.objects.filter(channel=Channel.EMAIL, kind=kind.code).values("user_id")
    willing = get_user_model()._default_manager.filter(pk__in=user_ids)
    if kind.can_be_switched_off:
        willing = willing.exclude(pk__in=unwilling)
    return dict(willing.values_list("pk", "email"))
