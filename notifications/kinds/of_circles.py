"""What people are told about their circles.

Facts: circle (its name), circle_id, and what the texts name.
"""

from notifications.kinds.kind import NoticeKind, NoticeType, Priority, Topic

JOIN_REQUESTED = NoticeKind(
    "join_requested",
    "{member} wants to join {circle}",
    "Let them in or turn them away.",
    type=NoticeType.ACTION_REQUIRED,
    action_url="/circles/{circle_id}/members",
)
JOIN_APPROVED = NoticeKind(
    "join_approved",
    "You are in {circle}",
    "The host let you in.",
    type=NoticeType.SUCCESS,
    action_url="/circles/{circle_id}",
)
CHAT_MESSAGES = NoticeKind(
    "chat_messages",
    "New messages in {circle}",
    "{member} and perhaps others wrote.",
    action_url="/circles/{circle_id}/chat",
)
MEMBER_JOINED = NoticeKind(
    "member_joined", "{member} joined {circle}", "One more seat is taken.", action_url="/circles/{circle_id}"
)
MEMBER_LEFT = NoticeKind(
    "member_left", "{member} left {circle}", "Their seat is free again.", action_url="/circles/{circle_id}"
)
MEMBER_REMOVED = NoticeKind("member_removed", "You are no longer in {circle}", "The host gave your seat to others.")
CHARTER_CHANGED = NoticeKind(
    "charter_changed",
    "The rules of {circle} have changed",
    "Read version {version} of the charter and accept it, or leave: the circle cannot start before everybody has.",
    type=NoticeType.ACTION_REQUIRED,
    action_url="/circles/{circle_id}/charter",
)
CIRCLE_STARTED = NoticeKind(
    "circle_started",
    "{circle} is complete",
    "Turns and dates are fixed. The first contribution is due on {starts_on}.",
    type=NoticeType.SUCCESS,
    priority=Priority.HIGH,
    action_url="/circles/{circle_id}",
)
CIRCLE_CANCELLED = NoticeKind(
    "circle_cancelled",
    "{circle} was called off",
    "Whatever you had paid in is back in your wallet.",
    priority=Priority.HIGH,
    topic=Topic.MONEY,
    action_url="/circles/{circle_id}",
)
CIRCLE_EXPIRED = NoticeKind(
    "circle_expired",
    "{circle} did not come together",
    "Its start date passed with seats empty. Whatever you had paid in is back in your wallet.",
    topic=Topic.MONEY,
    action_url="/circles/{circle_id}",
)
CONTRIBUTION_REMINDER = NoticeKind(
    "contribution_reminder",
    "₦{amount} for {circle} is due on {due_on}",
    "Keep it in your wallet and it is taken from there, or pay now.",
    action_url="/circles/{circle_id}",
    topic=Topic.REMINDER,
)
CONTRIBUTION_COLLECTED = NoticeKind(
    "contribution_collected",
    "Paid: cycle {cycle} of {circle}",
    "Your contribution of ₦{amount} was taken from your wallet.",
    type=NoticeType.SUCCESS,
    topic=Topic.MONEY,
    action_url="/circles/{circle_id}",
)
CONTRIBUTION_FAILED = NoticeKind(
    "contribution_failed",
    "Your wallet holds too little for {circle}",
    "₦{amount} for cycle {cycle} is due. Put money into your wallet: we try again by ourselves.",
    type=NoticeType.ACTION_REQUIRED,
    priority=Priority.HIGH,
    mails=True,
    topic=Topic.MONEY,
    action_url="/circles/{circle_id}",
)
CONTRIBUTION_LATE = NoticeKind(
    "contribution_late",
    "Your contribution to {circle} is late",
    "₦{amount} for cycle {cycle} was not paid within the days of grace.",
    type=NoticeType.ACTION_REQUIRED,
    priority=Priority.HIGH,
    mails=True,
    topic=Topic.MONEY,
    action_url="/circles/{circle_id}",
)
LATE_FEE_CHARGED = NoticeKind(
    "late_fee_charged",
    "A late fee of ₦{amount} for {circle}",
    "Its charter asks it of whoever pays late. It is taken once you have paid cycle {cycle}.",
    priority=Priority.HIGH,
    topic=Topic.MONEY,
    action_url="/circles/{circle_id}",
)
SECURITY_TAKEN = NoticeKind(
    "security_taken",
    "₦{amount} left with {circle}",
    "That is your {what}, as its charter says. What is left of it comes back at the end.",
    topic=Topic.MONEY,
    action_url="/circles/{circle_id}",
)
SECURITY_RETURNED = NoticeKind(
    "security_returned",
    "₦{amount} back from {circle}",
    "That is your {what}.",
    type=NoticeType.SUCCESS,
    topic=Topic.MONEY,
    action_url="/wallet",
)
DEPOSIT_USED = NoticeKind(
    "deposit_used",
    "₦{amount} of your deposit paid {circle}",
    "You had not paid cycle {cycle}, so it came out of what you left with the circle.",
    priority=Priority.HIGH,
    topic=Topic.MONEY,
    action_url="/circles/{circle_id}",
)
TURN_MOVED_BACK = NoticeKind(
    "turn_moved_back",
    "{second} receives the pot of {circle} before {first}",
    "{first} owes more than the pot of cycle {first_turn} would bring, and waits for that of cycle {second_turn}.",
    priority=Priority.HIGH,
    topic=Topic.MONEY,
    action_url="/circles/{circle_id}",
)
PAYOUT_RECEIVED = NoticeKind(
    "payout_received",
    "₦{amount} from {circle}",
    "The pot of cycle {cycle} is yours.",
    type=NoticeType.SUCCESS,
    priority=Priority.HIGH,
    topic=Topic.MONEY,
    action_url="/wallet",
)
POT_PAID_OUT = NoticeKind(
    "pot_paid_out",
    "{member} received the pot of {circle}",
    "₦{amount} were paid out in cycle {cycle}.",
    action_url="/circles/{circle_id}",
)
POT_WAITS = NoticeKind(
    "pot_waits",
    "The pot of {circle} is not full",
    "By its charter cycle {cycle} is paid out as soon as everybody has paid.",
    action_url="/circles/{circle_id}",
)
EVERYTHING_DUE = NoticeKind(
    "everything_due",
    "All that you still owe {circle} is due now",
    "You have received the pot and a contribution is late. Until it is paid you can join no other circle.",
    type=NoticeType.ACTION_REQUIRED,
    priority=Priority.HIGH,
    mails=True,
    topic=Topic.MONEY,
    action_url="/circles/{circle_id}",
)
SWAP_PROPOSED = NoticeKind(
    "swap_proposed",
    "{member} offers to change turns in {circle}",
    "Their turn {their_turn} for your turn {your_turn}. Nothing changes unless you accept.",
    type=NoticeType.ACTION_REQUIRED,
    action_url="/circles/{circle_id}/swaps",
)
TURNS_SWAPPED = NoticeKind(
    "turns_swapped",
    "Two turns of {circle} have changed places",
    "{first} now has turn {first_turn}, {second} has turn {second_turn}. Both agreed.",
    action_url="/circles/{circle_id}",
)
CIRCLE_DISSOLVING = NoticeKind(
    "circle_dissolving",
    "{circle} is being dissolved",
    "There are no more payouts. Who has received less than they paid is paid back out of what the others owe.",
    priority=Priority.HIGH,
    mails=True,
    topic=Topic.MONEY,
    action_url="/circles/{circle_id}/dissolution",
)
CIRCLE_DISSOLVED = NoticeKind(
    "circle_dissolved",
    "{circle} is settled",
    "Everybody has back what they had paid beyond what they received.",
    topic=Topic.MONEY,
    action_url="/circles/{circle_id}/dissolution",
)
CIRCLE_PAUSED = NoticeKind(
    "circle_paused",
    "{circle} is paused",
    "Nothing is collected or paid out until it goes on, and nobody becomes late.",
    priority=Priority.HIGH,
    action_url="/circles/{circle_id}",
)
CIRCLE_RESUMED = NoticeKind(
    "circle_resumed",
    "{circle} goes on",
    "Everything that is to come comes {days} day(s) later than planned.",
    action_url="/circles/{circle_id}",
)
CIRCLE_COMPLETED = NoticeKind(
    "circle_completed",
    "{circle} has gone all the way round",
    "Everybody has had their turn.",
    type=NoticeType.SUCCESS,
    action_url="/circles/{circle_id}",
)
CIRCLE_RENEWED = NoticeKind(
    "circle_renewed",
    "{circle} goes on from {starts_on}",
    "{member} opened the next round. Read its rules and join with the code {code}.",
    type=NoticeType.ACTION_REQUIRED,
    action_url="/circles/invites/{code}",
)
VOTE_OPENED = NoticeKind(
    "vote_opened",
    "{circle} votes: {question}",
    "{member} asks the members. You have one ballot, and three days.",
    type=NoticeType.ACTION_REQUIRED,
    priority=Priority.HIGH,
    action_url="/circles/{circle_id}/votes",
)
VOTE_DECIDED = NoticeKind(
    "vote_decided", "{circle} has voted: {question}", "{outcome}", action_url="/circles/{circle_id}/votes"
)
HOST_CHANGED = NoticeKind(
    "host_changed",
    "{member} is the host of {circle} now",
    "Turns, dates and money are what they were; only who leads has changed.",
    action_url="/circles/{circle_id}",
)
COHOST_APPOINTED = NoticeKind(
    "cohost_appointed",
    "You are the co-host of {circle}",
    "You may let people in, and you take over when the host is silent for two weeks.",
    action_url="/circles/{circle_id}",
)
CIRCLE_NOT_FULL = NoticeKind(
    "circle_not_full",
    "{circle} has yet to start",
    "{seats} seat(s) are free, and it ends tomorrow unless the host starts it. It can be put off once, or you can all "
    "agree to start with the members there are.",
    type=NoticeType.ACTION_REQUIRED,
    priority=Priority.HIGH,
    action_url="/circles/{circle_id}",
)
REMOVAL_PROPOSED = NoticeKind(
    "removal_proposed",
    "The members of {circle} vote on whether you stay",
    "The host's reason: {reason}",
    priority=Priority.HIGH,
    mails=True,
    action_url="/circles/{circle_id}/votes",
)
MEMBER_REMOVED_BY_VOTE = NoticeKind(
    "member_removed_by_vote",
    "You are no longer in {circle}",
    "The members decided it: {reason}. What you paid and have not received comes back to you on your turn's date; what "
    "you still owe is due.",
    priority=Priority.HIGH,
    mails=True,
    topic=Topic.MONEY,
)
MEMBER_DIED = NoticeKind(
    "member_died",
    "{member} has died",
    "{circle} goes on; what is theirs goes to their family. Our condolences.",
    action_url="/circles/{circle_id}",
)
NOMINEE_RECEIVES = NoticeKind(
    "nominee_receives",
    "{member} named you",
    "We are sorry for your loss. What was theirs in {circle} will be paid into your wallet.",
    priority=Priority.HIGH,
    mails=True,
    topic=Topic.MONEY,
)
PLACE_OFFERED = NoticeKind(
    "place_offered",
    "{member} wants to leave {circle}",
    "They look for somebody to take over their place. Turns and dates stay as they are.",
    action_url="/circles/{circle_id}/handovers",
)
PLACE_ASKED_FOR = NoticeKind(
    "place_asked_for",
    "{member} would take over a place in {circle}",
    "Let them in or leave things as they are.",
    type=NoticeType.ACTION_REQUIRED,
    action_url="/circles/{circle_id}/handovers",
)
PLACE_TAKEN_OVER = NoticeKind(
    "place_taken_over",
    "{newcomer} has taken over the place of {leaver} in {circle}",
    "Its worth of ₦{amount} changed hands; with a minus sign it went to the newcomer.",
    priority=Priority.HIGH,
    topic=Topic.MONEY,
    action_url="/circles/{circle_id}",
)
APPEAL_GRANTED = NoticeKind(
    "appeal_granted",
    "Cycle {cycle} of {circle} no longer counts against you",
    "We have looked at your appeal: {reason}",
    type=NoticeType.SUCCESS,
    action_url="/circles/record",
)
APPEAL_REJECTED = NoticeKind(
    "appeal_rejected",
    "Cycle {cycle} of {circle} stays on your record",
    "We have looked at your appeal: {reason} It heals as you go on paying in time.",
    action_url="/circles/record",
)
DISCOUNT_SHARE_RECEIVED = NoticeKind(
    "discount_share_received",
    "₦{amount} from {circle}",
    "Your share of what the recipient of cycle {cycle} gave up for their turn.",
    type=NoticeType.SUCCESS,
    topic=Topic.MONEY,
    action_url="/wallet",
)
