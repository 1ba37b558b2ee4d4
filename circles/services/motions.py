"""What members can decide by vote: who may ask, who has a say, how many must agree, and what it does.

One ballot a person, however many turns they hold. A majority is more than half of everybody who has a say, so that
who stays away does not decide. Who asks votes yes by asking. Ballots are secret; the tally is shown once it is decided.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from accounts.models import User
from circles import chat_texts
from circles.errors import PauseNotYoursError, TooManyHandsError
from circles.errors.people import NothingToShrinkError, VoteOvertakenError
from circles.models import (
    NO,
    RUNNING,
    UNDER_WAY,
    UNFINISHED,
    YES,
    Circle,
    CircleStatus,
    Membership,
    MembershipStatus,
    PauseCause,
    ScheduledAct,
    Vote,
    VoteStatus,
    VoteSubject,
)
from circles.services.access import lock_circle_of, require_state
from circles.services.chat_lines import write_in_chat
from circles.services.departing import expel
from circles.services.dissolving import DISSOLVABLE, dissolve
from circles.services.forming import seats_taken, shrink_to
from circles.services.pausing import pause_of, restart_clocks, stop_clocks
from circles.services.succession import make_host
from circles.services.telling import announce_change, tell, tell_members
from circles.services.voting import count, decide, mark_ballot, more_than_half, open_vote_of, write_vote
from contri.core import audit
from contri.core.errors import refuse_if
from notifications import kinds

FEWEST_SEATS = 2


@dataclass(frozen=True, slots=True)
class Motion:
    """One kind of vote. `refuse` says why it cannot be asked now; `carry` does what was decided."""

    states: Sequence[CircleStatus]
    needed: Callable[[int], int]
    refuse: Callable[[Circle], None]
    carry: Callable[[Circle, Vote, datetime], None]


@transaction.atomic
def open_vote(*, actor: User, circle_id: UUID, subject: VoteSubject, reason: str, at: datetime) -> Vote:
    """Ask the members of a circle to decide something; the actor votes yes by asking.

    Raises:
        InvalidStateError: the circle is not in a state for this.
        VoteOpenError, TooFewVotersError: it is being voted on already; nobody could be outvoted.
        PauseNotYoursError, NothingToShrinkError, TooManyHandsError: there is nothing here for the members to decide.
    """
    circle, membership = lock_circle_of(actor, circle_id)
    motion = MOTIONS[subject]
    require_state(circle, *motion.states)
    motion.refuse(circle)
    voters = voters_of(circle)
    vote = write_vote(
        circle,
        subject,
        opened_by=membership,
        voters=voters,
        options=(YES, NO),
        needed=motion.needed(len(voters)),
        reason=reason,
        at=at,
    )
    announce_vote(circle, vote, actor)
    cast(circle, vote, membership, YES, actor=actor, at=at)
    return vote


@transaction.atomic
def cast_ballot(*, actor: User, circle_id: UUID, vote_id: UUID, choice: str, at: datetime) -> Vote:
    """Cast the actor's one ballot. The ballot that decides a vote also does what was decided.

    Raises:
        VoteUnknownError, VoteClosedError: there is none that they have a say in; it is over.
        NoSuchOptionError, AlreadyVotedError: that is not a choice; they have voted.
        InvalidStateError, VoteOvertakenError: the circle is not any more what the vote was about.
    """
    circle, membership = lock_circle_of(actor, circle_id)
    vote = open_vote_of(circle, vote_id, at=at)
    cast(circle, vote, membership, choice, actor=actor, at=at)
    return vote


def cast(circle: Circle, vote: Vote, voter: Membership, choice: str, *, actor: User, at: datetime) -> None:
    """Mark one ballot, count, and do what was decided."""
    motion = MOTIONS[VoteSubject(vote.subject)]
    require_state(circle, *motion.states)
    mark_ballot(vote, voter, choice, at=at)
    audit.record(actor, vote, "voted")
    count(vote, at=at)
    if vote.status == VoteStatus.CARRIED and vote.outcome != NO:
        motion.carry(circle, vote, at)
    if vote.status != VoteStatus.OPEN:
        _tell_outcome(circle, vote, at)
    announce_change(circle)


def close_vote(act: ScheduledAct, at: datetime) -> None:
    """A vote's time has run out: what is not decided by then stays as it was."""
    for vote in act.circle.votes.filter(number=act.number, status=VoteStatus.OPEN):
        decide(vote, VoteStatus.LAPSED, at=at)
        _tell_outcome(act.circle, vote, at)


def voters_of(circle: Circle, *, but_not: UUID | None = None) -> list[Membership]:
    """Everybody with a say: the members, except perhaps the one it is about."""
    active = circle.memberships.filter(status=MembershipStatus.ACTIVE).order_by("joined_at", "pk")
    return [member for member in active if member.pk != but_not]


def majority_of_several(voters: int) -> int:
    """Nobody decides alone over the others: two at least."""
    return max(2, more_than_half(voters))


