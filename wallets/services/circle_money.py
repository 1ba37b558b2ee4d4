"""What circles may do with money: collect into the pot, pay it out to whose turn it is, give it back. Nothing else."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from wallets.models import Transaction


@dataclass(frozen=True, slots=True)
class Claim:
    """One contribution to collect: `amount_kobo` from `user_id`'s wallet.

    `key` makes it happen once. A refusal for lack of money is remembered under it too: a later try needs another key.
    """

    key: str
    payment_id: UUID
    user_id: UUID
    amount_kobo: int
    description: str


@dataclass(frozen=True, slots=True)
class CollectionOutcome:
    """Whether a claim was paid, and the line in the payer's history if it was."""

    payment_id: UUID
    paid: bool
    transaction_id: UUID | None


def collect_contributions(
    *, circle_id: UUID, claims: Sequence[Claim], at: datetime, initiator_id: UUID | None
) -> list[CollectionOutcome]:
    """Collect what can be collected from the wallets into the circle's pot, in the caller's transaction.

    Each claim is paid in full or not at all; who has too little is passed over. Outcomes come in the order of `claims`.
    """
    raise AssertionError


def pay_contribution(
    *, circle_id: UUID, payment_id: UUID, user_id: UUID, amount_kobo: int, key: str, description: str, at: datetime
) -> Transaction:
    """Move one contribution from a wallet into the circle's pot, in the caller's transaction.

    Raises:
        InsufficientFundsError: the wallet holds too little.
    """
    raise AssertionError


def pay_out_pot(
    *, circle_id: UUID, payout_id: UUID, user_id: UUID, amount_kobo: int, key: str, description: str, at: datetime
) -> Transaction:
    """Pay `amount_kobo` of the pot into the recipient's wallet, in the caller's transaction.

    What goes over the balance limit of the recipient's tier is parked in `held` until the tier allows it.

    Raises:
        InsufficientFundsError: the pot holds too little.
    """
    raise AssertionError


def refund_from_pot(
    *, circle_id: UUID, refund_id: UUID, user_id: UUID, amount_kobo: int, key: str, description: str, at: datetime
) -> Transaction:
    """Give a contribution back from the pot to who paid it, like `pay_out_pot`.

    Raises:
        InsufficientFundsError: the pot holds too little.
    """
    raise AssertionError
