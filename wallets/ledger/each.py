"""Posting many events in one call, each on its own: the collection of a cycle."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection

from contri.core.errors import DomainError
from contri.core.locking import require_transaction
from contri.core.models import uuid7
from wallets.ledger.posting import REFUSALS, LedgerMisuseError, Posting


@dataclass(frozen=True, slots=True)
class Movement:
    """One event of one transfer: `amount` kobo from `debit` to `credit`, once under `key`."""

    key: str
    source_id: UUID
    debit: UUID
    credit: UUID
    amount: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a movement: `posting` if it happened (now or under the same key before), else `refusal`."""

    movement: Movement
    posting: Posting | None
    refusal: type[DomainError] | None


_POST_EACH = (
    "SELECT journal, refusal, is_replay, is_other_event, transfer"
    " FROM ledger_post_each(%s, %s, %s, %s, %s, %s, %s::uuid[], %s::text[], %s::uuid[], %s::uuid[], %s::uuid[],"
    " %s::uuid[], %s::bigint[])"
)


def post_each(
    *,
    scope: str,
    source: str,
    kind: str,
    movements: Sequence[Movement],
    initiator_id: UUID | None,
    reason: str = "",
    effective_at: datetime | None = None,
) -> list[Outcome]:
    """Post every movement that can be posted, in one call and the caller's transaction; outcomes in the same order.

    All accounts are locked first, in order. Unlike `post`, a movement that is refused leaves nothing behind: its key
    stays free, so that it can be collected when money has come. Callers hold the row the movements are about, so that
    nobody posts the same key by `post` meanwhile.

    Raises:
        LedgerMisuseError: a key belongs to another event, or an amount is not positive.
        NoTransactionError: there is no open transaction.
    """
    require_transaction()
    if not movements:
        return []
    if any(type(movement.amount) is not int or movement.amount <= 0 for movement in movements):
        raise LedgerMisuseError("an amount of kobo is a whole number above zero")
    with connection.cursor() as cursor:
        cursor.execute(
            _POST_EACH,
            [
                *(scope, source, initiator_id, reason, effective_at, kind),
                [uuid7() for _ in movements],
                [movement.key for movement in movements],
                [movement.source_id for movement in movements],
                [uuid7() for _ in movements],
                [movement.debit for movement in movements],
                [movement.credit for movement in movements],
                [movement.amount for movement in movements],
            ],
        )
        rows = cursor.fetchall()
    return [_outcome(movement, *row) for movement, row in zip(movements, rows, strict=True)]


def _outcome(
    movement: Movement,
    journal: UUID | None,
    refusal: str | None,
    is_replay: bool,
    is_other_event: bool,
    transfer: UUID | None,
) -> Outcome:
    if is_other_event:
        raise LedgerMisuseError(f"the key {movement.key} belongs to another event")
    if refusal is not None or journal is None or transfer is None:
        return Outcome(movement, None, REFUSALS[refusal or ""])
    return Outcome(movement, Posting(journal, (transfer,), is_replay), None)
