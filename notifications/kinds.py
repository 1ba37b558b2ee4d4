"""Every kind of notice and of mail that Contri sends, in one place.

Titles, bodies, links and subjects are `str.format` templates over the facts given when the notice is written. Each app
keeps its kinds in a section of its own below; `notice_kinds()` and `mail_kinds()` find them all.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from django.db import models


class NoticeType(models.TextChoices):
    """What a notice asks of its reader."""

    ACTION_REQUIRED = "action_required"
    INFO = "info"
    SUCCESS = "success"


class Priority(models.TextChoices):
    """Whether a notice may wait for a quiet moment."""

    HIGH = "high"
    NORMAL = "normal"


class Topic(models.TextChoices):
    """What a notice is about; money and security always get through."""

    MONEY = "money"
    SECURITY = "security"
    CIRCLE = "circle"
    REMINDER = "reminder"


class Channel(models.TextChoices):
    """How a notice reaches a person beyond the list in the app."""

    PUSH = "push"
    EMAIL = "email"


ALWAYS_ON = frozenset({Topic.MONEY, Topic.SECURITY})


@dataclass(frozen=True, slots=True)
class NoticeKind:
    """One thing that a person can be told."""

    code: str
    title: str
    body: str
    type: NoticeType = NoticeType.INFO
    priority: Priority = Priority.NORMAL
    action_url: str = ""
    mails: bool = False
    topic: Topic = Topic.CIRCLE

    @property
    def can_be_switched_off(self) -> bool:
        """Whether a person may ask not to hear of it by push or mail."""
        return self.topic not in ALWAYS_ON


@dataclass(frozen=True, slots=True)
class MailKind:
    """One mail; `template` names the pair templates/mail/<template>.txt and .html."""

    code: str
    subject: str
    template: str


def filled(template: str, facts: Mapping[str, str]) -> str:
    """`template` with the facts put in.

    Raises:
        KeyError: the template wants a fact that was not given: a mistake of ours.
    """
    return template.format_map(facts)


@cache
def notice_kinds() -> dict[str, NoticeKind]:
    """Every kind of notice by its code."""
    return {kind.code: kind for kind in globals().values() if isinstance(kind, NoticeKind)}


def kinds_over(channel: Channel) -> list[str]:
    """The codes of the kinds that this channel carries: pushes tell everything, mails what is worth one."""
    return sorted(code for code, kind in notice_kinds().items() if kind.mails or channel == Channel.PUSH)


def kinds_always_on() -> list[str]:
    """The codes of the kinds that nobody can switch off."""
    return sorted(code for code, kind in notice_kinds().items() if not kind.can_be_switched_off)


@cache
def mail_kinds() -> dict[str, MailKind]:
    """Every kind of mail by its code."""
    return {kind.code: kind for kind in globals().values() if isinstance(kind, MailKind)}


# --- notifications: a notice that is also worth a mail. Facts: title, body
NOTICE_MAIL = MailKind("notice", "{title}", "notice")
# The same, where it can wait a while for others: what has gathered for one person by then goes as one mail.
WAITING_NOTICE_MAIL = MailKind("waiting_notice", "{title}", "notice")

# --- accounts: mails. Facts: first_name; key and link where a person proves that the address is theirs
VERIFY_EMAIL = MailKind("verify_email", "Confirm your email address", "verify_email")
CLOSE_ACCOUNT = MailKind("close_account", "Close your Contri account", "close_account")
PIN_RESET_CODE = MailKind("pin_reset_code", "Your code for a new PIN", "pin_reset_code")
RESET_PASSWORD = MailKind("reset_password", "Reset your Contri password", "reset_password")

# --- accounts: notices
EMAIL_VERIFIED = NoticeKind(
    "email_verified",
    "Email address confirmed",
    "{email} is confirmed. Welcome to Contri.",
    type=NoticeType.SUCCESS,
    topic=Topic.SECURITY,
)
EMAIL_UNREACHABLE = NoticeKind(
    "email_unreachable",
    "We cannot reach you by mail",
    "Mail to {email} comes back. Nothing is sent there any more; write to us to have it checked or changed.",
    type=NoticeType.ACTION_REQUIRED,
    priority=Priority.HIGH,
    topic=Topic.SECURITY,
)
PASSWORD_CHANGED = NoticeKind(
    "password_changed",
    "Your password was changed",
    "Every other device was signed out. If this was not you, reset your password now and write to us.",
    priority=Priority.HIGH,
    mails=True,
    topic=Topic.SECURITY,
)
PIN_SET = NoticeKind(
    "pin_set",
    "Your PIN is set",
    "It guards every movement of your money. If this was not you, change your password now and write to us.",
    type=NoticeType.SUCCESS,
    priority=Priority.HIGH,
    mails=True,
    topic=Topic.SECURITY,
)
PIN_RESET = NoticeKind(
    "pin_reset",
    "Your PIN was reset",
    "Withdrawals wait for a day. If this was not you, change your password now and write to us: your money is "
    "still here.",
    priority=Priority.HIGH,
    mails=True,
    topic=Topic.SECURITY,
)
PIN_CHANGED = NoticeKind(
    "pin_changed",
    "Your PIN was changed",
    "If this was not you, change your password now and write to us.",
    priority=Priority.HIGH,
    mails=True,
    topic=Topic.SECURITY,
)
SESSION_REVOKED = NoticeKind(
    "session_revoked",
    "We signed one of your devices out",
    "A sign-in of yours was used twice, as if it had been copied. We ended it; please sign in again on that device.",
    type=NoticeType.ACTION_REQUIRED,
    priority=Priority.HIGH,
    mails=True,
    topic=Topic.SECURITY,
)

NEW_DEVICE = NoticeKind(
    "new_device",
    "Signed in on a new device",
    "Somebody signed in to your account with: {device}. If this was not you, change your password now.",
    priority=Priority.HIGH,
    mails=True,
    topic=Topic.SECURITY,
)
PASSWORD_GUESSED = NoticeKind(
    "password_guessed",
    "Somebody tries to sign in to your account",
    "A wrong password was given several times within an hour. If this was not you, choose a new one that you use "
    "nowhere else.",
    priority=Priority.HIGH,
    mails=True,
    topic=Topic.SECURITY,
)
PIN_LOCKED = NoticeKind(
    "pin_locked",
    "Your PIN is locked for a while",
    "A wrong PIN was given five times. If this was not you, change your password now.",
    priority=Priority.HIGH,
    mails=True,
    topic=Topic.SECURITY,
)
SOCIAL_LINKED = NoticeKind(
    "social_linked",
    "{provider} signs you in from now on",
    "A {provider} account with your address was linked. If this was not you, unlink it and write to us.",
    priority=Priority.HIGH,
    mails=True,
    topic=Topic.SECURITY,
)
SOCIAL_UNLINKED = NoticeKind(
    "social_unlinked",
    "{provider} does not sign you in any more",
    "The {provider} account was unlinked. If this was not you, change your password now.",
    priority=Priority.HIGH,
    mails=True,
    topic=Topic.SECURITY,
)
IDENTITY_APPROVED = NoticeKind(
    "identity_approved",
    "Your {id_type} is verified",
    "Thank you. Your limits are those of tier {tier} from now on.",
    type=NoticeType.SUCCESS,
    mails=True,
    topic=Topic.SECURITY,
)
IDENTITY_REJECTED = NoticeKind(
    "identity_rejected",
    "Your {id_type} could not be verified",
    "What you entered does not fit the records. Check number, names and date of birth, and try again.",
    type=NoticeType.ACTION_REQUIRED,
    mails=True,
    topic=Topic.SECURITY,
)
IDENTITY_IN_REVIEW = NoticeKind(
    "identity_in_review",
    "We are looking at your {id_type}",
    "The records match only in part, so a person at Contri will decide. There is nothing for you to do.",
    topic=Topic.SECURITY,
)

# --- wallets. Facts: amount (₦1,500.00), name (Ada O.), bank (First Bank …1234), reason
DEPOSIT_SUCCEEDED = NoticeKind(
    "deposit_succeeded",
    "{amount} is in your wallet",
    "Your deposit of {amount} has arrived.",
    type=NoticeType.SUCCESS,
    priority=Priority.HIGH,
    action_url="/wallet",
    mails=True,
    topic=Topic.MONEY,
)
DEPOSIT_FAILED = NoticeKind(
    "deposit_failed",
    "Your deposit did not go through",
    "Your deposit of {amount} was not completed: {reason}. Nothing was added to your wallet.",
    action_url="/wallet",
    topic=Topic.MONEY,
)
DEPOSIT_SUSPENDED = NoticeKind(
    "deposit_suspended",
    "We are looking at your deposit",
    "What arrived for your deposit of {amount} is not what was asked for. It is safe; our staff will write to you.",
    priority=Priority.HIGH,
    action_url="/wallet",
    mails=True,
    topic=Topic.MONEY,
)
MONEY_SENT = NoticeKind(
    "money_sent",
    "You sent {amount}",
    "{amount} went to {name}'s wallet.",
    action_url="/wallet",
    topic=Topic.MONEY,
)
MONEY_RECEIVED = NoticeKind(
    "money_received",
    "{name} sent you {amount}",
    "{amount} is now in your wallet.",
    type=NoticeType.SUCCESS,
    priority=Priority.HIGH,
    action_url="/wallet",
    topic=Topic.MONEY,
)
DEPOSIT_SENT_BACK = NoticeKind(
    "deposit_sent_back",
    "{amount} is on its way back to you",
    "What arrived for your deposit did not fit, so {amount} went back to the card or account that it came from. Your "
    "bank shows it within a few days.",
    priority=Priority.HIGH,
    action_url="/wallet",
    mails=True,
    topic=Topic.MONEY,
)
DEPOSIT_DISPUTED = NoticeKind(
    "deposit_disputed",
    "Your bank asks about a payment of {amount}",
    "The bank of the card that paid {amount} into your wallet wants it back. Until that is decided, what is left of it "
    "is held. If you did not ask your bank for this, please write to us.",
    priority=Priority.HIGH,
    action_url="/wallet",
    mails=True,
    topic=Topic.MONEY,
)
DISPUTE_WON = NoticeKind(
    "dispute_won",
    "The payment of {amount} stands",
    "The bank no longer asks for the {amount} that was paid into your wallet. Nothing of it is held any more.",
    action_url="/wallet",
    topic=Topic.MONEY,
)
DEPOSIT_CHARGED_BACK = NoticeKind(
    "deposit_charged_back",
    "Your bank took {amount} back",
    "The bank of the card that paid {amount} into your wallet has taken it back from us. What your wallet could not "
    "cover, {owed}, you owe: money that comes in pays it first, and until then none can be sent out.",
    type=NoticeType.ACTION_REQUIRED,
    priority=Priority.HIGH,
    action_url="/wallet",
    mails=True,
    topic=Topic.MONEY,
)
DEBT_PAID = NoticeKind(
    "debt_paid",
    "{amount} went towards what you owe",
    "{amount} of your wallet paid for a payment that your bank had taken back. Still owed: {left}.",
    action_url="/wallet",
    topic=Topic.MONEY,
)
DEBT_WRITTEN_OFF = NoticeKind(
    "debt_written_off",
    "You owe us nothing any more",
    "We no longer ask you for the {amount} that your bank had taken back. Your wallet is free again.",
    type=NoticeType.SUCCESS,
    priority=Priority.HIGH,
    action_url="/wallet",
    topic=Topic.MONEY,
)
MONEY_PARKED = NoticeKind(
    "money_parked",
    "{amount} is held for you",
    "Your wallet may not show {amount} yet, but it is yours. It becomes spendable as soon as your limit allows: "
    "verify your identity, or make room.",
    type=NoticeType.ACTION_REQUIRED,
    priority=Priority.HIGH,
    action_url="/kyc",
    mails=True,
    topic=Topic.MONEY,
)
PARKED_MONEY_RELEASED = NoticeKind(
    "parked_money_released",
    "{amount} can be spent now",
    "{amount} that was held for you is in your balance.",
    type=NoticeType.SUCCESS,
    action_url="/wallet",
    topic=Topic.MONEY,
)
WITHDRAWAL_SUCCEEDED = NoticeKind(
    "withdrawal_succeeded",
    "{amount} is on your bank account",
    "Your withdrawal of {amount} to {bank} is done.",
    type=NoticeType.SUCCESS,
    action_url="/wallet",
    mails=True,
    topic=Topic.MONEY,
)
WITHDRAWAL_FAILED = NoticeKind(
    "withdrawal_failed",
    "Your withdrawal did not go through",
    "{amount} could not be sent to {bank}. The money is back in your balance.",
    priority=Priority.HIGH,
    action_url="/wallet",
    mails=True,
    topic=Topic.MONEY,
)
WITHDRAWAL_REVERSED = NoticeKind(
    "withdrawal_reversed",
    "Your bank sent {amount} back",
    "{bank} returned your withdrawal of {amount}. The money is back in your balance.",
    priority=Priority.HIGH,
    action_url="/wallet",
    mails=True,
    topic=Topic.MONEY,
)
WITHDRAWAL_PAID_LATE = NoticeKind(
    "withdrawal_paid_late",
    "{amount} reached your bank after all",
    "We had given your withdrawal of {amount} to {bank} back to you, and then it was paid all the same. It is taken "
    "from your balance again; what the balance could not cover, {owed}, you owe: money that comes in pays it first.",
    priority=Priority.HIGH,
    action_url="/wallet",
    mails=True,
    topic=Topic.MONEY,
)
BANK_ACCOUNT_LINKED = NoticeKind(
    "bank_account_linked",
    "Bank account linked",
    "You can withdraw to {bank}. If this was not you, change your PIN now and write to us.",
    priority=Priority.HIGH,
    mails=True,
    topic=Topic.SECURITY,
)
BANK_ACCOUNT_PENDING = NoticeKind(
    "bank_account_pending",
    "We are checking your bank account",
    "The name on {bank} is not quite yours. Our staff look at it; until then you cannot withdraw to it.",
    topic=Topic.SECURITY,
)
CARD_KEPT = NoticeKind(
    "card_kept",
    "Card kept",
    "{card} can be charged from the app now. If this was not you, remove it and write to us.",
    topic=Topic.SECURITY,
)
BANK_ACCOUNT_REMOVED = NoticeKind(
    "bank_account_removed",
    "Bank account removed",
    "{bank} is no longer linked. If this was not you, change your PIN now and write to us.",
    priority=Priority.HIGH,
    mails=True,
    topic=Topic.SECURITY,
)

# --- circles. Facts: circle (its name), circle_id, and what the texts name
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
