"""Money coming in: a checkout at a provider, and what became of it.

Nothing is credited but what the provider confirms when asked server to server, in status, reference, currency, amount
and domain (test or live). A webhook only says that it is worth asking.
"""

import logging
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from accounts.models import User
from contri.core import audit
from contri.core.context import on_behalf_of
from contri.core.crypto import decrypt
from contri.core.errors import FieldFault, ValidationFaultsError
from contri.core.locking import lock_row
from contri.core.work import WorkState, claim_work, retry
from notifications import kinds
from notifications.services import notify
from wallets.errors import CardDeclinedError, CardNotFoundError, ProviderUnavailableError
from wallets.models import Card, Deposit, Transaction
from wallets.providers.base import Charge, ChargeAnswer, Failed, Succeeded, Unknown, Why
from wallets.providers.paystack import MINIMUM_CHARGE_KOBO
from wallets.providers.registry import DEFAULT, is_offered, provider_named
from wallets.queries import cards_of
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


def start_deposit(
    *, actor: User, amount_kobo: int, provider: str = DEFAULT, keeps_card: bool = False, at: datetime
) -> Deposit:
    """Open a checkout for `amount_kobo`; the wallet is credited once the provider confirms the payment.

    With `keeps_card` the card that pays is kept, if it can be charged again.

    The deposit is committed before the provider is asked, so that whatever happens there finds its row here.

    Raises:
        ValidationFaultsError: less than the provider takes, or a provider that we have no account with.
        LimitExceededError: over the tier's limit for one deposit, or for the balance.
        ProviderUnavailableError: no checkout could be opened; nobody can pay this deposit.
    """
    if not is_offered(provider):
        raise ValidationFaultsError(FieldFault("provider", "not_offered", "This provider is not available here."))
    deposit = _create(actor, amount_kobo, at, provider=provider, keeps_card=keeps_card)
    answer = provider_named(provider).start_checkout(
        reference=deposit.reference, email=actor.email, amount_kobo=amount_kobo
    )
    if not isinstance(answer, Succeeded):
        fail_deposit(deposit=deposit, failure="The payment page could not be opened.", at=at)
        logger.warning("deposit %s: no checkout: %s", deposit.pk, answer)
        raise ProviderUnavailableError(retry_after=answer.retry_after if isinstance(answer, Unknown) else None)
    _keep_url(deposit, answer.value.authorization_url)
    return deposit


def charge_card(*, actor: User, amount_kobo: int, card_id: UUID, at: datetime) -> Deposit:
    """Charge a kept card; the wallet is credited once the provider confirms the payment, never by this call.

    The deposit's `authorization_url` is "" unless the card's owner has to confirm the payment there.

    Raises:
        ValidationFaultsError, LimitExceededError: see `start_deposit`.
        CardNotFoundError: it is not theirs.
        CardDeclinedError: it was not charged.
    """
    deposit = prepare_card_charge(actor=actor, amount_kobo=amount_kobo, card_id=card_id, at=at)
    return submit_card_charge(deposit=deposit, at=at)


def prepare_card_charge(*, actor: User, amount_kobo: int, card_id: UUID, at: datetime) -> Deposit:
    """Write the charge of a kept card down without asking anybody for it yet; may be part of the caller's transaction.

    Raises:
        ValidationFaultsError, LimitExceededError: see `start_deposit`.
        CardNotFoundError: it is not theirs.
    """
    card = cards_of(actor).filter(pk=card_id).first()
    if card is None:
        raise CardNotFoundError
    return _create(actor, amount_kobo, at, provider=card.provider, card=card)


def submit_card_charge(*, deposit: Deposit, at: datetime) -> Deposit:
    """Ask the provider for a charge that was prepared. Once: from then on it is only asked about.

    Raises:
        CardDeclinedError: it was not charged, or the card is no longer kept.
    """
    card = deposit.card
    if card is None or card.removed_at is not None:
        fail_deposit(deposit=deposit, failure="The card is no longer kept.", at=at)
        raise CardDeclinedError("The card is no longer kept.")
    answer = provider_named(card.provider).charge_card(
        reference=deposit.reference,
        email=card.email,
        amount_kobo=deposit.amount_kobo,
        code=decrypt(bytes(card.code_encrypted)),
    )
    if isinstance(answer, Failed):
        fail_deposit(deposit=deposit, failure=answer.detail or "The card was declined.", at=at)
        raise CardDeclinedError(answer.detail)
    if isinstance(answer, Succeeded):
        _keep_url(deposit, answer.value.authorization_url)
    # Unknown: it may have been charged. The deposit stays pending, and asking tells.
    return deposit


