"""How a withdrawal ends, by the provider's word, also by one that takes back what it said before."""

import logging
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Model

from contri.core import audit
from contri.core.locking import lock_row
from contri.core.work import WorkState
from notifications import kinds
from notifications.kinds import NoticeKind
from notifications.services import notify
from wallets import chart, ledger
from wallets.ledger import Leg, Posting
from wallets.ledger.posting import mirror_legs, resolving_leg
from wallets.models import Phase, Transaction, Withdrawal
from wallets.providers.base import Failed, Payment, PaymentAnswer, Succeeded, Why
from wallets.services.history import announce_change, balances_after, line_of, write_moved
from wallets.services.opening import lock_wallets
from wallets.services.owing import mark_as_owing, recourse_to
from wallets.services.wording import naira

logger = logging.getLogger(__name__)

Status = Withdrawal.Status
UNDER_WAY = (Status.REQUESTED, Status.SUBMITTED)


@transaction.atomic
def conclude(*, withdrawal_id: UUID, answer: PaymentAnswer, at: datetime) -> Withdrawal:
    """Book the provider's word, once however often it is heard; anything less leaves the withdrawal as it is."""
    withdrawal = locked_withdrawal(withdrawal_id)
    if isinstance(answer, Succeeded):
        _book_paid(withdrawal, answer.value, at)
    elif isinstance(answer, Failed) and answer.why in (Why.DECLINED, Why.REVERSED):
        _book_unpaid(withdrawal, answer, at)
    return withdrawal


def locked_withdrawal(withdrawal_id: UUID) -> Withdrawal:
    """A withdrawal and its owner's wallet, locked in this order."""
    rows = Withdrawal.objects.select_related("transaction", "wallet", "bank_account")
    withdrawal = lock_row(rows, withdrawal_id)
    lock_wallets(user_ids=[withdrawal.wallet.user_id])
    return withdrawal


def give_back(withdrawal: Withdrawal, failure: str, at: datetime, *, actor: Model | None = None) -> None:
    """Release what a locked withdrawal holds: it was not paid."""
    ledger.post(
        scope="withdrawal_released",
        key=withdrawal.reference,
        source="withdrawal",
        source_id=withdrawal.pk,
        legs=[resolving_leg(hold_id, Phase.RELEASE) for hold_id in withdrawal.hold_ids],
        # A person's release wants an approved request, says a trigger; a provider's word does not.
        initiator_id=actor.pk if actor else None,
        effective_at=at,
    )
    withdrawal.failure = failure
    _end(withdrawal, Status.FAILED, Transaction.Status.FAILED, at)
    _tell(withdrawal, kinds.WITHDRAWAL_FAILED, "the withdrawal failed, the money is back")


def _book_paid(withdrawal: Withdrawal, payment: Payment, at: datetime) -> None:
    if payment.amount != withdrawal.amount_kobo:
        _leave_to_a_person(withdrawal, "the provider paid another amount")
    elif withdrawal.status in UNDER_WAY:
        _settle(withdrawal, payment, at)
    elif withdrawal.status in (Status.FAILED, Status.REVERSED):
        _book_paid_late(withdrawal, payment, at)


def _book_unpaid(withdrawal: Withdrawal, answer: Failed, at: datetime) -> None:
    if withdrawal.status in UNDER_WAY and answer.why is Why.DECLINED:
        give_back(withdrawal, answer.detail, at)
    elif withdrawal.status in UNDER_WAY:
        # It was sent before it came back; the books tell both.
        _settle(withdrawal, Payment(withdrawal.reference, "", withdrawal.amount_kobo, 0), at)
        _reverse(withdrawal, at)
    elif withdrawal.status == Status.SUCCEEDED:
        _reverse(withdrawal, at)
    elif withdrawal.status == Status.PAID_LATE:
        _leave_to_a_person(withdrawal, f"was paid late, and now the provider says {answer.why}")


def _settle(withdrawal: Withdrawal, payment: Payment, at: datetime) -> None:
    legs = [resolving_leg(hold_id, Phase.SETTLE) for hold_id in withdrawal.hold_ids]
    settled = len(legs)
    posting = _post(withdrawal, "withdrawal_settled", legs + _fee_legs(withdrawal, payment), at)
    withdrawal.settle_ids = list(posting.transfer_ids[:settled])
    _note_payment(withdrawal, payment, at)
    _end(withdrawal, Status.SUCCEEDED, Transaction.Status.SUCCEEDED, at)
    _tell(withdrawal, kinds.WITHDRAWAL_SUCCEEDED, "the bank has the money")


