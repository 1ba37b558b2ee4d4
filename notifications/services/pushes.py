"""The push outbox. A notice is due to be pushed by a column of its own; a worker spreads it over its reader's devices,
and delivers to each of them.

A device is told of a notice once: one row for the two of them, and a collapse key for the one case in which a second
copy can leave (FCM took the first, and we never heard). What waited together for one person comes as one digest.
"""

import logging
import random
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from time import monotonic
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from contri.core.work import WorkState, claim_work, finish, park, retry
from notifications.channels.push import Answer, Outcome, Push, fcm
from notifications.kinds import Channel, NoticeKind, Priority, filled, notice_kinds
from notifications.models import Device, Notification, PushDelivery, SwitchedOff
from notifications.timing import push_moment

logger = logging.getLogger(__name__)

SPREAD_AT_ONCE = 500
# Each is one call; a batch shares what FCM says about itself, and connections.
BATCH = 100
AT_ONCE = 8
# How long one sweep goes on, so that it ends well within the task's time limit.
SWEEP_SECONDS = 60.0
# More than that for one person at one time is one push that says how much there is.
MOST_APART = 3
# What is said in a chat within that time of the first word is one push.
CHAT_BREATH = timedelta(seconds=30)
# FCM drops tokens that are silent for longer; ours are renewed whenever the app starts.
SILENT_FOR = timedelta(days=270)


def push_about(
    *, user_ids: Iterable[UUID], kind: NoticeKind, facts: Mapping[str, str], about: str, at: datetime
) -> int:
    """Push something that is not worth a notice in the list, such as talk. What is still waiting for a device under
    the same `about` is not pushed again. Returns how many devices will hear of it."""
    people = _willing(user_ids, kind.code)
    due_at = push_moment(kind.priority, at + CHAT_BREATH)
    pushes = [
        PushDelivery(
            device=device,
            kind=kind.code,
            title=filled(kind.title, facts),
            body=filled(kind.body, facts),
            action_url=filled(kind.action_url, facts),
            about=about,
            due_at=due_at,
        )
        for device in _devices_of(people)
    ]
    before = PushDelivery.objects.filter(about=about, state=WorkState.READY).count()
    PushDelivery.objects.bulk_create(pushes, ignore_conflicts=True)
    return PushDelivery.objects.filter(about=about, state=WorkState.READY).count() - before


@transaction.atomic
def spread_pushes(*, at: datetime) -> int:
    """Turn notices that are due to be pushed into one row for each device of their readers; returns how many notices.

    What was read meanwhile, or switched off, is not pushed.
    """
    due = Notification.objects.filter(push_at__lte=at).order_by("push_at")
    notices = list(due.select_for_update(skip_locked=True, of=("self",))[:SPREAD_AT_ONCE])
    if not notices:
        return 0
    unread = [notice for notice in notices if not notice.is_read]
    devices = _devices_of({notice.recipient_id for notice in unread})
    switched_off = _switched_off(unread)
    wanted = [notice for notice in unread if (notice.recipient_id, notice.kind) not in switched_off]
    PushDelivery.objects.bulk_create(_spread(wanted, devices), ignore_conflicts=True)
    Notification.objects.filter(pk__in=[notice.pk for notice in notices]).update(push_at=None)
    return len(notices)


def deliver_pushes(*, at: datetime) -> int:
    """Spread what is due, and send what is spread; returns how many pushes FCM took.

    Stops where FCM says that it takes none now: the others would hear the same.
    """
    while spread_pushes(at=at) == SPREAD_AT_ONCE:
        pass
    sender = fcm()
    if sender is None:
        return 0
    queue = PushDelivery.objects.select_related("device")
    deadline, sent = monotonic() + SWEEP_SECONDS, 0
    with ThreadPoolExecutor(AT_ONCE) as calls:
        while monotonic() < deadline and (batch := claim_work(queue, limit=BATCH)):
            answers = list(calls.map(sender.send, [_push(work) for work in batch]))
            for work, answer in zip(batch, answers, strict=True):
                _close(work, answer)
            sent += sum(answer.outcome == Outcome.SENT for answer in answers)
            if any(answer.outcome == Outcome.AWAY for answer in answers):
                break
    return sent


