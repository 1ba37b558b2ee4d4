"""What members are told: notices in the transaction of the act, a wake-up for the app after it."""

from collections.abc import Iterable
from uuid import UUID

from circles.models import Circle, MembershipStatus
from circles.signals import circles_changed
from contri.core.announcing import announce
from notifications.kinds import NoticeKind
from notifications.services import notify_all


def facts_about(circle: Circle, **facts: str) -> dict[str, str]:
    """The facts of a notice, with the circle's own among them."""
    return {"circle": circle.name, "circle_id": str(circle.pk), **facts}


def tell(recipient_ids: Iterable[UUID], kind: NoticeKind, circle: Circle, *, key: str = "", **facts: str) -> None:
    """Tell some people something about a circle."""
    notify_all(recipient_ids=recipient_ids, kind=kind, facts=facts_about(circle, **facts), key=key)


def tell_members(circle: Circle, kind: NoticeKind, *, but_not: UUID | None = None, key: str = "", **facts: str) -> None:
    """Tell every active member, except perhaps one."""
    active = circle.memberships.filter(status=MembershipStatus.ACTIVE).values_list("user_id", flat=True)
    tell([user_id for user_id in active if user_id != but_not], kind, circle, key=key, **facts)


def announce_change(circle: Circle) -> None:
    """Let the apps that show this circle know, once it is committed, that they should look again."""
    announce_changes([circle])


def announce_changes(circles: Iterable[Circle]) -> None:
    """`announce_change` for many circles together."""
    announce(circles_changed, circle_ids=[circle.pk for circle in circles])
