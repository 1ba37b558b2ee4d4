"""Reads of a circle's votes, as one of its members sees them: secret until they are decided."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from accounts.models import User
from circles.models import Circle, Vote, VoteStatus


@dataclass(frozen=True, slots=True)
class OptionView:
    """One choice: "yes", "no", or a member (`person`); `ballots` is None while the vote is open."""

    choice: str
    person: User | None
    ballots: int | None


@dataclass(frozen=True, slots=True)
class VoteView:
    """A vote; `my_choice` is None for somebody without a say, "" before they have cast their ballot."""

    vote: Vote
    status: str
    options: list[OptionView]
    voters: int
    ballots_cast: int
    my_choice: str | None


def votes_of(circle: Circle, user: User, *, at: datetime) -> list[VoteView]:
    """All votes of the circle, the newest first, in three queries."""
    people = {str(place.pk): place.user for place in circle.memberships.select_related("user")}
    return [_view(vote, people, user, at) for vote in _votes(circle).order_by("-number")]


def view_of_vote(vote: Vote, user: User, *, at: datetime) -> VoteView:
    """One vote as `user` sees it."""
    return next(view for view in votes_of(vote.circle, user, at=at) if view.vote.pk == vote.pk)


def _votes(circle: Circle) -> QuerySet[Vote]:
    related = Vote.objects.filter(circle=circle).select_related("about__user", "opened_by__user")
    return related.prefetch_related("ballots__membership")


def _view(vote: Vote, people: dict[str, User], user: User, at: datetime) -> VoteView:
    ballots = list(vote.ballots.all())
    # The beat closes a vote a little after its time; nobody can vote in between.
    status = VoteStatus.LAPSED if vote.status == VoteStatus.OPEN and vote.closes_at <= at else vote.status
    tally = Counter(ballot.choice for ballot in ballots)
    return VoteView(
        vote=vote,
        status=status,
        options=list(_options(vote, people, tally if status != VoteStatus.OPEN else None)),
        voters=len(ballots),
        ballots_cast=len(ballots) - tally[""],
        my_choice=next((ballot.choice for ballot in ballots if ballot.membership.user_id == user.pk), None),
    )


def _options(vote: Vote, people: dict[str, User], tally: Counter[str] | None) -> Iterable[OptionView]:
    for choice in vote.options:
        yield OptionView(choice, people.get(choice), None if tally is None else tally[choice])
