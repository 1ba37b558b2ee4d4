"""Every line that Contri itself writes into a circle's chat, in one place.

Templates are `str.format` over facts, in English; the event's code is kept with the message, for other languages.
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ChatText:
    """One thing that the server says; `event` is its stable code."""

    event: str
    template: str

    def filled(self, facts: Mapping[str, str]) -> str:
        """The line with the facts put in.

        Raises:
            KeyError: a fact is missing: a mistake of ours.
        """
        return self.template.format_map(facts)


# --- money. Facts: amount (1500.00), member (Ada O.), members (several, with or without amounts), cycle (its number)
CONTRIBUTION_PAID = ChatText("contribution_paid", "{member} paid ₦{amount} for cycle {cycle}.")
CONTRIBUTIONS_COLLECTED = ChatText("contributions_collected", "Paid for cycle {cycle}: {members}.")
POT_PAID_OUT = ChatText("pot_paid_out", "{member} received the pot of cycle {cycle}: ₦{amount}.")
REST_PASSED_ON = ChatText("rest_passed_on", "{member} received ₦{amount} more of cycle {cycle}, paid in later.")
POT_WAITS = ChatText("pot_waits", "The pot of cycle {cycle} waits until everybody has paid.")
CONTRIBUTIONS_LATE = ChatText("contributions_late", "Late for cycle {cycle}: {members}")
CONTRIBUTION_REFUNDED = ChatText("contribution_refunded", "{member} has ₦{amount} of cycle {cycle} back.")
SETTLEMENT_PAID = ChatText("settlement_paid", "{member} paid ₦{amount} towards the settlement.")
SETTLEMENT_RECEIVED = ChatText("settlement_received", "{member} received ₦{amount} out of the settlement.")

# --- security. Facts: member, amount, what (deposit, share of the reserve), cycle
SECURITY_TAKEN = ChatText("security_taken", "{member} left ₦{amount} with the circle: their {what}.")
SECURITY_RETURNED = ChatText("security_returned", "{member} has ₦{amount} back: their {what}.")
DEPOSIT_USED = ChatText("deposit_used", "₦{amount} of {member}'s deposit paid for cycle {cycle}.")
RESERVE_LENT = ChatText("reserve_lent", "The reserve added ₦{amount} to the pot of cycle {cycle}.")
RESERVE_REPAID = ChatText("reserve_repaid", "₦{amount} of cycle {cycle}, paid in later, went back to the reserve.")
FEE_PAID = ChatText("fee_paid", "{member} paid a late fee of ₦{amount}.")

# --- the circle's life
CIRCLE_STARTED = ChatText("circle_started", "The circle is complete. The first contribution is due on {starts_on}.")
CIRCLE_CANCELLED = ChatText("circle_cancelled", "The circle was called off.")
CIRCLE_EXPIRED = ChatText("circle_expired", "The circle did not come together in time.")
CIRCLE_PAUSED = ChatText("circle_paused", "The circle is paused: nothing is collected and nobody becomes late.")
CIRCLE_RESUMED = ChatText("circle_resumed", "The circle goes on, {days} day(s) later than planned.")
CIRCLE_DISSOLVING = ChatText("circle_dissolving", "The circle is being dissolved. There are no more payouts.")
CIRCLE_DISSOLVED = ChatText("circle_dissolved", "The circle is settled.")
CIRCLE_COMPLETED = ChatText("circle_completed", "The circle has gone all the way round.")
CIRCLE_RENEWED = ChatText(
    "circle_renewed", "The circle goes on as a new one from {starts_on}. Everybody who was in it is invited."
)
CHARTER_CHANGED = ChatText("charter_changed", "The rules have changed: version {version} waits for everybody's yes.")
TURNS_SWAPPED = ChatText(
    "turns_swapped", "{first} now has turn {first_turn}, {second} has turn {second_turn}. Both agreed."
)
TURN_MOVED_BACK = ChatText(
    "turn_moved_back",
    "{second} receives the pot of cycle {first_turn}: {first} owes more than it would bring, and waits for cycle "
    "{second_turn}.",
)
MEMBER_JOINED = ChatText("member_joined", "{member} joined.")
MEMBER_LEFT = ChatText("member_left", "{member} left.")
MEMBER_REMOVED = ChatText("member_removed", "{member} was removed by the host.")
MEMBER_TAKEN_OUT = ChatText(
    "member_taken_out", "{member} is no longer a member. Their turns are settled on their days."
)
MEMBER_DIED = ChatText("member_died", "{member} has died. What is theirs goes to their family.")
HOST_CHANGED = ChatText("host_changed", "{member} is the host now.")
VOTE_DECIDED = ChatText("vote_decided", "Voted: {question}. {outcome}")
PLACE_TAKEN_OVER = ChatText("place_taken_over", "{newcomer} has taken over the place of {leaver}.")
DISCOUNT_SHARED = ChatText("discount_shared", "{member} gave up ₦{amount} of cycle {cycle}; the others share it.")
