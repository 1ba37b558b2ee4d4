"""Money going out: held at once, paid by the provider, settled or returned by the provider's word."""

from datetime import datetime

from wallets.models import Withdrawal


def resolve_withdrawal(*, reference: str, at: datetime) -> Withdrawal | None:
    """Ask the provider how the transfer `reference` ended and book what it confirms, once however often called.

    Returns None when no withdrawal of ours has this reference.

    Raises:
        ProviderUnavailableError: the provider's answer is not known; ask again later.
    """
    raise AssertionError
