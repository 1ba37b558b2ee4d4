"""How a withdrawal ends: the worker's side, where the provider is told and asked.

The provider hears one reference for a withdrawal, ever. Whatever leaves it open whether it arrived is followed by a
question, and only "not found" by the same reference again. Until the provider's final word the money stays held.
"""

import logging
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Model, QuerySet

from contri.core import audit
from contri.core.crypto import decrypt
from contri.core.errors import refuse_if
from contri.core.locking import lock_row
from contri.core.models import StaffRequest
from contri.core.work import WorkState, claim_work, park, retry
from notifications import kinds
from notifications.kinds import NoticeKind
from notifications.services import notify
from wallets import chart, ledger
from wallets.errors import NotWaitingForReviewError, ProviderUnavailableError
from wallets.ledger import Leg
from wallets.ledger.posting import mirror_legs, resolving_leg
from wallets.models import BankAccount, Phase, Transaction, Withdrawal
from wallets.providers.base import Destination, Failed, Payment, PaymentAnswer, PaymentProvider, Succeeded, Unknown, Why
from wallets.providers.registry import provider_named
from wallets.services.banks import same_name
from wallets.services.history import announce_change, balances_after, line_of
from wallets.services.opening import lock_wallets
from wallets.services.routing import note_answer
from wallets.services.wording import naira

logger = logging.getLogger(__name__)

SWEEP_LIMIT = 20
FINAL = (Withdrawal.Status.FAILED, Withdrawal.Status.REVERSED)
UNDER_WAY = (Withdrawal.Status.REQUESTED, Withdrawal.Status.SUBMITTED)


def work_withdrawals(*, at: datetime, limit: int = SWEEP_LIMIT) -> int:
    """Submit and ask about the withdrawals that are due; returns how many were concluded."""
    return _work(Withdrawal.objects.all(), limit, at)


def work_withdrawal(*, withdrawal_id: UUID, at: datetime) -> bool:
    """Go on with one withdrawal now, if it is due; returns whether it was concluded."""
    return _work(Withdrawal.objects.filter(pk=withdrawal_id), 1, at) == 1


def resolve_withdrawal(*, reference: str, at: datetime) -> Withdrawal | None:
    """Ask the provider how the transfer `reference` ended and book what it confirms, once however often called.

    Returns None when no withdrawal of ours has this reference.

    Raises:
        ProviderUnavailableError: the provider's answer is not known; ask again later.
    """
    withdrawal = Withdrawal.objects.filter(reference=reference).first()
    if withdrawal is None:
        logger.error("a transfer that is none of ours was reported")
        return None
    if withdrawal.status in FINAL:
        return withdrawal
    answer = provider_named(withdrawal.provider).verify_payment(reference=reference)
    if isinstance(answer, Unknown):
        raise ProviderUnavailableError(answer.detail, retry_after=answer.retry_after)
    return conclude(withdrawal_id=withdrawal.pk, answer=answer, at=at)


@transaction.atomic
def conclude(*, withdrawal_id: UUID, answer: PaymentAnswer, at: datetime) -> Withdrawal:
    """Book a provider's final word, forward only; anything less leaves the withdrawal as it is."""
    rows = Withdrawal.objects.select_related("transaction", "wallet", "bank_account")
    withdrawal = lock_row(rows, withdrawal_id)
    lock_wallets(user_ids=[withdrawal.wallet.user_id])
    if isinstance(answer, Succeeded) and answer.value.amount != withdrawal.amount_kobo:
        logger.error("withdrawal %s: the provider paid another amount", withdrawal.pk)
        park(withdrawal, "the provider paid another amount")
    elif isinstance(answer, Succeeded) and withdrawal.status in UNDER_WAY:
        _settle(withdrawal, answer.value, at)
    elif isinstance(answer, Failed) and answer.why is Why.DECLINED and withdrawal.status in UNDER_WAY:
        _give_back(withdrawal, answer.detail, at)
    elif isinstance(answer, Failed) and answer.why is Why.REVERSED and withdrawal.status not in FINAL:
        if withdrawal.status in UNDER_WAY:
            # It was sent before it came back; the books tell both.
            _settle(withdrawal, Payment(withdrawal.reference, "", withdrawal.amount_kobo, 0), at)
        _reverse(withdrawal, at)
    return withdrawal


