"""Money coming in: a checkout at a provider, and what became of it.

Nothing is credited but what the provider confirms when asked server to server, in status, reference, currency, amount
and domain (test or live). A webhook only says that it is worth asking.
"""

import logging
from datetime import datetime, timedelta

from django.db import transaction

from accounts.models import User
from contri.core import audit
from contri.core.errors import FieldFault, ValidationFaultsError
from contri.core.locking import lock_row
from contri.core.work import WorkState, claim_work, retry
from notifications import kinds
from notifications.services import notify
from wallets.errors import ProviderUnavailableError
from wallets.models import Deposit, Transaction
from wallets.providers.base import Charge, ChargeAnswer, Checkout, Failed, Succeeded, Unknown, Why
from wallets.providers.paystack import MINIMUM_CHARGE_KOBO
from wallets.providers.registry import DEFAULT, provider_named
from wallets.services.history import announce_change, line_of, new_reference
from wallets.services.incoming import book_deposit, book_stray
from wallets.services.limits import refuse_over_balance_limit, refuse_over_deposit_limit
from wallets.services.opening import lock_wallets
from wallets.services.wording import naira

logger = logging.getLogger(__name__)

# Webhooks come first; this is when we ask by ourselves for the first time.
FIRST_QUESTION = timedelta(seconds=45)
# A checkout that nobody pays is `abandoned` from the start, so that word counts only once people had time to pay.
TIME_TO_PAY = timedelta(hours=1)
# How long a deposit that failed is asked about all the same: a second card may pay the same checkout, and the webhook
# about it may be lost. As long as the provider itself repeats webhooks.
LATE_PAYMENT = timedelta(hours=72)
SWEEP_LIMIT = 20


def start_deposit(*, actor: User, amount_kobo: int, provider: str = DEFAULT, at: datetime) -> tuple[Deposit, Checkout]:
    """Open a checkout for `amount_kobo`; the wallet is credited once the provider confirms the payment.

    The deposit is committed before the provider is asked, so that whatever happens there finds its row here.

    Raises:
        ValidationFaultsError: less than the provider takes.
        LimitExceededError: over the tier's limit for one deposit, or for the balance.
        ProviderUnavailableError: no checkout could be opened; nobody can pay this deposit.
    """
    deposit = _create(actor, amount_kobo, provider, at)
    answer = provider_named(provider).start_checkout(
        reference=deposit.reference, email=actor.email, amount_kobo=amount_kobo
    )
    if not isinstance(answer, Succeeded):
        fail_deposit(deposit=deposit, failure="The payment page could not be opened.", at=at)
        logger.warning("deposit %s: no checkout: %s", deposit.pk, answer)
        raise ProviderUnavailableError(retry_after=answer.retry_after if isinstance(answer, Unknown) else None)
    Deposit.objects.filter(pk=deposit.pk).update(authorization_url=answer.value.authorization_url)
    return deposit, answer.value


def settle_deposit(*, reference: str, at: datetime, provider: str = DEFAULT) -> Deposit | None:
    """Ask the provider what became of the payment `reference` and book what it confirms, once however often called.

    Returns None when no deposit of ours has this reference; money that arrived under it goes to suspense.

    Raises:
        ProviderUnavailableError: the provider's answer is not known; ask again later.
    """
    deposit = Deposit.objects.filter(reference=reference).first()
    if deposit is not None and deposit.settled_at is not None:
        return deposit
    answer = provider_named(deposit.provider if deposit else provider).verify_charge(reference=reference)
    if isinstance(answer, Unknown):
        raise ProviderUnavailableError(answer.detail, retry_after=answer.retry_after)
    if deposit is not None:
        return _conclude(deposit, answer, at)
    if isinstance(answer, Succeeded):
        book_stray(answer.value, provider=provider, at=at)
    return None


def verify_open_deposits(*, at: datetime, limit: int = SWEEP_LIMIT) -> int:
    """Ask about deposits that no webhook has concluded and whose turn it is; returns how many were concluded."""
    concluded = 0
    for _ in range(limit):
        # One at a time: a lease must outlast one slow answer, not twenty.
        claimed = claim_work(Deposit.objects.all(), limit=1)
        if not claimed:
            break
        concluded += _verify(claimed[0], at)
    return concluded


