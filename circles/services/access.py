"""Who may touch a circle, and the lock under which everything in it changes.

Every verb that changes a circle or anything beneath it locks the circle's row first; that one lock is what makes two
people taking the last seat, or a contribution and a payout at the same instant, wait for each other.
"""

from uuid import UUID

from accounts.models import User
from circles.errors import CircleNotFoundError, InvalidStateError, NotHostError
from circles.models import PRESENT, Circle, CircleStatus, Membership, MembershipStatus, Role
from contri.core.errors import refuse_if
from contri.core.locking import lock_row

LEADING = (Role.HOST, Role.COHOST)


def lock_circle(circle_id: UUID) -> Circle:
    """The circle, locked until the transaction ends.

    Raises:
        CircleNotFoundError: there is none.
    """
    try:
        return lock_row(Circle.objects.all(), circle_id)
    except Circle.DoesNotExist as missing:
        raise CircleNotFoundError from missing


def lock_circle_of(actor: User, circle_id: UUID) -> tuple[Circle, Membership]:
    """The locked circle and the actor's place in it.

    Raises:
        CircleNotFoundError: there is none, or the actor is not in it: the two look the same from outside.
    """
    circle = lock_circle(circle_id)
    membership = Membership.objects.filter(circle=circle, user=actor, status__in=PRESENT).first()
    if membership is None:
        raise CircleNotFoundError
    return circle, membership


def lock_circle_as_host(actor: User, circle_id: UUID) -> Circle:
    """The locked circle, for its host.

    Raises:
        CircleNotFoundError: there is none, or the actor is not in it.
        NotHostError: the actor is only a member.
    """
    circle, membership = lock_circle_of(actor, circle_id)
    refuse_if(membership.role != Role.HOST or membership.status != MembershipStatus.ACTIVE, NotHostError)
    return circle


def lock_circle_as_lead(actor: User, circle_id: UUID) -> Circle:
    """The locked circle, for its host or co-host.

    Raises:
        CircleNotFoundError: there is none, or the actor is not in it.
        NotHostError: the actor is only a member.
    """
    circle, membership = lock_circle_of(actor, circle_id)
    refuse_if(membership.role not in LEADING or membership.status != MembershipStatus.ACTIVE, NotHostError)
    return circle


def member_of(circle: Circle, membership_id: UUID, *statuses: MembershipStatus) -> Membership:
    """One of the circle's members.

    Raises:
        CircleNotFoundError: nobody in one of `statuses` has this id here.
    """
    membership = circle.memberships.filter(pk=membership_id, status__in=statuses).select_related("user").first()
    if membership is None:
        raise CircleNotFoundError
    return membership


def require_state(circle: Circle, *states: CircleStatus) -> None:
    """Refuse unless the circle is in one of `states`.

    Raises:
        InvalidStateError: it is not.
    """
    refuse_if(circle.status not in states, InvalidStateError, f"The circle is {circle.status}.")