def announce_vote(circle: Circle, vote: Vote, opened_by: User) -> None:
    """Keep that a vote was opened, and ask everybody for their say."""
    audit.record(opened_by, vote, f"opened a vote: {vote.subject}", reason=vote.reason, flag=audit.ADDITION)
    voters = vote.ballots.exclude(membership__user=opened_by).values_list("membership__user_id", flat=True)
    about = {"member": opened_by.display_name, "question": question_of(vote)}
    tell(voters, kinds.VOTE_OPENED, circle, key=str(vote.pk), **about)


def question_of(vote: Vote) -> str:
    """What is asked, as people read it."""
    name = vote.about.user.display_name if vote.about else ""
    return QUESTIONS[VoteSubject(vote.subject)].format(name=name)


def _tell_outcome(circle: Circle, vote: Vote, at: datetime) -> None:
    outcome = OUTCOMES[VoteStatus(vote.status)] if vote.outcome != NO else OUTCOMES[VoteStatus.REJECTED]
    key = f"{vote.pk}:decided"
    tell_members(circle, kinds.VOTE_DECIDED, key=key, question=question_of(vote), outcome=outcome)
    write_in_chat(circle, chat_texts.VOTE_DECIDED, at=at, question=question_of(vote), outcome=outcome)


def _nothing_against_it(circle: Circle) -> None:
    """The state of the circle is all that matters."""


def _refuse_resuming_for_others(circle: Circle) -> None:
    refuse_if(pause_of(circle).cause == PauseCause.STAFF, PauseNotYoursError)


def _refuse_shrinking(circle: Circle) -> None:
    seats = seats_taken(circle)
    refuse_if(not FEWEST_SEATS <= seats < circle.size, NothingToShrinkError)
    most = max(member.hands for member in voters_of(circle))
    refuse_if(most > max(1, seats // 2), TooManyHandsError)


def _pause(circle: Circle, vote: Vote, at: datetime) -> None:
    stop_clocks(circle, PauseCause.VOTE, actor=None, reason=vote.reason or "by vote", at=at)


def _resume(circle: Circle, vote: Vote, at: datetime) -> None:
    _refuse_resuming_for_others(circle)
    restart_clocks(circle, actor=None, reason=vote.reason or "by vote", at=at)


def _shrink(circle: Circle, vote: Vote, at: datetime) -> None:
    """Only if those who agreed are still all there is: who came since has not been asked."""
    asked = set(vote.ballots.values_list("membership_id", flat=True))
    refuse_if(asked != {member.pk for member in voters_of(circle)}, VoteOvertakenError)
    shrink_to(circle, seats_taken(circle), at=at)


def _dissolve(circle: Circle, vote: Vote, at: datetime) -> None:
    dissolve(circle, actor=None, reason=vote.reason or "by vote", at=at)


def _succeed(circle: Circle, vote: Vote, at: datetime) -> None:
    chosen = circle.memberships.filter(pk=vote.outcome, status=MembershipStatus.ACTIVE).select_related("user").first()
    if chosen is None:
        raise VoteOvertakenError
    make_host(circle, chosen, actor=None, why="chosen by vote", at=at)


def _everybody(voters: int) -> int:
    return voters


def _two_thirds(voters: int) -> int:
    return -(-2 * voters // 3)


def _remove(circle: Circle, vote: Vote, at: datetime) -> None:
    member = vote.about
    if member is None or member.status != MembershipStatus.ACTIVE:
        raise VoteOvertakenError
    expel(circle, member, actor=None, reason=vote.reason, at=at)
    tell([member.user_id], kinds.MEMBER_REMOVED_BY_VOTE, circle, reason=vote.reason)


MOTIONS = {
    VoteSubject.PAUSE: Motion(RUNNING, majority_of_several, _nothing_against_it, _pause),
    VoteSubject.RESUME: Motion((CircleStatus.PAUSED,), majority_of_several, _refuse_resuming_for_others, _resume),
    VoteSubject.SHRINK: Motion((CircleStatus.FORMING,), _everybody, _refuse_shrinking, _shrink),
    VoteSubject.DISSOLUTION: Motion(DISSOLVABLE, _two_thirds, _nothing_against_it, _dissolve),
    VoteSubject.REMOVAL: Motion(UNDER_WAY, majority_of_several, _nothing_against_it, _remove),
    VoteSubject.SUCCESSION: Motion(UNFINISHED, more_than_half, _nothing_against_it, _succeed),
}

QUESTIONS = {
    VoteSubject.PAUSE: "pause the circle",
    VoteSubject.RESUME: "let the circle go on",
    VoteSubject.REMOVAL: "take {name} out of the circle",
    VoteSubject.SUCCESSION: "choose a new host",
    VoteSubject.SHRINK: "start with the members there are",
    VoteSubject.DISSOLUTION: "dissolve the circle",
}

OUTCOMES = {
    VoteStatus.CARRIED: "It was agreed.",
    VoteStatus.REJECTED: "It was not agreed; everything stays as it is.",
    VoteStatus.LAPSED: "Too few voted in time; everything stays as it is.",
}