@transaction.atomic
def fail_deposit(*, deposit: Deposit, failure: str, at: datetime) -> Deposit:
    """Mark a deposit as failed and tell its owner once. It stays payable: what is confirmed later is still booked."""
    locked = lock_row(Deposit.objects.select_related("wallet", "transaction"), deposit.pk)
    if locked.settled_at is not None:
        return locked
    if locked.status == Deposit.Status.PENDING:
        locked.status, locked.failure = Deposit.Status.FAILED, failure
        Transaction.objects.filter(pk=locked.transaction_id).update(status=Transaction.Status.FAILED)
        facts = {"amount": naira(locked.amount_kobo), "reason": failure}
        notify(recipient_id=locked.wallet.user_id, kind=kinds.DEPOSIT_FAILED, facts=facts, key=str(locked.pk))
        announce_change(locked.wallet)
    if at - locked.created_at > LATE_PAYMENT:
        locked.state, locked.finished_at = WorkState.DONE, at
    locked.save(update_fields=["status", "failure", "state", "finished_at"])
    return locked


@transaction.atomic
def _create(actor: User, amount_kobo: int, provider: str, at: datetime) -> Deposit:
    _refuse_below_minimum(amount_kobo)
    wallet = lock_wallets(user_ids=[actor.pk])[actor.pk]
    refuse_over_deposit_limit(actor, amount_kobo, at)
    refuse_over_balance_limit(wallet, amount_kobo, at)
    line = line_of(
        wallet,
        type=Transaction.Type.DEPOSIT,
        direction=Transaction.Direction.CREDIT,
        status=Transaction.Status.PENDING,
        amount_kobo=amount_kobo,
        reference=new_reference(),
        description="Deposit",
    )
    line.save(force_insert=True)
    deposit = Deposit.objects.create(
        transaction=line,
        wallet=wallet,
        provider=provider,
        reference=line.reference,
        amount_kobo=amount_kobo,
        due_at=at + FIRST_QUESTION,
    )
    audit.record(actor, deposit, "started a deposit")
    return deposit


def _refuse_below_minimum(amount_kobo: int) -> None:
    if amount_kobo < MINIMUM_CHARGE_KOBO:
        raise ValidationFaultsError(
            FieldFault("amount", "too_small", f"The least that can be deposited is {naira(MINIMUM_CHARGE_KOBO)}.")
        )


def _verify(deposit: Deposit, at: datetime) -> bool:
    answer = provider_named(deposit.provider).verify_charge(reference=deposit.reference)
    if isinstance(answer, Unknown):
        retry(deposit, answer.detail)
        return False
    concluded = _conclude(deposit, answer, at)
    if concluded.state == WorkState.READY:
        retry(deposit, str(answer))
        return False
    return True


def _conclude(deposit: Deposit, answer: ChargeAnswer, at: datetime) -> Deposit:
    """Book what the provider said for sure; what may still change leaves the deposit as it is."""
    if isinstance(answer, Succeeded):
        return _settle(deposit, answer.value, at)
    if isinstance(answer, Failed) and _is_over(deposit, answer, at):
        return fail_deposit(deposit=deposit, failure=_failure_of(answer), at=at)
    return deposit


@transaction.atomic
def _settle(deposit: Deposit, charge: Charge, at: datetime) -> Deposit:
    locked = lock_row(Deposit.objects.select_related("transaction", "wallet"), deposit.pk)
    if locked.settled_at is None:
        book_deposit(locked, charge, at=at)
    return locked


def _is_over(deposit: Deposit, answer: Failed, at: datetime) -> bool:
    if answer.why is Why.DECLINED:
        return True
    # A reference that the provider does not know is one whose checkout was never opened, or not yet.
    return answer.why in (Why.ABANDONED, Why.NOT_FOUND) and at - deposit.created_at > TIME_TO_PAY


def _failure_of(answer: Failed) -> str:
    if answer.why is Why.DECLINED:
        return answer.detail or "The payment was declined."
    return "abandoned"
