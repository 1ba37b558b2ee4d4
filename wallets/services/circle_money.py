"""What circles may do with money: collect into the pot, pay it out to whose turn it is, give it back. Nothing else.

Every verb here runs in the caller's transaction, which holds the circle's lock.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from contri.core.errors import DomainError
from contri.core.locking import require_transaction
from wallets import chart, ledger
from wallets.errors import InsufficientFundsError
from wallets.ledger import Movement, Posting
from wallets.models import Transaction, Wallet
from wallets.services.crediting import credit_legs, record_parked
from wallets.services.history import announce_change, line_of, payers_balances_after, write_moved
from wallets.services.opening import lock_wallets

CONTRIBUTION = "contribution"


@dataclass(frozen=True, slots=True)
class Claim:
    """One contribution to collect: `amount_kobo` from `user_id`'s wallet.

    `key` makes it happen once, and stays free for a later try as long as the wallet has too little.
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
    """Collect what can be collected from the wallets into the circle's pot, all in one statement.

    Each claim is paid in full or not at all; who has too little, or whose wallet is frozen, is passed over. Outcomes
    come in the order of `claims`; a claim that was paid before is paid, with the line it got then.
    """
    require_transaction()
    wallets = lock_wallets(user_ids=[claim.user_id for claim in claims])
    outcomes = ledger.post_each(
        scope=CONTRIBUTION,
        source=CONTRIBUTION,
        kind=CONTRIBUTION,
        movements=[_movement(circle_id, claim, wallets[claim.user_id]) for claim in claims],
        initiator_id=initiator_id,
        effective_at=at,
    )
    postings = {
        claim.payment_id: outcome.posting
        for claim, outcome in zip(claims, outcomes, strict=True)
        if outcome.posting is not None
    }
    fresh = [claim for claim in claims if claim.payment_id in postings and not postings[claim.payment_id].is_replay]
    lines = _write_collected(circle_id, fresh, wallets, postings) | _written_before(postings)
    return [_outcome(claim, lines.get(claim.payment_id)) for claim in claims]


def pay_contribution(
    *, circle_id: UUID, payment_id: UUID, user_id: UUID, amount_kobo: int, key: str, description: str, at: datetime
) -> Transaction:
    """Move one contribution from a wallet into the circle's pot; returns the payer's line.

    Raises:
        InsufficientFundsError: the wallet holds too little.
        AccountNotOpenError: the wallet is frozen.
    """
    require_transaction()
    claim = Claim(key, payment_id, user_id, amount_kobo, description)
    wallets = lock_wallets(user_ids=[user_id])
    outcome = ledger.post_each(
        scope=CONTRIBUTION,
        source=CONTRIBUTION,
        kind=CONTRIBUTION,
        movements=[_movement(circle_id, claim, wallets[user_id])],
        initiator_id=user_id,
        effective_at=at,
    )[0]
    if outcome.posting is None:
        refusal: type[DomainError] = outcome.refusal or InsufficientFundsError
        raise refusal
    if outcome.posting.is_replay:
        return _written_before({payment_id: outcome.posting})[payment_id]
    return _write_collected(circle_id, [claim], wallets, {payment_id: outcome.posting})[payment_id]


def pay_out_pot(
    *, circle_id: UUID, payout_id: UUID, user_id: UUID, amount_kobo: int, key: str, description: str, at: datetime
) -> Transaction:
    """Pay `amount_kobo` of the pot into the recipient's wallet; returns the recipient's line.

    What goes over the balance limit of the recipient's tier is parked in `held` until the tier allows it.

    Raises:
        InsufficientFundsError: the pot holds too little.
    """
    return _pay_from_pot(
        Transaction.Type.PAYOUT, circle_id, payout_id, user_id, amount_kobo, key=key, description=description, at=at
    )


def refund_from_pot(
    *, circle_id: UUID, refund_id: UUID, user_id: UUID, amount_kobo: int, key: str, description: str, at: datetime
) -> Transaction:
    """Give a contribution back from the pot to who paid it, like `pay_out_pot`.

    Raises:
        InsufficientFundsError: the pot holds too little.
    """
    return _pay_from_pot(
        Transaction.Type.REFUND, circle_id, refund_id, user_id, amount_kobo, key=key, description=description, at=at
    )


def _movement(circle_id: UUID, claim: Claim, wallet: Wallet) -> Movement:
    return Movement(
        key=claim.key,
        source_id=claim.payment_id,
        debit=chart.wallet_account(wallet.pk),
        credit=chart.pot_account(circle_id),
        amount=claim.amount_kobo,
    )


def _write_collected(
    circle_id: UUID, claims: Iterable[Claim], wallets: dict[UUID, Wallet], postings: dict[UUID, Posting]
) -> dict[UUID, Transaction]:
    """The payers' lines of what was just collected, by payment."""
    lines: dict[UUID, Transaction] = {}
    after = payers_balances_after([postings[claim.payment_id].transfer_ids[0] for claim in claims])
    for claim in claims:
        posting, wallet = postings[claim.payment_id], wallets[claim.user_id]
        lines[claim.payment_id] = line_of(
            wallet,
            type=Transaction.Type.CONTRIBUTION,
            direction=Transaction.Direction.DEBIT,
            status=Transaction.Status.SUCCEEDED,
            amount_kobo=claim.amount_kobo,
            reference=_reference(claim.payment_id),
            description=claim.description,
            circle_id=circle_id,
            journal_id=posting.journal_id,
            balance_after_kobo=after[posting.transfer_ids[0]],
        )
        announce_change(wallet)
    Transaction.objects.bulk_create(lines.values())
    return lines


def _written_before(postings: dict[UUID, Posting]) -> dict[UUID, Transaction]:
    journals = {posting.journal_id: payment_id for payment_id, posting in postings.items() if posting.is_replay}
    if not journals:
        return {}
    lines = Transaction.objects.filter(journal_id__in=journals, direction=Transaction.Direction.DEBIT)
    return {journals[line.journal_id]: line for line in lines if line.journal_id is not None}


def _outcome(claim: Claim, line: Transaction | None) -> CollectionOutcome:
    return CollectionOutcome(claim.payment_id, paid=line is not None, transaction_id=line.pk if line else None)


def _pay_from_pot(
    type_: Transaction.Type,
    circle_id: UUID,
    source_id: UUID,
    user_id: UUID,
    amount_kobo: int,
    *,
    key: str,
    description: str,
    at: datetime,
) -> Transaction:
    wallet = lock_wallets(user_ids=[user_id])[user_id]
    done = Transaction.objects.filter(wallet=wallet, reference=_reference(source_id)).first()
    if done is not None:
        return done
    legs, parked = credit_legs(
        wallet, source=chart.pot_account(circle_id), amount_kobo=amount_kobo, kind=type_.value, at=at
    )
    posting = ledger.post(
        scope=type_.value,
        key=key,
        source=type_.value,
        source_id=source_id,
        legs=legs,
        initiator_id=None,
        effective_at=at,
    )
    line = line_of(
        wallet,
        type=type_,
        direction=Transaction.Direction.CREDIT,
        status=Transaction.Status.SUCCEEDED,
        amount_kobo=amount_kobo,
        reference=_reference(source_id),
        circle_id=circle_id,
        description=description,
    )
    write_moved([line], posting)
    record_parked(line, parked)
    announce_change(wallet, funded=True)
    return line


def _reference(source_id: UUID) -> str:
    return f"contri-{source_id.hex}"