def _reverse(withdrawal: Withdrawal, at: datetime) -> None:
    """Undo a payment that came back from the bank, however much later. The provider keeps its fee."""
    wallet = withdrawal.wallet
    posting = _post(withdrawal, "withdrawal_reversed", mirror_legs(withdrawal.settle_ids), at, "sent back by the bank")
    line = line_of(
        wallet,
        type=Transaction.Type.REVERSAL,
        direction=Transaction.Direction.CREDIT,
        status=Transaction.Status.SUCCEEDED,
        amount_kobo=withdrawal.amount_kobo + withdrawal.fee_kobo,
        reference=f"{withdrawal.reference}-back",
        description="Withdrawal sent back by the bank",
        journal_id=posting.journal_id,
        balance_after_kobo=balances_after(posting.transfer_ids)[chart.wallet_account(wallet.pk)],
    )
    line.save(force_insert=True)
    _end(withdrawal, Status.REVERSED, Transaction.Status.REVERSED, at)
    _tell(withdrawal, kinds.WITHDRAWAL_REVERSED, "the bank sent the money back")


def _book_paid_late(withdrawal: Withdrawal, payment: Payment, at: datetime) -> None:
    """The money had been given back, and was paid all the same: its owner has it twice, and owes what is not there."""
    wallet = withdrawal.wallet
    clearing = chart.clearing_account(withdrawal.provider)
    recourse = recourse_to(wallet, amount_kobo=payment.amount, clearing=clearing, kind="paid_late")
    posting = _post(withdrawal, "withdrawal_paid_late", recourse.legs + _fee_legs(withdrawal, payment), at)
    if recourse.taken_kobo:
        line = line_of(
            wallet,
            type=Transaction.Type.WITHDRAWAL,
            direction=Transaction.Direction.DEBIT,
            status=Transaction.Status.SUCCEEDED,
            amount_kobo=recourse.taken_kobo,
            reference=f"{withdrawal.reference}-late",
            description=f"To {withdrawal.bank_account}, paid after all",
        )
        write_moved([line], posting)
    if recourse.owed_kobo:
        mark_as_owing(wallet)
    _note_payment(withdrawal, payment, at)
    withdrawal.status, withdrawal.state, withdrawal.last_error = Status.PAID_LATE, WorkState.DONE, ""
    withdrawal.save()
    logger.error("withdrawal %s was given back and paid all the same", withdrawal.pk)
    _tell(withdrawal, kinds.WITHDRAWAL_PAID_LATE, "paid after it had been given back", owed=naira(recourse.owed_kobo))


def _post(withdrawal: Withdrawal, scope: str, legs: list[Leg], at: datetime, reason: str = "") -> Posting:
    return ledger.post(
        scope=scope,
        key=withdrawal.reference,
        source="withdrawal",
        source_id=withdrawal.pk,
        legs=legs,
        initiator_id=None,
        reason=reason,
        effective_at=at,
    )


def _fee_legs(withdrawal: Withdrawal, payment: Payment) -> list[Leg]:
    if not payment.fee:
        return []
    clearing = chart.clearing_account(withdrawal.provider)
    return [Leg(chart.provider_fees_account(), clearing, payment.fee, "provider_fee")]


def _note_payment(withdrawal: Withdrawal, payment: Payment, at: datetime) -> None:
    withdrawal.provider_code, withdrawal.provider_fee_kobo, withdrawal.paid_at = payment.code, payment.fee, at


def _end(withdrawal: Withdrawal, status: Withdrawal.Status, shown: Transaction.Status, at: datetime) -> None:
    withdrawal.status, withdrawal.concluded_at = status, at
    withdrawal.state, withdrawal.finished_at, withdrawal.last_error = WorkState.DONE, at, ""
    withdrawal.save()
    Transaction.objects.filter(pk=withdrawal.transaction_id).update(status=shown)


def _leave_to_a_person(withdrawal: Withdrawal, why: str) -> None:
    withdrawal.state, withdrawal.last_error = WorkState.NEEDS_REVIEW, why
    withdrawal.save(update_fields=["state", "last_error"])
    logger.error("withdrawal %s needs a person: %s", withdrawal.pk, why)


def _tell(withdrawal: Withdrawal, kind: NoticeKind, what: str, **more: str) -> None:
    audit.record(None, withdrawal, what)
    facts = {"amount": naira(withdrawal.amount_kobo), "bank": str(withdrawal.bank_account), **more}
    notify(recipient_id=withdrawal.wallet.user_id, kind=kind, facts=facts, key=str(withdrawal.pk))
    announce_change(withdrawal.wallet, funded=kind in (kinds.WITHDRAWAL_FAILED, kinds.WITHDRAWAL_REVERSED))
