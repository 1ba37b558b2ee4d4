"""What can be done with money: each verb moves or promises it in one transaction with its audit row and notices."""

from wallets.services.alarms import sound_alarms
from wallets.services.audit import audit_ledger, trial_balance
from wallets.services.banks import (
    bank_directory,
    confirm_bank_account,
    link_bank_account,
    make_primary,
    remove_bank_account,
    resolve_bank_account,
)
from wallets.services.cards import keep_card_of_deposit, make_default, remove_card
from wallets.services.circle_money import (
    Claim,
    CollectionOutcome,
    collect_contributions,
    collect_fees,
    pay_contribution,
    pay_out_pot,
    refund_from_pot,
)
from wallets.services.circle_tills import Till, move_within
from wallets.services.crediting import release_all_parked, release_parked
from wallets.services.deposits import (
    charge_card,
    prepare_card_charge,
    settle_deposit,
    start_deposit,
    submit_card_charge,
    verify_open_deposits,
)
from wallets.services.dispute_answers import ask_dispute_acceptance, contest_dispute, retry_dispute
from wallets.services.disputes import review_dispute, review_open_disputes
from wallets.services.folding import fold_ledger
from wallets.services.many_circles import PotMovement, collect_into_pots, pay_out_pots
from wallets.services.opening import (
    lock_wallets,
    open_circle_accounts,
    open_circle_securities,
    open_wallet,
    open_wallets,
)
from wallets.services.owing import ask_owed_write_off, recover_all_owed, recover_owed
from wallets.services.payments_out import resolve_withdrawal, work_withdrawal, work_withdrawals
from wallets.services.putting_right import ask_release, ask_reversal
from wallets.services.reconciling import explain_difference, reconcile, reconcile_yesterday
from wallets.services.refunds import (
    ask_suspense_refund,
    resolve_refunds,
    retry_refund,
    work_refund,
    work_refunds,
)
from wallets.services.sealing import seal_ledger
from wallets.services.suspense import approve_suspense_credit, ask_suspense_credit, ask_suspense_write_off
from wallets.services.transfers import Recipient, transfer_money
from wallets.services.unheard_disputes import find_disputes
from wallets.services.withdrawals import confirm_withdrawal, request_withdrawal, retry_withdrawal

__all__ = [
    "Claim",
    "CollectionOutcome",
    "PotMovement",
    "Recipient",
    "Till",
    "approve_suspense_credit",
    "ask_dispute_acceptance",
    "ask_owed_write_off",
    "ask_release",
    "ask_reversal",
    "ask_suspense_credit",
    "ask_suspense_refund",
    "ask_suspense_write_off",
    "audit_ledger",
    "bank_directory",
    "charge_card",
    "collect_contributions",
    "collect_fees",
    "collect_into_pots",
    "confirm_bank_account",
    "confirm_withdrawal",
    "contest_dispute",
    "explain_difference",
    "find_disputes",
    "fold_ledger",
    "keep_card_of_deposit",
    "link_bank_account",
    "lock_wallets",
    "make_default",
    "make_primary",
    "move_within",
    "open_circle_accounts",
    "open_circle_securities",
    "open_wallet",
    "open_wallets",
    "pay_contribution",
    "pay_out_pot",
    "pay_out_pots",
    "prepare_card_charge",
    "reconcile",
    "reconcile_yesterday",
    "recover_all_owed",
    "recover_owed",
    "refund_from_pot",
    "release_all_parked",
    "release_parked",
    "remove_bank_account",
    "remove_card",
    "request_withdrawal",
    "resolve_bank_account",
    "resolve_refunds",
    "resolve_withdrawal",
    "retry_dispute",
    "retry_refund",
    "retry_withdrawal",
    "review_dispute",
    "review_open_disputes",
    "seal_ledger",
    "settle_deposit",
    "sound_alarms",
    "start_deposit",
    "submit_card_charge",
    "transfer_money",
    "trial_balance",
    "verify_open_deposits",
    "work_refund",
    "work_refunds",
    "work_withdrawal",
    "work_withdrawals",
]
