"""Reads of wallets that more than one door needs."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class WalletBalance:
    """Kobo that can be spent, and kobo that are promised or parked."""

    available_kobo: int
    held_kobo: int


def pot_balances(circle_ids: Iterable[UUID]) -> dict[UUID, int]:
    """Kobo in each circle's pot; a circle that has none yet has 0."""
    raise AssertionError


def wallet_balances(user_ids: Iterable[UUID]) -> dict[UUID, WalletBalance]:
    """What is in these people's wallets; somebody without a wallet yet has nothing in it."""
    raise AssertionError
