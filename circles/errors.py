"""What a circle refuses, and why."""

from contri.core.errors import ConflictError, ForbiddenError, NotFoundError


class CircleNotFoundError(NotFoundError):
    """There is no such circle among yours."""

    code = "not_found"
    title = "There is no such thing"


class InviteInvalidError(NotFoundError):
    """No circle has this invite code, or it is no longer good."""

    code = "invite_invalid"
    title = "This invite does not work"


class NotHostError(ForbiddenError):
    """Only the circle's host may do this."""

    code = "not_host"
    title = "Only the host may do this"


class KycTierTooLowError(ForbiddenError):
    """The pot is more than your verification tier lets you hold; verify your identity first."""

    code = "kyc_tier_too_low"
    title = "Verify your identity first"


class MemberRestrictedError(ForbiddenError):
    """You owe other circles; pay what is late, and you can join and found circles again."""

    code = "member_restricted"
    title = "Pay what you owe first"


class InvalidStateError(ConflictError):
    """The circle is not in a state that allows this."""

    code = "invalid_state"
    title = "Not possible in this state"


class AlreadyMemberError(ConflictError):
    """You are already in this circle."""

    code = "already_member"
    title = "You are already a member"


class CircleFullError(ConflictError):
    """Every seat of this circle is taken."""

    code = "circle_full"
    title = "The circle is full"


class CircleNotOpenError(ConflictError):
    """This circle no longer takes new members."""

    code = "circle_not_open"
    title = "The circle is not open"


class CharterChangedError(ConflictError):
    """The rules have changed since you read them; read the version in force and decide again."""

    code = "charter_changed"
    title = "The charter has changed"


class CharterNotAcceptedError(ConflictError):
    """Not every member has accepted the rules in force."""

    code = "charter_not_accepted"
    title = "Somebody has yet to accept the charter"


class TooFewMembersError(ConflictError):
    """Not every seat is taken yet."""

    code = "too_few_members"
    title = "Too few members"


class SecurityMissingError(ConflictError):
    """The charter asks for a deposit or a share of the reserve, and a member's wallet holds too little for it."""

    code = "security_missing"
    title = "Too little for the deposit"


class TooManyHandsError(ConflictError):
    """One person may hold at most half of a circle's turns."""

    code = "too_many_hands"
    title = "Too many turns for one person"


class AlreadyPaidError(ConflictError):
    """There is nothing left to pay here."""

    code = "already_paid"
    title = "Already paid"


class ChargeUnderWayError(ConflictError):
    """A card is being charged for this contribution already; wait for what becomes of it."""

    code = "charge_under_way"
    title = "A card is being charged"


class OutageDeclaredError(ConflictError):
    """It is declared already that this provider is away."""

    code = "outage_declared"
    title = "Declared already"


class OutageUnknownError(NotFoundError):
    """No outage of this provider is declared."""

    code = "outage_unknown"
    title = "No such outage"


class AlreadyPaidOutError(ConflictError):
    """A member who has received the pot can only leave through a replacement."""

    code = "already_paid_out"
    title = "You have already received the pot"


class ReplacementRequiredError(ConflictError):
    """Turns are written: a member leaves only when somebody takes their place. Offer it, and give them the code."""

    code = "replacement_required"
    title = "Somebody must take your place"


class HostCannotLeaveError(ConflictError):
    """The host cannot leave a circle that still forms; cancel it instead."""

    code = "host_cannot_leave"
    title = "The host cannot leave"


class StartDatePassedError(ConflictError):
    """The first contribution would be due before now; choose a later start date."""

    code = "start_date_passed"
    title = "The start date has passed"


class CycleUnknownError(NotFoundError):
    """The circle has no cycle with this number."""

    code = "cycle_unknown"
    title = "No such cycle"


class TurnsNotAssignedError(ConflictError):
    """The host assigns the turns in this circle, and has not assigned them to all its members."""

    code = "turns_not_assigned"
    title = "The turns are not assigned"


class NoDrawError(NotFoundError):
    """This circle's turns are not drawn."""

    code = "no_draw"
    title = "There is no draw"


class TurnUnknownError(NotFoundError):
    """There is no such turn, or it is not one that could be swapped with yours."""

    code = "turn_unknown"
    title = "No such turn"


class SwapUnknownError(NotFoundError):
    """Nobody has offered you this swap, or it is no longer on offer."""

    code = "swap_unknown"
    title = "No such swap"


class SwapTooLateError(ConflictError):
    """One of the turns is less than a cycle away, or has had its payout."""

    code = "swap_too_late"
    title = "Too late to swap"


class SwapProposedError(ConflictError):
    """These two turns are on offer already."""

    code = "swap_proposed"
    title = "Already on offer"


class MessageNotFoundError(NotFoundError):
    """There is no such message in this chat."""

    code = "message_not_found"
    title = "No such message"


class NotAuthorError(ForbiddenError):
    """Only who wrote a message may change it or take it back."""

    code = "not_author"
    title = "Not your message"


class SilencedError(ForbiddenError):
    """A moderator has taken your word away in this chat for a while; you can read on."""

    code = "silenced"
    title = "You cannot write here now"


class NotYoursToChangeError(ConflictError):
    """Contri itself wrote this message; it stands."""

    code = "system_message"
    title = "This message stands"


class TooLateToChangeError(ConflictError):
    """A message can be changed or taken back for fifteen minutes."""

    code = "too_late_to_change"
    title = "Too late to change it"


class MessageDeletedError(ConflictError):
    """The message was taken back or hidden."""

    code = "message_deleted"
    title = "The message is gone"


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


class PauseNotYoursError(ForbiddenError):
    """Who stopped the clocks decides: a pause by vote ends by vote, one by our staff by them."""

    code = "pause_not_yours"
    title = "Not yours to end"


class HostNotSilentError(ConflictError):
    """The host has been here lately; nobody takes over from a host who is there."""

    code = "host_not_silent"
    title = "The host is there"


class AlreadyPutOffError(ConflictError):
    """The start was put off once already, and others count on the date."""

    code = "already_put_off"
    title = "Put off once already"


class NothingToShrinkError(ConflictError):
    """Every seat is taken, or fewer than two are."""

    code = "nothing_to_shrink"
    title = "Nothing to shrink"


class CircleRenewedError(ConflictError):
    """This circle goes on as a new one already."""

    code = "already_renewed"
    title = "Renewed already"


class PaydayUnderWayError(ConflictError):
    """A pot of theirs is being collected just now; it is paid out first."""

    code = "payday_under_way"
    title = "Their payday is under way"


class NoNomineeError(NotFoundError):
    """You have named nobody."""

    code = "no_nominee"
    title = "No nominee"


class AlreadyHostError(ConflictError):
    """They are the host of this circle."""

    code = "already_host"
    title = "The host already"


class HandoverOpenError(ConflictError):
    """Your place is on offer already."""

    code = "handover_open"
    title = "Already on offer"


class HandoverUnknownError(NotFoundError):
    """This place is not on offer, or nobody asks for it."""

    code = "handover_unknown"
    title = "Not on offer"


class NoAuctionError(NotFoundError):
    """This circle's turns are not auctioned."""

    code = "no_auction"
    title = "There is no auction"


class BidsClosedError(ConflictError):
    """Bids for turns have closed."""

    code = "bids_closed"
    title = "Bids have closed"


class BidsOpenError(ConflictError):
    """Bids are still taken, and somebody has yet to bid; turns are written when all have, or bids have closed."""

    code = "bids_open"
    title = "Bids are still open"


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
