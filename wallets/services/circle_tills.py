"""Where a circle's money is kept, and moving it from one place to another without touching a wallet."""

from datetime import datetime
from enum import Enum, auto
from uuid import UUID

from wallets import chart, ledger
from wallets.ledger import Leg

WITHIN_CIRCLE = "within_circle"


class Till(Enum):
    """Where a circle's money is kept. `CONTRI` is not the circle's: what its charter gives to Contri goes there."""

    POT = auto()
    DEPOSITS = auto()
    RESERVE = auto()
    CONTRI = auto()

    def account_of(self, circle_id: UUID) -> UUID:
        """The ledger account."""
        if self is Till.CONTRI:
            return chart.fees_account()
        named = {
            Till.POT: chart.pot_account,
            Till.DEPOSITS: chart.deposits_account,
            Till.RESERVE: chart.reserve_account,
        }
        return named[self](circle_id)


def move_within(
    *, circle_id: UUID, movement_id: UUID, source: Till, into: Till, amount_kobo: int, at: datetime
) -> UUID:
    """Move a circle's money from one of its tills to another; returns the journal. No wallet is touched.

    Raises:
        InsufficientFundsError: `source` holds too little.
    """
    leg = Leg(source.account_of(circle_id), into.account_of(circle_id), amount_kobo, WITHIN_CIRCLE)
    return ledger.post(
        scope=WITHIN_CIRCLE,
        key=str(movement_id),
        source=WITHIN_CIRCLE,
        source_id=movement_id,
        legs=[leg],
        initiator_id=None,
        effective_at=at,
    ).journal_id
