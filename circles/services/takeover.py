"""The host is gone: the co-host takes over, else the members choose."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from accounts.models import User
from circles.errors.people import HostNotSilentError
from circles.models import UNFINISHED, Circle, MembershipStatus, Role, Vote, VoteSubject
from circles.services.access import lock_circle_of, require_state
from circles.services.motions import announce_vote, voters_of
from circles.services.succession import is_away, is_host_gone, make_host
from circles.services.voting import more_than_half, write_vote
from contri.core.errors import refuse_if


@dataclass(frozen=True, slots=True)
class Succession:
    """The circle, led by its co-host now, or the vote that was opened instead."""

    circle: Circle
    vote: Vote | None


@transaction.atomic
def replace_host(*, actor: User, circle_id: UUID, at: datetime) -> Succession:
    """Any member may say that the host is gone. The co-host takes over at once; without one a vote is opened.

    A co-host who is silent as well does not count. Everybody but the host can be chosen, by more than half of them.

    Raises:
        InvalidStateError: the circle is over.
        HostNotSilentError: the host was here in the last two weeks.
        VoteOpenError: the members are choosing already.
    """
    circle, membership = lock_circle_of(actor, circle_id)
    require_state(circle, *UNFINISHED)
    refuse_if(not is_host_gone(circle, at=at), HostNotSilentError)
    cohosts = circle.memberships.filter(role=Role.COHOST, status=MembershipStatus.ACTIVE).select_related("user")
    cohost = cohosts.first()
    if cohost is not None and not is_away(cohost, at=at):
        make_host(circle, cohost, actor=actor, why="the host was silent", at=at)
        return Succession(circle, None)
    host = circle.memberships.filter(role=Role.HOST).values_list("pk", flat=True).first()
    candidates = voters_of(circle, but_not=host)
    vote = write_vote(
        circle,
        VoteSubject.SUCCESSION,
        opened_by=membership,
        voters=candidates,
        options=[str(candidate.pk) for candidate in candidates],
        needed=more_than_half(len(candidates)),
        at=at,
    )
    announce_vote(circle, vote, actor)
    return Succession(circle, vote)
