"""The tables of wallets; the ledger's own are in `ledger`."""

from wallets.models.bank import Bank, BankAccount
from wallets.models.card import Card
from wallets.models.deposit import Deposit
from wallets.models.dispute import Dispute
from wallets.models.ledger import (
    AccountStatus,
    Floor,
    Fold,
    LedgerAccount,
    LedgerJournal,
    LedgerRefusal,
    LedgerSeal,
    LedgerTransfer,
    LedgerUnfolded,
    Phase,
    Purpose,
)
from wallets.models.provider_health import ProviderHealth
from wallets.models.reconciliation import ReconciliationItem, ReconciliationRun
from wallets.models.refund import Refund
from wallets.models.suspense import ParkedCredit, SuspenseItem
from wallets.models.transaction import Transaction
from wallets.models.wallet import Wallet
from wallets.models.withdrawal import Withdrawal

__all__ = [
    "AccountStatus",
    "Bank",
    "BankAccount",
    "Card",
    "Deposit",
    "Dispute",
    "Floor",
    "Fold",
    "LedgerAccount",
    "LedgerJournal",
    "LedgerRefusal",
    "LedgerSeal",
    "LedgerTransfer",
    "LedgerUnfolded",
    "ParkedCredit",
    "Phase",
    "ProviderHealth",
    "Purpose",
    "ReconciliationItem",
    "ReconciliationRun",
    "Refund",
    "SuspenseItem",
    "Transaction",
    "Wallet",
    "Withdrawal",
]
