"""Posting one event: its legs move together or not at all, once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import connection, transaction

from contri.core.errors import DomainError
from contri.core.locking import require_transaction
from contri.core.models import uuid7
from contri.core.money import MAX_KOBO
from wallets.errors import AccountNotOpenError, AlreadyReversedError, HoldResolvedError, InsufficientFundsError
from wallets.models.ledger import LedgerTransfer, Phase


class LedgerMisuseError(RuntimeError):
    """The ledger was asked for something that is a mistake in our code, whoever's request it served."""


# How PostgreSQL names a refusal, and what it is called here.
REFUSALS: Final[dict[str, type[DomainError]]] = {
    "insufficient_funds": InsufficientFundsError,
    "account_not_open": AccountNotOpenError,
    "hold_resolved": HoldResolvedError,
    "already_reversed": AlreadyReversedError,
}


@dataclass(frozen=True, slots=True)
class Leg:
    """`amount` kobo from the account `debit` to the account `credit`.

    `pending_id` names the hold that a settle or release ends, `reverses_id` the transfer that this one undoes.
    """

    debit: UUID
    credit: UUID
    amount: int
    kind: str
    phase: Phase = Phase.SINGLE
    pending_id: UUID | None = None
    reverses_id: UUID | None = None

    def __post_init__(self) -> None:
        # bool is an int, and a float would be rounded by the driver: neither is an amount.
        if type(self.amount) is not int or not 0 < self.amount <= MAX_KOBO:
            raise LedgerMisuseError(f"{self.amount!r} is not an amount of kobo")
        if self.debit == self.credit:
            raise LedgerMisuseError("a transfer goes from one account to another")


@dataclass(frozen=True, slots=True)
class Posting:
    """What was posted. `transfer_ids` are in the order of the legs; `is_replay` when an earlier call did it."""

    journal_id: UUID
    transfer_ids: tuple[UUID, ...]
    is_replay: bool


def post(
    *,
    scope: str,
    key: str,
    source: str,
    source_id: UUID,
    legs: Sequence[Leg],
    initiator_id: UUID | None,
    reason: str = "",
    effective_at: datetime | None = None,
) -> Posting:
    """Move the money of one event, in the caller's transaction; all legs or none.

    (`scope`, `key`) is used once for ever: a second call returns the first one's posting or raises the same refusal.
    A refusal is written down beside its key before it is raised. It lasts if the caller's transaction commits, which
    `@idempotent` makes sure of by keeping the answer; a worker without such a key uses `post_and_keep`.

    Raises:
        InsufficientFundsError: an account would be overdrawn, holds counted.
        AccountNotOpenError: an account is frozen or closed.
        HoldResolvedError, AlreadyReversedError: somebody was faster.
        LedgerMisuseError: the key belongs to another event.
        NoTransactionError: there is no open transaction.
    """
    require_transaction()
    posting, refusal = _call(
        scope=scope,
        key=key,
        source=source,
        source_id=source_id,
        legs=legs,
        initiator_id=initiator_id,
        reason=reason,
        effective_at=effective_at,
    )
    if refusal is not None:
        raise REFUSALS[refusal]
    return posting


def post_and_keep(**event: Any) -> Posting:
    """`post` in a transaction of its own, which is committed before a refusal is raised.

    For work that no HTTP key stands behind: tried again after a crash, it gets the same refusal, never late money.

    Raises:
        RuntimeError: there is an open transaction already, so nothing could be committed here.
    """
    with transaction.atomic(durable=True):
        posting, refusal = _call(**event)
    if refusal is not None:
        raise REFUSALS[refusal]
    return posting


def hold(
    *, scope: str, key: str, source: str, source_id: UUID, leg: Leg, initiator_id: UUID | None, reason: str = ""
) -> Posting:
    """Promise money: it leaves what `leg.debit` can spend and stays there until it is settled or released."""
    promise = Leg(leg.debit, leg.credit, leg.amount, leg.kind, Phase.HOLD)
    return post(
        scope=scope,
        key=key,
        source=source,
        source_id=source_id,
        legs=[promise],
        initiator_id=initiator_id,
        reason=reason,
    )


