"""All that an act of a circle leaves behind beside money, to be compared whole."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.contrib.admin.models import LogEntry
from django.db.models import QuerySet
from django.test import TestCase

from accounts.models import User
from circles import signals
from circles.models import ChatMessage
from contri.core import audit
from notifications.models import Notification

FACTS = {
    "circle changed": signals.circles_changed,
    "member gone": signals.member_gone,
    "paid out": signals.cycle_paid_out,
}


@dataclass(frozen=True, slots=True)
class Left:
    """Notices and whom they are for, lines of the chat in their order, records and who did it, and why.

    And the facts that are announced once it is committed, which wake up apps and open sockets.
    """

    notices: list[str]
    lines: list[str]
    record: list[str]
    facts: list[str]


def leaves(notices: Iterable[str], lines: Iterable[str], record: Iterable[str], *facts: str) -> Left:
    return Left(sorted(notices), list(lines), list(record), sorted(facts))


def left_by(act: Callable[[], object]) -> Left:
    notices, lines = set(told().values_list("pk", flat=True)), set(said().values_list("pk", flat=True))
    record = set(recorded().values_list("pk", flat=True))
    with TestCase.captureOnCommitCallbacks() as callbacks:
        act()
    announced = {getattr(getattr(callback, "func", None), "__self__", None) for callback in callbacks}
    return leaves(
        [f"{notice.recipient.display_name}: {notice.title}" for notice in told().exclude(pk__in=notices)],
        [line.body for line in said().exclude(pk__in=lines)],
        [as_recorded(entry) for entry in recorded().exclude(pk__in=record)],
        *(name for name, signal in FACTS.items() if signal in announced),
    )


def told() -> QuerySet[Notification]:
    return Notification.objects.select_related("recipient")


def said() -> QuerySet[ChatMessage]:
    return ChatMessage.objects.order_by("number")


def recorded() -> QuerySet[LogEntry]:
    return LogEntry.objects.select_related("user").order_by("pk")


def as_recorded(entry: LogEntry) -> str:
    details = audit.details_of(entry)
    why = f" ({details['reason']})" if "reason" in details else ""
    return f"{by_whom(entry.user)}: {details['what']}{why}"


def by_whom(user: User) -> str:
    return "Contri" if user.email == audit.SYSTEM_EMAIL else user.display_name
