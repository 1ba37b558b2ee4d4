"""Money coming in: a checkout at a provider, and what became of it."""

from datetime import datetime

from wallets.models import Deposit


def settle_deposit(*, reference: str, at: datetime) -> Deposit | None:
    """Ask the provider what became of the payment `reference` and book what it confirms, once however often called.

    Returns None when no deposit of ours has this reference; money that arrived under it goes to suspense.

    Raises:
        ProviderUnavailableError: the provider's answer is not known; ask again later.
    """
    raise AssertionError
