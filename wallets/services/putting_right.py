"""Money that went wrong between members, and withdrawals that nobody knows the end of: one asks, another approves."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Model

from contri.core import audit, two_people
from contri.core.errors import refuse_if
from contri.core.locking import lock_row
from contri.core.models import StaffRequest
from wallets import ledger
from wallets.errors import NotReversibleError
from wallets.ledger.posting import mirror_legs
from wallets.models import LedgerTransfer, Transaction, Withdrawal
from wallets.services.history import announce_change, line_of, write_moved
from wallets.services.opening import lock_wallets
from wallets.services.payments_out import refuse_unless_left_to_a_person

REVERSE = "wallets.reverse_transaction"
RELEASE = "wallets.release_withdrawal"


@transaction.atomic
def ask_reversal(*, actor: Model, transaction_id: UUID, reason: str) -> StaffRequest:
    """Ask that money which one member sent to another go back.

    Raises:
        NotReversibleError: it is something else, or went back before.
        AlreadyAskedError: it is asked for and waits for a decision.
    """
    line = lock_row(Transaction.objects.all(), transaction_id)
    _refuse_unless_sent(line)
    return two_people.ask(
        actor=actor, kind=REVERSE, target=line, reason=reason, terms={"amount_kobo": line.amount_kobo}
    )


@transaction.atomic
def reverse_transaction(*, request: StaffRequest, actor: Model, at: datetime) -> list[Transaction]:
    """Undo a transfer between members as the approved `request` says; returns the new lines, one for each side.

    Raises:
        NotReversibleError: it went back meanwhile.
        InsufficientFundsError: who received the money has spent it.
    """
    line = lock_row(Transaction.objects.all(), UUID(request.target_id))
    _refuse_unless_sent(line)
    told = list(Transaction.objects.filter(journal_id=line.journal_id).select_related("wallet__user"))
    lock_wallets(user_ids=[one.wallet.user_id for one in told])
    moved = LedgerTransfer.objects.filter(journal_id=line.journal_id).order_by("created_at", "pk")
    posting = ledger.post(
        scope="staff_reversal",
        key=str(line.journal_id),
        source="transaction",
        source_id=line.pk,
        legs=mirror_legs(list(moved.values_list("pk", flat=True))),
        initiator_id=actor.pk,
        reason=request.asked_reason,
        effective_at=at,
    )
    lines = write_moved([_mirrored(one) for one in told], posting)
    Transaction.objects.filter(pk__in=[one.pk for one in told]).update(status=Transaction.Status.REVERSED)
    audit.record(actor, line, "reversed the transfer", reason=request.decided_reason)
    for one in told:
        announce_change(one.wallet, funded=one.direction == Transaction.Direction.DEBIT)
    return lines


@transaction.atomic
def ask_release(*, actor: Model, withdrawal_id: UUID, reason: str) -> StaffRequest:
    """Ask that the money of a withdrawal be given back which is known never to have been paid.

    Raises:
        NotWaitingForReviewError: a worker still asks, or it is concluded.
        AlreadyAskedError: it is asked for and waits for a decision.
    """
    withdrawal = lock_row(Withdrawal.objects.all(), withdrawal_id)
    refuse_unless_left_to_a_person(withdrawal)
    terms = {"amount_kobo": withdrawal.amount_kobo + withdrawal.fee_kobo}
    return two_people.ask(actor=actor, kind=RELEASE, target=withdrawal, reason=reason, terms=terms)


def _refuse_unless_sent(line: Transaction) -> None:
    is_sent = line.type == Transaction.Type.TRANSFER and line.status == Transaction.Status.SUCCEEDED
    refuse_if(not is_sent, NotReversibleError)


def _mirrored(line: Transaction) -> Transaction:
    debit, credit = Transaction.Direction.DEBIT, Transaction.Direction.CREDIT
    return line_of(
        line.wallet,
        type=Transaction.Type.REVERSAL,
        direction=credit if line.direction == debit else debit,
        status=Transaction.Status.SUCCEEDED,
        amount_kobo=line.amount_kobo,
        reference=f"{line.reference}-back",
        description="Transfer put right by our staff",
        counterparty_id=line.counterparty_id,
    )