def settle_deposit(*, reference: str, at: datetime, provider: str = DEFAULT) -> Deposit | None:
    """Ask the provider what became of the payment `reference` and book what it confirms, once however often called.

    Returns None when no deposit of ours has this reference; money that arrived under it goes to suspense.

    Raises:
        ProviderUnavailableError: the provider's answer is not known; ask again later.
    """
    deposit = Deposit.objects.filter(reference=reference).first()
    if deposit is None:
        answer = _verified(provider, reference)
        if isinstance(answer, Succeeded):
            book_stray(answer.value, provider=provider, at=at)
        return None
    if deposit.settled_at is not None:
        return deposit
    with on_behalf_of(deposit.begun_by):
        return _conclude(deposit, _verified(deposit.provider, reference), at)


def verify_open_deposits(*, at: datetime, limit: int = SWEEP_LIMIT) -> int:
    """Ask about deposits that no webhook has concluded and whose turn it is; returns how many were concluded.

    Stops as soon as the provider is away: the others would meet the same, and wait for it as long.
    """
    concluded = 0
    for _ in range(limit):
        # One at a time: a lease must outlast one slow answer, not twenty.
        claimed = claim_work(Deposit.objects.all(), limit=1)
        if not claimed:
            break
        deposit = claimed[0]
        with on_behalf_of(deposit.begun_by):
            answer = provider_named(deposit.provider).verify_charge(reference=deposit.reference)
            concluded += _note(deposit, answer, at)
        if isinstance(answer, Unknown) and answer.is_away:
            break
    return concluded


@transaction.atomic
def fail_deposit(*, deposit: Deposit, failure: str, at: datetime) -> Deposit:
    """Mark a deposit as failed and tell its owner once. It stays payable: what is confirmed later is still booked."""
    locked = lock_row(Deposit.objects.select_related("wallet", "transaction"), deposit.pk)
    if locked.settled_at is not None:
        return locked
    if locked.status == Deposit.Status.PENDING:
        locked.status, locked.failure, locked.failed_at = Deposit.Status.FAILED, failure, at
        Transaction.objects.filter(pk=locked.transaction_id).update(status=Transaction.Status.FAILED)
        facts = {"amount": naira(locked.amount_kobo), "reason": failure}
        notify(recipient_id=locked.wallet.user_id, kind=kinds.DEPOSIT_FAILED, facts=facts, key=str(locked.pk))
        announce_change(locked.wallet)
    if at - locked.created_at > LATE_PAYMENT:
        locked.state, locked.finished_at = WorkState.DONE, at
    locked.save(update_fields=["status", "failure", "failed_at", "state", "finished_at"])
    return locked


@transaction.atomic
def _create(
    actor: User,
    amount_kobo: int,
    at: datetime,
    *,
    provider: str,
    card: Card | None = None,
    keeps_card: bool = False,
) -> Deposit:
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
        description=f"Deposit by {card}" if card else "Deposit",
    )
    line.save(force_insert=True)
    deposit = Deposit.objects.create(
        transaction=line,
        wallet=wallet,
        provider=provider,
        reference=line.reference,
        amount_kobo=amount_kobo,
        card=card,
        keeps_card=keeps_card,
        due_at=at + FIRST_QUESTION,
    )
    audit.record(actor, deposit, "started a deposit")
    return deposit


def _keep_url(deposit: Deposit, authorization_url: str) -> None:
    deposit.authorization_url = authorization_url
    Deposit.objects.filter(pk=deposit.pk).update(authorization_url=authorization_url)


def _refuse_below_minimum(amount_kobo: int) -> None:
    if amount_kobo < MINIMUM_CHARGE_KOBO:
        raise ValidationFaultsError(
            FieldFault("amount", "too_small", f"The least that can be deposited is {naira(MINIMUM_CHARGE_KOBO)}.")
        )


def _verified(provider: str, reference: str) -> Succeeded[Charge] | Failed:
    answer = provider_named(provider).verify_charge(reference=reference)
    if isinstance(answer, Unknown):
        raise ProviderUnavailableError(answer.detail, retry_after=answer.retry_after)
    return answer


def _note(deposit: Deposit, answer: ChargeAnswer, at: datetime) -> bool:
    """Book what a claimed deposit's answer says, or have it asked about later; returns whether it is concluded."""
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
    if deposit.status == Deposit.Status.FAILED and at - deposit.created_at <= LATE_PAYMENT:
        # Said already; it is only asked about in case somebody pays after all.
        return False
    if answer.why is Why.DECLINED:
        return True
    # A reference that the provider does not know is one whose checkout was never opened, or not yet.
    return answer.why in (Why.ABANDONED, Why.NOT_FOUND) and at - deposit.created_at > TIME_TO_PAY


def _failure_of(answer: Failed) -> str:
    if answer.why is Why.DECLINED:
        return answer.detail or "The payment was declined."
    return "abandoned"