def settle(
    *,
    hold_id: UUID,
    scope: str,
    key: str,
    source: str,
    source_id: UUID,
    initiator_id: UUID | None,
    amount: int | None = None,
    reason: str = "",
) -> Posting:
    """Keep a promise: move the held money, or `amount` of it; the rest can be spent again.

    Raises:
        HoldResolvedError: it was settled or released before.
    """
    leg = resolving_leg(hold_id, Phase.SETTLE, amount)
    return post(
        scope=scope,
        key=key,
        source=source,
        source_id=source_id,
        legs=[leg],
        initiator_id=initiator_id,
        reason=reason,
    )


def release(
    *, hold_id: UUID, scope: str, key: str, source: str, source_id: UUID, initiator_id: UUID | None, reason: str = ""
) -> Posting:
    """Give a promise up: all of the held money can be spent again.

    Raises:
        HoldResolvedError: it was settled or released before.
    """
    leg = resolving_leg(hold_id, Phase.RELEASE)
    return post(
        scope=scope,
        key=key,
        source=source,
        source_id=source_id,
        legs=[leg],
        initiator_id=initiator_id,
        reason=reason,
    )


def reverse(
    *,
    transfer_ids: Sequence[UUID],
    scope: str,
    key: str,
    source: str,
    source_id: UUID,
    initiator_id: UUID | None,
    reason: str,
) -> Posting:
    """Undo transfers by their mirror images, last one first. A transfer can be undone once, an undoing never.

    Raises:
        AlreadyReversedError: one of them was undone before.
        InsufficientFundsError: who received the money has spent it.
    """
    return post(
        scope=scope,
        key=key,
        source=source,
        source_id=source_id,
        legs=mirror_legs(transfer_ids),
        initiator_id=initiator_id,
        reason=reason,
    )


def resolving_leg(hold_id: UUID, phase: Phase, amount: int | None = None) -> Leg:
    """The leg that ends a hold, for events that do more than that.

    Raises:
        LedgerTransfer.DoesNotExist: there is no such hold.
    """
    held = LedgerTransfer.objects.get(pk=hold_id, phase=Phase.HOLD)
    return Leg(
        debit=held.debit_account_id,
        credit=held.credit_account_id,
        amount=held.amount if amount is None else amount,
        kind=held.kind,
        phase=phase,
        pending_id=hold_id,
    )


def mirror_legs(transfer_ids: Sequence[UUID]) -> list[Leg]:
    """The legs that undo these transfers, last one first."""
    found = LedgerTransfer.objects.in_bulk(transfer_ids)
    return [
        Leg(
            debit=found[identity].credit_account_id,
            credit=found[identity].debit_account_id,
            amount=found[identity].amount,
            kind=found[identity].kind,
            reverses_id=identity,
        )
        for identity in reversed(transfer_ids)
    ]


_POST = (
    "SELECT journal, refusal, is_replay, is_other_event, transfers"
    " FROM ledger_post(%s, %s, %s, %s, %s, %s, %s, %s, %s, %s::uuid[], %s::uuid[], %s::bigint[], %s::text[],"
    " %s::text[], %s::uuid[], %s::uuid[])"
)


def _call(
    *,
    scope: str,
    key: str,
    source: str,
    source_id: UUID,
    legs: Sequence[Leg],
    initiator_id: UUID | None,
    reason: str = "",
    effective_at: datetime | None = None,
) -> tuple[Posting, str | None]:
    """The one call. What was posted, and the code of the refusal if it was refused."""
    if not legs:
        raise LedgerMisuseError("an event without legs moves nothing")
    event: list[Any] = [uuid7(), scope, key, source, source_id, initiator_id, reason, effective_at]
    with connection.cursor() as cursor:
        cursor.execute(_POST, [*event, [uuid7() for _ in legs], *_columns(legs)])
        journal, refusal, is_replay, is_other_event, transfers = cursor.fetchone()
    if is_other_event:
        raise LedgerMisuseError(f"the key {scope}/{key} belongs to another event")
    return Posting(journal, tuple(transfers), is_replay), refusal


def _columns(legs: Sequence[Leg]) -> list[list[Any]]:
    return [
        [leg.debit for leg in legs],
        [leg.credit for leg in legs],
        [leg.amount for leg in legs],
        [leg.kind for leg in legs],
        [leg.phase.value for leg in legs],
        [leg.pending_id for leg in legs],
        [leg.reverses_id for leg in legs],
    ]
