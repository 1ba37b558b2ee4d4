"""Facts that wallets announce after commit. Ids only; whoever hears them looks the rest up."""

from django.dispatch import Signal

# user_id: what is in this person's wallet, spendable or held, is not what it was.
wallet_changed = Signal()
# user_id: money came into this person's wallet that can be spent.
wallet_funded = Signal()
# withdrawal_id: a withdrawal waits for the provider to be told.
withdrawal_requested = Signal()
# refund_id: money in suspense is to go back to its payer.
refund_requested = Signal()
# dispute_id: a deposit was charged back; its owner may owe Contri now, and what it paid may be without cover.
deposit_charged_back = Signal()
# user_id: money came into the wallet of somebody who owes Contri.
debt_payable = Signal()
# wallet_id: money left this wallet that holds parked credits, so that some of them may fit now.
room_made = Signal()
