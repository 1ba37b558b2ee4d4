"""Facts that wallets announce after commit. Ids only; whoever hears them looks the rest up."""

from django.dispatch import Signal

# user_ids: what is in these people's wallets, spendable or held, is not what it was.
wallets_changed = Signal()
# user_ids: money came into these people's wallets that can be spent.
wallets_funded = Signal()
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
