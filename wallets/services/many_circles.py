"""The money of many circles at once: what is due from all their members, and all their pots, each in one call.

For circles in which everything goes as planned. What one circle's verbs in `circle_money` do one after the other, these
do for a chunk of circles, and leave the same rows.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from contri.core.locking import require_transaction
from contri.core.models import insert_together
from wallets import chart, ledger
from wallets.ledger import Movement, Outcome
from wallets.models import LedgerTransfer, Transaction, Wallet
from wallets.services.circle_money import payment_reference
from wallets.services.history import announce_changes, line_of

Type = Transaction.Type


@dataclass(frozen=True, slots=True)
class PotMovement:
    """`amount_kobo` between one member's wallet and one circle's pot; `id` is the circles' own row that says so."""

    id: UUID
    circle_id: UUID
    user_id: UUID
    amount_kobo: int
    description: str


class PlanFailedError(RuntimeError):
    """Something that was checked under the locks did not go through: a mistake of ours. Nothing of it may stand."""


def collect_into_pots(
    *, movements: Sequence[PotMovement], wallets: Mapping[UUID, Wallet], at: datetime
) -> dict[UUID, UUID]:
    """Take each of these from its member's wallet; returns the payers' lines by movement.

    The caller has locked `wallets` and seen that every one of them holds enough.

    Raises:
        PlanFailedError: one did not.
    """
    return _move(Type.CONTRIBUTION, movements, wallets, at)


def pay_out_pots(*, movements: Sequence[PotMovement], wallets: Mapping[UUID, Wallet], at: datetime) -> dict[UUID, UUID]:
    """Pay each of these to its member; returns the recipients' lines by movement.

    The caller has locked `wallets` and seen that their tiers have room for it.

    Raises:
        PlanFailedError: a pot holds too little, or a wallet takes no money.
    """
    return _move(Type.PAYOUT, movements, wallets, at)


def _move(
    type_: Transaction.Type, movements: Sequence[PotMovement], wallets: Mapping[UUID, Wallet], at: datetime
) -> dict[UUID, UUID]:
    require_transaction()
    outcomes = ledger.post_each(
        scope=type_.value,
        source=type_.value,
        kind=type_.value,
        movements=[_movement(type_, movement, wallets[movement.user_id]) for movement in movements],
        initiator_id=None,
        effective_at=at,
    )
    lines = _lines(type_, movements, wallets, outcomes)
    insert_together(lines)
    announce_changes([wallets[movement.user_id] for movement in movements], funded=type_ is Type.PAYOUT)
    return {movement.id: line.pk for movement, line in zip(movements, lines, strict=True)}


def _movement(type_: Transaction.Type, movement: PotMovement, wallet: Wallet) -> Movement:
    ends = [chart.wallet_account(wallet.pk), chart.pot_account(movement.circle_id)]
    debit, credit = ends if type_ is Type.CONTRIBUTION else reversed(ends)
    return Movement(
        key=str(movement.id), source_id=movement.id, debit=debit, credit=credit, amount=movement.amount_kobo
    )


def _lines(
    type_: Transaction.Type,
    movements: Sequence[PotMovement],
    wallets: Mapping[UUID, Wallet],
    outcomes: Iterable[Outcome],
) -> list[Transaction]:
    posted = [(movement, _transfer_and_journal(outcome)) for movement, outcome in zip(movements, outcomes, strict=True)]
    after = _wallets_after(type_, [transfer for _, (transfer, _) in posted])
    direction = Transaction.Direction.DEBIT if type_ is Type.CONTRIBUTION else Transaction.Direction.CREDIT
    return [
        line_of(
            wallets[movement.user_id],
            type=type_,
            direction=direction,
            status=Transaction.Status.SUCCEEDED,
            amount_kobo=movement.amount_kobo,
            reference=payment_reference(movement.id),
            description=movement.description,
            circle_id=movement.circle_id,
            journal_id=journal,
            balance_after_kobo=after[transfer],
        )
        for movement, (transfer, journal) in posted
    ]


def _transfer_and_journal(outcome: Outcome) -> tuple[UUID, UUID]:
    if outcome.posting is None or outcome.posting.is_replay:
        raise PlanFailedError(f"{outcome.movement.key}: {outcome.refusal or 'posted before'}")
    return outcome.posting.transfer_ids[0], outcome.posting.journal_id


def _wallets_after(type_: Transaction.Type, transfer_ids: Sequence[UUID]) -> dict[UUID, int | None]:
    side = "debit_after" if type_ is Type.CONTRIBUTION else "credit_after"
    return dict(LedgerTransfer.objects.filter(pk__in=transfer_ids).values_list("pk", side))
