"""Having withdrawals paid: the worker's side, where the provider is told and asked.

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
from contri.core.context import on_behalf_of
from contri.core.crypto import decrypt
from contri.core.errors import refuse_if
from contri.core.models import StaffRequest
from contri.core.work import WorkState, claim_work, retry
from wallets.errors import NotWaitingForReviewError, ProviderUnavailableError
from wallets.models import BankAccount, Withdrawal
from wallets.providers.base import (
    AWAITS_PASSWORD,
    Destination,
    Failed,
    PaymentAnswer,
    PaymentProvider,
    Succeeded,
    Unknown,
    Why,
)
from wallets.providers.registry import provider_named
from wallets.services.banks import same_name
from wallets.services.payment_endings import UNDER_WAY, conclude, give_back, locked_withdrawal
from wallets.services.routing import note_answer

logger = logging.getLogger(__name__)

SWEEP_LIMIT = 20


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
    with on_behalf_of(withdrawal.begun_by):
        # Also one that has ended: a provider that takes back what it said must be heard.
        answer = provider_named(withdrawal.provider).verify_payment(reference=reference)
        if isinstance(answer, Unknown):
            raise ProviderUnavailableError(answer.detail, retry_after=answer.retry_after)
        return conclude(withdrawal_id=withdrawal.pk, answer=answer, at=at)


@transaction.atomic
def release_withdrawal(*, request: StaffRequest, actor: Model, at: datetime) -> Withdrawal:
    """Give the held money back though the provider's own word is missing, as the approved `request` says.

    For payments that a person has found, at the provider and at the bank, never to have been made.

    Raises:
        NotWaitingForReviewError: a worker still asks, or it is concluded.
    """
    withdrawal = locked_withdrawal(UUID(request.target_id))
    refuse_unless_left_to_a_person(withdrawal)
    give_back(withdrawal, "It never reached your bank.", at, actor=actor)
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
        withdrawal = claimed[0]
        with on_behalf_of(withdrawal.begun_by):
            answer = _ask_or_submit(provider_named(withdrawal.provider), withdrawal, at)
            note_answer(provider=withdrawal.provider, answer=answer, at=at)
            concluded += _note(withdrawal, answer, at)
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
    if isinstance(answer, Unknown) and answer.detail == AWAITS_PASSWORD:
        # Half an hour is all there is. Payouts by API want this switched off at the provider.
        logger.error("withdrawal %s %s", withdrawal.pk, AWAITS_PASSWORD)
    retry(withdrawal, answer.detail if isinstance(answer, Unknown) else str(answer))
