"""What people are told about their money.

Facts: amount (₦1,500.00), name (Ada O.), bank (First Bank …1234), reason.
"""

from notifications.kinds.kind import NoticeKind, NoticeType, Priority, Topic

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
