"""What is refused of people: votes, who leads, who leaves and who takes over, and appeals against a record."""

from contri.core.errors import ConflictError, ForbiddenError, NotFoundError


class VoteUnknownError(NotFoundError):
    """There is no such vote, or you have no say in it."""

    code = "vote_unknown"
    title = "No such vote"


class VoteOpenError(ConflictError):
    """The circle is voting on this already."""

    code = "vote_open"
    title = "Already being voted on"


class VoteClosedError(ConflictError):
    """This vote is over."""

    code = "vote_closed"
    title = "The vote is over"


class VoteOvertakenError(ConflictError):
    """What this vote was about has changed since it was opened; open another."""

    code = "vote_overtaken"
    title = "Things have changed since"


class AlreadyVotedError(ConflictError):
    """You have cast your one ballot in this vote."""

    code = "already_voted"
    title = "You have voted"


class NoSuchOptionError(ConflictError):
    """This vote does not offer that choice."""

    code = "no_such_option"
    title = "Not one of the choices"


class TooFewVotersError(ConflictError):
    """So few have a say in this that nobody could be outvoted; our staff decide it instead."""

    code = "too_few_voters"
    title = "Too few to vote on this"


class HostNotSilentError(ConflictError):
    """The host has been here lately; nobody takes over from a host who is there."""

    code = "host_not_silent"
    title = "The host is there"


class AlreadyHostError(ConflictError):
    """They are the host of this circle."""

    code = "already_host"
    title = "The host already"


class NoNomineeError(NotFoundError):
    """You have named nobody."""

    code = "no_nominee"
    title = "No nominee"


class HandoverOpenError(ConflictError):
    """Your place is on offer already."""

    code = "handover_open"
    title = "Already on offer"


class HandoverUnknownError(NotFoundError):
    """This place is not on offer, or nobody asks for it."""

    code = "handover_unknown"
    title = "Not on offer"


class ReplacementRequiredError(ConflictError):
    """Turns are written: a member leaves only when somebody takes their place. Offer it, and give them the code."""

    code = "replacement_required"
    title = "Somebody must take your place"


class HostCannotLeaveError(ConflictError):
    """The host cannot leave a circle that still forms; cancel it instead."""

    code = "host_cannot_leave"
    title = "The host cannot leave"


class PaydayUnderWayError(ConflictError):
    """A pot of theirs is being collected just now; it is paid out first."""

    code = "payday_under_way"
    title = "Their payday is under way"


class MarkUnknownError(NotFoundError):
    """No such mark stands on your record."""

    code = "mark_unknown"
    title = "No such mark"


class AlreadyAppealedError(ConflictError):
    """You have appealed against this mark; it is decided once."""

    code = "already_appealed"
    title = "Appealed already"


class AppealUnknownError(NotFoundError):
    """There is no such appeal."""

    code = "appeal_unknown"
    title = "No such appeal"


class AppealDecidedError(ConflictError):
    """Somebody has decided this appeal; that stands."""

    code = "appeal_decided"
    title = "Decided already"


class OwnAppealError(ForbiddenError):
    """Nobody decides about their own record."""

    code = "own_appeal"
    title = "Not yours to decide"


class NothingToShrinkError(ConflictError):
    """Every seat is taken, or fewer than two are."""

    code = "nothing_to_shrink"
    title = "Nothing to shrink"