def forget_pushes(*, at: datetime) -> int:
    """Delete the rows of pushes that ended a month before `at`, and devices that have been silent for too long."""
    ended = PushDelivery.objects.exclude(state=WorkState.READY).filter(created_at__lt=at - timedelta(days=30))
    Device.objects.filter(last_seen_at__lt=at - SILENT_FOR).delete()
    return ended.delete()[0]


def _spread(notices: Sequence[Notification], devices: Sequence[Device]) -> list[PushDelivery]:
    by_reader: defaultdict[UUID, list[Notification]] = defaultdict(list)
    for notice in notices:
        by_reader[notice.recipient_id].append(notice)
    return [push for device in devices for push in _for_device(device, by_reader[device.user_id])]


def _for_device(device: Device, notices: Sequence[Notification]) -> list[PushDelivery]:
    can_wait = [notice for notice in notices if notice.priority == Priority.NORMAL]
    if len(can_wait) <= MOST_APART:
        return [_about(device, notice) for notice in notices]
    urgent = [_about(device, notice) for notice in notices if notice.priority == Priority.HIGH]
    return [*urgent, _digest(device, can_wait)]


def _about(device: Device, notice: Notification) -> PushDelivery:
    return PushDelivery(
        device=device,
        notification=notice,
        kind=notice.kind,
        title=notice.title,
        body=notice.body,
        action_url=notice.action_url,
        is_urgent=notice.priority == Priority.HIGH,
    )


def _digest(device: Device, notices: Sequence[Notification]) -> PushDelivery:
    first = "; ".join(notice.title for notice in notices[:MOST_APART])
    return PushDelivery(
        device=device,
        notification=notices[-1],
        kind="digest",
        title=f"{len(notices)} notices for you",
        body=f"{first}; and {len(notices) - MOST_APART} more.",
        action_url="/notifications",
    )


def _devices_of(user_ids: Iterable[UUID]) -> list[Device]:
    return list(Device.objects.filter(user_id__in=list(user_ids), user__is_active=True))


def _switched_off(notices: Sequence[Notification]) -> set[tuple[UUID, str]]:
    kinds = notice_kinds()
    off = SwitchedOff.objects.filter(channel=Channel.PUSH, user_id__in={notice.recipient_id for notice in notices})
    return {
        (user_id, code)
        for user_id, code in off.values_list("user_id", "kind")
        if code in kinds and kinds[code].can_be_switched_off
    }


def _willing(user_ids: Iterable[UUID], code: str) -> set[UUID]:
    off = SwitchedOff.objects.filter(channel=Channel.PUSH, kind=code).values_list("user_id", flat=True)
    return set(user_ids) - set(off)


def _push(work: PushDelivery) -> Push:
    return Push(
        token=work.device.token,
        title=work.title,
        body=work.body,
        data={"kind": work.kind, "action_url": work.action_url, "notification_id": str(work.notification_id or "")},
        is_urgent=work.is_urgent,
        # The row's own id, where nothing else would do: a second copy of this very push shows as one.
        collapse_key=work.about or str(work.pk),
    )


def _close(work: PushDelivery, answer: Answer) -> None:
    match answer.outcome:
        case Outcome.SENT:
            finish(work)
        case Outcome.GONE:
            _forget(work.device)
        case Outcome.BAD_TOKEN if _others_took_it(work):
            _forget(work.device)
        case Outcome.AWAY:
            retry(work, answer.detail, at=_next_try(work, answer))
        case _:
            park(work, answer.detail)


def _others_took_it(work: PushDelivery) -> bool:
    """Whether FCM has taken such a message for another device: then it is the token that is wrong, not the message."""
    done = PushDelivery.objects.filter(kind=work.kind, state=WorkState.DONE)
    return done.exclude(device=work.device).exists()


def _forget(device: Device) -> None:
    """The token is good for nothing any more; with it goes whatever waited for it."""
    logger.info("a %s device is gone", device.platform)
    Device.objects.filter(pk=device.pk, token=device.token).delete()


def _next_try(work: PushDelivery, answer: Answer) -> datetime | None:
    """When FCM wishes, a little apart from each other; None: after the outbox's own growing pause."""
    if answer.wait_seconds is None:
        return None
    wait = answer.wait_seconds * 2 ** min(work.attempts - 1, 4)
    return timezone.now() + timedelta(seconds=wait * random.uniform(1.0, 1.2))  # noqa: S311 - no secret