@transaction.atomic
def release_withdrawal(*, request: StaffRequest, actor: Model, at: datetime) -> Withdrawal:
    """Give the held money back though the provider's own word is missing, as the approved `request` says.

    For payments that a person has found, at the provider and at the bank, never to have been made.

    Raises:
        NotWaitingForReviewError: a worker still asks, or it is concluded.
    """
    rows = Withdrawal.objects.select_related("transaction", "wallet", "bank_account")
    withdrawal = lock_row(rows, UUID(request.target_id))
    refuse_unless_left_to_a_person(withdrawal)
    lock_wallets(user_ids=[withdrawal.wallet.user_id])
    _give_back(withdrawal, "It never reached your bank.", at, actor=actor)
    audit.record(actor, withdrawal, "gave the held money back", reason=request.decided_reason)
    return withdrawal


def refuse_unless_left_to_a_person(withdrawal: Withdrawal) -> None:
    """Staff decide only on what the worker has given up.

    Raises:
        NotWaitingForReviewError: it has not.
    """
    is_given_up = withdrawal.state == WorkState.NEEDS_REVIEW and withdrawal.status in UNDER_WAY
    refuse_if(not is_given_up, NotWaitingForReviewError)


def _work(rows: QuerySet[Withdrawal], limit: int, at: datetime) -> int:
    concluded = 0
    for _ in range(limit):
        # One at a time: a lease must outlast one slow answer, not twenty.
        claimed = claim_work(rows.select_related("bank_account"), limit=1)
        if not claimed:
            break
        answer = _ask_or_submit(provider_named(claimed[0].provider), claimed[0], at)
        note_answer(provider=claimed[0].provider, answer=answer, at=at)
        concluded += _note(claimed[0], answer, at)
        if isinstance(answer, Unknown) and answer.is_away:
            # The others would meet the same, and wait for it as long.
            break
    return concluded


def _note(withdrawal: Withdrawal, answer: PaymentAnswer, at: datetime) -> bool:
    """Book what a claimed withdrawal's answer says, or try it later; returns whether it is concluded."""
    concluded = conclude(withdrawal_id=withdrawal.pk, answer=answer, at=at)
    if concluded.state == WorkState.READY:
        _try_later(withdrawal, answer)
    return concluded.state == WorkState.DONE


def _ask_or_submit(provider: PaymentProvider, withdrawal: Withdrawal, at: datetime) -> PaymentAnswer:
    if withdrawal.submitted_at is not None:
        answer = provider.verify_payment(reference=withdrawal.reference)
        if not (isinstance(answer, Failed) and answer.why is Why.NOT_FOUND):
            return answer
    destination = _destination(provider, withdrawal.bank_account)
    if not isinstance(destination, Destination):
        return destination
    _note_submission(withdrawal, at)
    answer = provider.pay_out(
        reference=withdrawal.reference,
        destination=destination,
        amount_kobo=withdrawal.amount_kobo,
        reason="Contri withdrawal",
    )
    if isinstance(answer, Failed) and answer.why is Why.DUPLICATE:
        # An earlier try arrived: what became of it is the answer.
        return provider.verify_payment(reference=withdrawal.reference)
    return answer


def _destination(provider: PaymentProvider, account: BankAccount) -> Destination | Unknown:
    """Where to pay to, as this provider wants it."""
    plain = Destination(
        account_number=decrypt(bytes(account.number_encrypted)),
        bank_code=account.bank_code,
        account_name=account.account_name,
    )
    if not provider.needs_recipients:
        return _confirmed_elsewhere(provider, plain)
    if account.recipient_code:
        return replace(plain, recipient_code=account.recipient_code)
    answer = provider.create_recipient(destination=plain)
    if not isinstance(answer, Succeeded):
        # Why it failed is about the recipient: the payment itself was never sent, and is not over.
        return _no_recipient(answer)
    BankAccount.objects.filter(pk=account.pk).update(recipient_code=answer.value)
    return replace(plain, recipient_code=answer.value)


def _confirmed_elsewhere(provider: PaymentProvider, plain: Destination) -> Destination | Unknown:
    """The account, once this provider names the same holder as the one that the account was linked with."""
    answer = provider.resolve_account(account_number=plain.account_number, bank_code=plain.bank_code)
    if not isinstance(answer, Succeeded):
        return _no_recipient(answer)
    if not same_name(answer.value.account_name, plain.account_name):
        return Unknown("no recipient: the account has another holder here")
    return plain


