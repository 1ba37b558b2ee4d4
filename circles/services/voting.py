"""Votes as rows: who may vote is written down when a vote opens, and one routine counts.

What a vote is about, and what it does when it is carried, is none of this module's business (services.motions).
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Count

from circles.errors.people import (
    AlreadyVotedError,
    NoSuchOptionError,
    TooFewVotersError,
    VoteClosedError,
    VoteOpenError,
    VoteUnknownError,
)
from circles.models import ActKind, Ballot, Circle, Membership, Vote, VoteStatus, VoteSubject
from circles.services.scheduling import drop_acts, schedule_vote_end
from contri.core.errors import refuse_if

VOTE_LASTS = timedelta(days=3)


def write_vote(
    circle: Circle,
    subject: VoteSubject,
    *,
    opened_by: Membership,
    voters: Sequence[Membership],
    options: Sequence[str],
    needed: int,
    at: datetime,
    reason: str = "",
    about: Membership | None = None,
) -> Vote:
    """Open a vote with a ballot for each of `voters`; `needed` of them must choose the same.

    Raises:
        VoteOpenError: the circle votes on this already.
        TooFewVotersError: not even all of them together could carry it.
    """
    is_open = circle.votes.filter(subject=subject, status=VoteStatus.OPEN).exists()
    refuse_if(is_open, VoteOpenError)
    refuse_if(len(voters) < needed, TooFewVotersError)
    vote = Vote.objects.create(
        circle=circle,
        number=circle.votes.count() + 1,
        subject=subject,
        about=about,
        options=list(options),
        needed=needed,
        reason=reason,
        opened_by=opened_by,
        opened_at=at,
        closes_at=at + VOTE_LASTS,
    )
    Ballot.objects.bulk_create(Ballot(vote=vote, membership=voter) for voter in voters)
    schedule_vote_end(circle, vote.number, vote.closes_at)
    return vote


def open_vote_of(circle: Circle, vote_id: UUID, *, at: datetime) -> Vote:
    """The vote, if it can still be voted in.

    Raises:
        VoteUnknownError: this circle has no such vote.
        VoteClosedError: it is decided, or its time has run out.
    """
    vote = circle.votes.filter(pk=vote_id).select_related("about__user", "opened_by").first()
    if vote is None:
        raise VoteUnknownError
    refuse_if(vote.status != VoteStatus.OPEN or vote.closes_at <= at, VoteClosedError)
    return vote


def mark_ballot(vote: Vote, voter: Membership, choice: str, *, at: datetime) -> None:
    """Cast a person's one ballot.

    Raises:
        NoSuchOptionError: that is not what is asked.
        VoteUnknownError: they have no say in this vote.
        AlreadyVotedError: they have voted.
    """
    refuse_if(choice not in vote.options, NoSuchOptionError)
    ballot = vote.ballots.filter(membership=voter).first()
    if ballot is None:
        raise VoteUnknownError
    refuse_if(ballot.choice, AlreadyVotedError)
    ballot.choice, ballot.cast_at = choice, at
    ballot.save(update_fields=["choice", "cast_at"])


def count(vote: Vote, *, at: datetime) -> None:
    """Decide the vote if its ballots do: one option has enough, or none can have enough any more."""
    tally = tally_of(vote)
    best = max(vote.options, key=lambda option: tally.get(option, 0))
    still_out = tally.get("", 0)
    if tally.get(best, 0) >= vote.needed:
        decide(vote, VoteStatus.CARRIED, at=at, outcome=best)
    elif tally.get(best, 0) + still_out < vote.needed:
        decide(vote, VoteStatus.REJECTED, at=at)


def decide(vote: Vote, status: VoteStatus, *, at: datetime, outcome: str = "") -> None:
    """End a vote."""
    vote.status, vote.outcome, vote.decided_at = status, outcome, at
    vote.save(update_fields=["status", "outcome", "decided_at"])


def overtake_votes(circle: Circle, *, at: datetime) -> None:
    """The circle has come to an end: whatever it was voting on is no more."""
    open_votes = circle.votes.filter(status=VoteStatus.OPEN)
    open_votes.update(status=VoteStatus.OVERTAKEN, decided_at=at)
    drop_acts(circle, kinds=[ActKind.CLOSE_VOTE])


def tally_of(vote: Vote) -> dict[str, int]:
    """Ballots by what they say; "" counts those that are not cast."""
    return dict(vote.ballots.values("choice").annotate(number=Count("pk")).values_list("choice", "number"))


def more_than_half(voters: int) -> int:
    """The least that is a majority of everybody who may vote, whether they do or not."""
    return voters // 2 + 1
