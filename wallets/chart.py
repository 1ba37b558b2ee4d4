"""The chart of accounts: which ledger account is meant, by whose it is.

Everything that people own is credit: a deposit debits the provider's clearing account and credits a wallet. Accounts of
wallets and pots are opened with them, so naming one costs nothing; the others are opened when they are asked for.
"""

from uuid import UUID

from wallets import ledger
from wallets.models.ledger import Purpose


def wallet_account(wallet_id: UUID) -> UUID:
    """What a person can spend, and what of it is held."""
    return ledger.account_id(wallet_id, Purpose.WALLET)


def pot_account(circle_id: UUID) -> UUID:
    """What the members of a circle have paid in and nobody has received yet."""
    return ledger.account_id(circle_id, Purpose.POT)


def deposits_account(circle_id: UUID) -> UUID:
    """What the members of a circle have left with it as security."""
    return ledger.account_id(circle_id, Purpose.DEPOSITS)


def reserve_account(circle_id: UUID) -> UUID:
    """What a circle keeps to make short pots good."""
    return ledger.account_id(circle_id, Purpose.RESERVE)


def open_security_accounts(circle_id: UUID) -> None:
    """Open the accounts of a circle's deposits and reserve."""
    for purpose in (Purpose.DEPOSITS, Purpose.RESERVE):
        ledger.account_for(owner_id=circle_id, purpose=purpose)


def open_wallet_account(wallet_id: UUID) -> UUID:
    """Open the account of a new wallet."""
    return ledger.account_for(owner_id=wallet_id, purpose=Purpose.WALLET)


def open_pot_account(circle_id: UUID) -> UUID:
    """Open the account of a new circle's pot."""
    return ledger.account_for(owner_id=circle_id, purpose=Purpose.POT)


def parked_account(wallet_id: UUID) -> UUID:
    """What is a person's, but over the balance limit of their tier."""
    return ledger.account_for(owner_id=wallet_id, purpose=Purpose.PARKED)


def clearing_account(provider: str) -> UUID:
    """What a provider holds for us, seen from the side that owes it to people."""
    return ledger.account_for(owner_id=ledger.provider_owner_id(provider), purpose=Purpose.PROVIDER_CLEARING)


def fees_account() -> UUID:
    """What Contri earned."""
    return ledger.account_for(owner_id=ledger.CONTRI_ID, purpose=Purpose.FEES)


def provider_fees_account() -> UUID:
    """What providers kept for their work: an expense of Contri's."""
    return ledger.account_for(owner_id=ledger.CONTRI_ID, purpose=Purpose.PROVIDER_FEES)


def owed_account(wallet_id: UUID) -> UUID:
    """What this wallet's owner owes Contri; below zero while they do."""
    return ledger.account_for(owner_id=wallet_id, purpose=Purpose.OWED)


def losses_account() -> UUID:
    """Money taken back from Contri that nobody we know owes."""
    return ledger.account_for(owner_id=ledger.CONTRI_ID, purpose=Purpose.OWED)


def suspense_account() -> UUID:
    """Money that arrived and fits nothing, until staff decide."""
    return ledger.account_for(owner_id=ledger.CONTRI_ID, purpose=Purpose.SUSPENSE)