def _no_recipient(answer: Failed | Unknown) -> Unknown:
    is_away = isinstance(answer, Unknown) and answer.is_away
    return Unknown(f"no recipient: {answer.detail}", is_away=is_away)


def _note_submission(withdrawal: Withdrawal, at: datetime) -> None:
    """Committed before the provider is told: whoever comes after a crash asks before sending."""
    Withdrawal.objects.filter(pk=withdrawal.pk, status__in=UNDER_WAY).update(
        status=Withdrawal.Status.SUBMITTED, submitted_at=at
    )


def _try_later(withdrawal: Withdrawal, answer: PaymentAnswer) -> None:
    if isinstance(answer, Failed) and answer.why is Why.BAD_RECIPIENT:
        BankAccount.objects.filter(pk=withdrawal.bank_account_id).update(recipient_code="")
    if isinstance(answer, Failed):
        # Our float is too low, or the provider refuses us: nothing the person can mend, so staff hear of it.
        logger.error("withdrawal %s is stuck: %s", withdrawal.pk, answer.why)
    retry(withdrawal, str(answer))


def _settle(withdrawal: Withdrawal, payment: Payment, at: datetime) -> None:
    legs = [resolving_leg(hold_id, Phase.SETTLE) for hold_id in withdrawal.hold_ids]
    settled = len(legs)
    if payment.fee:
        clearing = chart.clearing_account(withdrawal.provider)
        legs.append(Leg(chart.provider_fees_account(), clearing, payment.fee, "provider_fee"))
    posting = ledger.post(
        scope="withdrawal_settled",
        key=withdrawal.reference,
        source="withdrawal",
        source_id=withdrawal.pk,
        legs=legs,
        initiator_id=None,
        effective_at=at,
    )
    withdrawal.settle_ids = list(posting.transfer_ids[:settled])
    withdrawal.provider_code, withdrawal.provider_fee_kobo, withdrawal.paid_at = payment.code, payment.fee, at
    _end(withdrawal, Withdrawal.Status.SUCCEEDED, Transaction.Status.SUCCEEDED, at)
    _tell(withdrawal, kinds.WITHDRAWAL_SUCCEEDED, "the bank has the money")


def _give_back(withdrawal: Withdrawal, failure: str, at: datetime, *, actor: Model | None = None) -> None:
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
    _end(withdrawal, Withdrawal.Status.FAILED, Transaction.Status.FAILED, at)
    _tell(withdrawal, kinds.WITHDRAWAL_FAILED, "the withdrawal failed, the money is back")


def _reverse(withdrawal: Withdrawal, at: datetime) -> None:
    """Undo a payment that came back from the bank, however much later. The provider keeps its fee."""
    wallet = withdrawal.wallet
    posting = ledger.post(
        scope="withdrawal_reversed",
        key=withdrawal.reference,
        source="withdrawal",
        source_id=withdrawal.pk,
        legs=mirror_legs(withdrawal.settle_ids),
        initiator_id=None,
        reason="sent back by the bank",
        effective_at=at,
    )
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
    _end(withdrawal, Withdrawal.Status.REVERSED, Transaction.Status.REVERSED, at)
    _tell(withdrawal, kinds.WITHDRAWAL_REVERSED, "the bank sent the money back")


def _end(withdrawal: Withdrawal, status: Withdrawal.Status, shown: Transaction.Status, at: datetime) -> None:
    withdrawal.status, withdrawal.concluded_at = status, at
    withdrawal.state, withdrawal.finished_at, withdrawal.last_error = WorkState.DONE, at, ""
    withdrawal.save()
    Transaction.objects.filter(pk=withdrawal.transaction_id).update(status=shown)


def _tell(withdrawal: Withdrawal, kind: NoticeKind, what: str) -> None:
    audit.record(None, withdrawal, what)
    facts = {"amount": naira(withdrawal.amount_kobo), "bank": str(withdrawal.bank_account)}
    notify(recipient_id=withdrawal.wallet.user_id, kind=kind, facts=facts, key=str(withdrawal.pk))
    announce_change(withdrawal.wallet, funded=kind is not kinds.WITHDRAWAL_SUCCEEDED)
