"""Row locks, taken in one order everywhere: idempotency row → circle → cycle → contributions → deposit or
withdrawal → ledger accounts by id."""

from collections.abc import Iterable
from typing import TypeVar
from uuid import UUID

from django.db import connection, models

from contri.core.changes import take_picture

M = TypeVar("M", bound=models.Model)


class NoTransactionError(RuntimeError):
    """A lock without a transaction would be released at once: a mistake in our code, not in the caller's request."""


def require_transaction() -> None:
    """Refuse to go on outside `transaction.atomic`.

    Raises:
        NoTransactionError: there is no open transaction.
    """
    if not connection.in_atomic_block:
        raise NoTransactionError("locks and ledger entries need an open transaction")


def lock_row(rows: models.QuerySet[M], pk: UUID) -> M:
    """Lock and return one row of `rows` until the transaction ends.

    FOR NO KEY UPDATE: strong enough to serialise writers, weak enough to let others refer to the row meanwhile.

    Raises:
        M.DoesNotExist: no such row among `rows`.
        NoTransactionError: there is no open transaction.
    """
    require_transaction()
    row = rows.select_for_update(no_key=True, of=("self",)).get(pk=pk)
    take_picture(row)
    return row


def lock_rows(rows: models.QuerySet[M], pks: Iterable[UUID]) -> list[M]:
    """Lock several rows in the order of their keys, so that two callers can never wait for each other."""
    require_transaction()
    wanted = rows.filter(pk__in=sorted(set(pks))).order_by("pk")
    locked = list(wanted.select_for_update(no_key=True, of=("self",)))
    for row in locked:
        take_picture(row)
    return locked
