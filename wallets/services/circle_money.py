"""What circles may do with money: collect it, pay the pot out to whose turn it is, give back what is somebody's.

A circle holds its pot, its members' deposits and its reserve, each an account of its own. Nothing here moves money out
of them but to a member of that circle. Every verb here runs in the caller's transaction, which holds the circle's lock.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from contri.core.errors import DomainError
from contri.core.locking import require_transaction
from wallets import chart, ledger
from wallets.errors import InsufficientFundsError
from wallets.ledger import Movement, Outcome, Posting
from wallets.models import Transaction, Wallet
from wallets.services.circle_tills import Till
from wallets.services.crediting import credit_legs, record_parked
from wallets.services.history import announce_change, line_of, payers_balances_after, write_moved
from wallets.services.opening import lock_wallets


@dataclass(frozen=True, slots=True)
class Claim:
    """One contribution, fee or deposit to collect: `amount_kobo` from `user_id`'s wallet.

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
    *, circle_id: UUID, claims: Sequence[Claim], at: datetime, initiator_id: UUID | None, into: Till = Till.POT
) -> list[CollectionOutcome]:
    """Collect what can be collected from the wallets, into the circle's pot unless said, all in one statement.

    Each claim is paid in full or not at all; who has too little, or whose wallet is frozen, is passed over. Outcomes
    come in the order of `claims`; a claim that was paid before is paid, with the line it got then.
    """
    return _collect(Transaction.Type.CONTRIBUTION, circle_id, claims, into, at=at, initiator_id=initiator_id)


def collect_fees(*, circle_id: UUID, claims: Sequence[Claim], into: Till, at: datetime) -> list[CollectionOutcome]:
    """Collect fees that members owe by their charter, like `collect_contributions`."""
    return _collect(Transaction.Type.FEE, circle_id, claims, into, at=at, initiator_id=None)


def pay_contribution(
    *,
    circle_id: UUID,
    payment_id: UUID,
    user_id: UUID,
    amount_kobo: int,
    key: str,
    description: str,
    at: datetime,
    into: Till = Till.POT,
) -> Transaction:
    """Move one payment from a wallet into the circle's pot, unless said otherwise; returns the payer's line.

    Raises:
        InsufficientFundsError: the wallet holds too little.
        AccountNotOpenError: the wallet is frozen.
    """
    require_transaction()
    claim = Claim(key, payment_id, user_id, amount_kobo, description)
    wallets = lock_wallets(user_ids=[user_id])
    outcome = _post(Transaction.Type.CONTRIBUTION, circle_id, [claim], into, wallets, at=at, initiator_id=user_id)[0]
    if outcome.posting is None:
        refusal: type[DomainError] = outcome.refusal or InsufficientFundsError
        raise refusal
    if outcome.posting.is_replay:
        return _written_before({payment_id: outcome.posting})[payment_id]
    type_ = Transaction.Type.CONTRIBUTION
    return _write_collected(type_, circle_id, [claim], wallets, {payment_id: outcome.posting})[payment_id]


def pay_out_pot(
    *, circle_id: UUID, payout_id: UUID, user_id: UUID, amount_kobo: int, key: str, description: str, at: datetime
) -> Transaction:
    """Pay `amount_kobo` of the pot into the recipient's wallet; returns the recipient's line.

    What goes over the balance limit of the recipient's tier is parked in `held` until the tier allows it.

    Raises:
        InsufficientFundsError: the pot holds too little.
    """
    pot = chart.pot_account(circle_id)
    return _pay_to_member(
        Transaction.Type.PAYOUT,
        pot,
        circle_id,
        payout_id,
        user_id,
        amount_kobo,
        key=key,
        description=description,
        at=at,
    )


def refund_from_pot(
    *,
    circle_id: UUID,
    refund_id: UUID,
    user_id: UUID,
    amount_kobo: int,
    key: str,
    description: str,
    at: datetime,
    source: Till = Till.POT,
) -> Transaction:
    """Give back what a member paid in, from the pot unless said otherwise, like `pay_out_pot`.

    Raises:
        InsufficientFundsError: `source` holds too little.
    """
    till = source.account_of(circle_id)
    return _pay_to_member(
        Transaction.Type.REFUND,
        till,
        circle_id,
        refund_id,
        user_id,
        amount_kobo,
        key=key,
        description=description,
        at=at,
    )


def _collect(
    type_: Transaction.Type,
    circle_id: UUID,
    claims: Sequence[Claim],
    into: Till,
    *,
    at: datetime,
    initiator_id: UUID | None,
) -> list[CollectionOutcome]:
    require_transaction()
    wallets = lock_wallets(user_ids=[claim.user_id for claim in claims])
    outcomes = _post(type_, circle_id, claims, into, wallets, at=at, initiator_id=initiator_id)
    postings = {
        claim.payment_id: outcome.posting
        for claim, outcome in zip(claims, outcomes, strict=True)
        if outcome.posting is not None
    }
    fresh = [claim for claim in claims if claim.payment_id in postings and not postings[claim.payment_id].is_replay]
    lines = _write_collected(type_, circle_id, fresh, wallets, postings) | _written_before(postings)
    return [_outcome(claim, lines.get(claim.payment_id)) for claim in claims]


def _post(
    type_: Transaction.Type,
    circle_id: UUID,
    claims: Sequence[Claim],
    into: Till,
    wallets: dict[UUID, Wallet],
    *,
    at: datetime,
    initiator_id: UUID | None,
) -> list[Outcome]:
    """One call to the ledger; the kind of line is also the scope of its keys, and the kind of its entries."""
    till = into.account_of(circle_id)
    return ledger.post_each(
        scope=type_.value,
        source=type_.value,
        kind=type_.value,
        movements=[_movement(claim, wallets[claim.user_id], till) for claim in claims],
        initiator_id=initiator_id,
        effective_at=at,
    )


def _movement(claim: Claim, wallet: Wallet, till: UUID) -> Movement:
    return Movement(
        key=claim.key,
        source_id=claim.payment_id,
        debit=chart.wallet_account(wallet.pk),
        credit=till,
        amount=claim.amount_kobo,
    )


def _write_collected(
    type_: Transaction.Type,
    circle_id: UUID,
    claims: Iterable[Claim],
    wallets: dict[UUID, Wallet],
    postings: dict[UUID, Posting],
) -> dict[UUID, Transaction]:
    """The payers' lines of what was just collected, by payment."""
    lines: dict[UUID, Transaction] = {}
    after = payers_balances_after([postings[claim.payment_id].transfer_ids[0] for claim in claims])
    for claim in claims:
        posting, wallet = postings[claim.payment_id], wallets[claim.user_id]
        lines[claim.payment_id] = line_of(
            wallet,
            type=type_,
            direction=Transaction.Direction.DEBIT,
            status=Transaction.Status.SUCCEEDED,
            amount_kobo=claim.amount_kobo,
            reference=payment_reference(claim.payment_id),
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


def _pay_to_member(
    type_: Transaction.Type,
    till: UUID,
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
    done = Transaction.objects.filter(wallet=wallet, reference=payment_reference(source_id)).first()
    if done is not None:
        return done
    legs, parked = credit_legs(wallet, source=till, amount_kobo=amount_kobo, kind=type_.value, at=at)
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
        reference=payment_reference(source_id),
        circle_id=circle_id,
        description=description,
    )
    write_moved([line], posting)
    record_parked(line, parked)
    announce_change(wallet, funded=True)
    return line


def payment_reference(source_id: UUID) -> str:
    return f"contri-{source_id.hex}"
