"""What a circle refuses, and why: its life, its turns and its money. Its people and its chat are beside."""

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


class PauseNotYoursError(ForbiddenError):
    """Who stopped the clocks decides: a pause by vote ends by vote, one by our staff by them."""

    code = "pause_not_yours"
    title = "Not yours to end"


class AlreadyPutOffError(ConflictError):
    """The start was put off once already, and others count on the date."""

    code = "already_put_off"
    title = "Put off once already"


class CircleRenewedError(ConflictError):
    """This circle goes on as a new one already."""

    code = "already_renewed"
    title = "Renewed already"


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
