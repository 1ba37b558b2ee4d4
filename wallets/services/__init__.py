"""What can be done with money: each verb moves or promises it in one transaction with its audit row and notices."""

from wallets.services.circle_money import (
    Claim,
    CollectionOutcome,
    collect_contributions,
    pay_contribution,
    pay_out_pot,
    refund_from_pot,
)
from wallets.services.deposits import settle_deposit
from wallets.services.opening import open_circle_accounts, open_wallet
from wallets.services.withdrawals import resolve_withdrawal

__all__ = [
    "Claim",
    "CollectionOutcome",
    "collect_contributions",
    "open_circle_accounts",
    "open_wallet",
    "pay_contribution",
    "pay_out_pot",
    "refund_from_pot",
    "resolve_withdrawal",
    "settle_deposit",
]
