"""Money going out: held at once, paid by the provider, settled or returned by the provider's word."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Model

from accounts.models import PinPurpose, User
from accounts.services import Because, consume_pin_token, refuse_until, refuse_while_cooling_off
from contri.core import audit
from contri.core.announcing import announce
from contri.core.errors import FieldFault, ValidationFaultsError, refuse_if
from contri.core.locking import lock_row
from contri.core.work import WorkState, take_up_again
from wallets import chart, ledger
from wallets.errors import (
    BankAccountNotFoundError,
    BankAccountUnverifiedError,
    NotWaitingForReviewError,
    PasswordNotTakenError,
    ProviderUnavailableError,
    WithdrawalNotFoundError,
)
from wallets.fees import withdrawal_fee_kobo
from wallets.ledger import Leg, Posting
from wallets.models import BankAccount, Phase, Transaction, Wallet, Withdrawal
from wallets.providers.base import Failed, Unknown, Why
from wallets.providers.registry import provider_named
from wallets.queries import bank_accounts_of
from wallets.services.banks import cooling_off_of
from wallets.services.history import announce_change, line_of, new_reference, write_moved
from wallets.services.limits import refuse_over_daily_outflow, refuse_without_kyc
from wallets.services.opening import lock_wallets
from wallets.services.owing import refuse_while_owing
from wallets.services.payment_endings import conclude
from wallets.services.routing import provider_for_payout
from wallets.services.wording import naira
from wallets.signals import withdrawal_requested

# The least that the provider sends.
MINIMUM_KOBO = 50_00


@transaction.atomic
def request_withdrawal(
    *, actor: User, bank_account_id: UUID, amount_kobo: int, pin_token: str, at: datetime
) -> Withdrawal:
    """Hold `amount_kobo` and the fee in `actor`'s wallet, for a worker to have them paid to the bank account.

    Raises:
        ValidationFaultsError: less than the provider sends.
        PinRequiredError, PinTokenInvalidError: see accounts.
        WithdrawalsLockedError: a reset PIN, a new device or a new bank account, less than a day ago.
        KycRequiredError: the tier may not withdraw.
        BankAccountNotFoundError, BankAccountUnverifiedError: not a confirmed account of theirs.
        DebtOutstandingError: they owe Contri for a chargeback.
        LimitExceededError: over the tier's daily outflow.
        InsufficientFundsError: the wallet holds too little.
    """
    _refuse_below_minimum(amount_kobo)
    consume_pin_token(user=actor, token=pin_token, purpose=PinPurpose.WITHDRAW)
    refuse_without_kyc(actor, at)
    refuse_while_cooling_off(pin_token=pin_token, at=at)
    account = bank_accounts_of(actor).filter(pk=bank_account_id).first()
    if account is None:
        raise BankAccountNotFoundError
    refuse_if(account.status != BankAccount.Status.VERIFIED, BankAccountUnverifiedError)
    refuse_until(cooling_off_of(account), because=Because.NEW_BANK_ACCOUNT, at=at)

    wallet = lock_wallets(user_ids=[actor.pk])[actor.pk]
    refuse_while_owing(wallet)
    refuse_over_daily_outflow(wallet, amount_kobo, at)

    withdrawal = _hold(wallet, account, amount_kobo, at)
    audit.record(actor, withdrawal, "asked for a withdrawal")
    announce(withdrawal_requested, withdrawal_id=withdrawal.pk)
    announce_change(wallet)
    return withdrawal


@transaction.atomic
def retry_withdrawal(*, actor: Model, withdrawal_id: UUID, reason: str, at: datetime) -> Withdrawal:
    """Let the worker go on with a withdrawal that was left to a person: it asks first, and sends the same reference.

    Raises:
        WithdrawalNotFoundError: there is no such withdrawal.
        NotWaitingForReviewError: it was not left to a person.
    """
    withdrawal = _locked(withdrawal_id)
    refuse_if(withdrawal.state != WorkState.NEEDS_REVIEW, NotWaitingForReviewError)
    take_up_again(withdrawal, at=at)
    audit.record(actor, withdrawal, "tried the withdrawal again", reason=reason)
    announce(withdrawal_requested, withdrawal_id=withdrawal.pk)
    return withdrawal


def confirm_withdrawal(*, actor: Model, withdrawal_id: UUID, password: str, reason: str, at: datetime) -> Withdrawal:
    """Give the provider the one-time password that it sent to our own phone and that this withdrawal waits for.

    The password goes to the provider and nowhere else. Without it the provider abandons the payment after half an hour,
    and the money goes back.

    Raises:
        WithdrawalNotFoundError: there is no such withdrawal.
        NotWaitingForReviewError: the provider has not heard of it, or it is concluded.
        PasswordNotTakenError: the provider does not want one for it, or not this one.
        ProviderUnavailableError: the provider does not answer.
    """
    with transaction.atomic():
        withdrawal = _locked(withdrawal_id)
        refuse_if(withdrawal.status != Withdrawal.Status.SUBMITTED, NotWaitingForReviewError)
        audit.record(actor, withdrawal, "gave the provider the one-time password", reason=reason)
    answer = provider_named(withdrawal.provider).confirm_payment(reference=withdrawal.reference, password=password)
    if isinstance(answer, Failed) and answer.why is Why.REFUSED:
        raise PasswordNotTakenError(answer.detail)
    if isinstance(answer, Unknown) and answer.is_away:
        raise ProviderUnavailableError(answer.detail, retry_after=answer.retry_after)
    return conclude(withdrawal_id=withdrawal_id, answer=answer, at=at)


def _locked(withdrawal_id: UUID) -> Withdrawal:
    try:
        return lock_row(Withdrawal.objects.all(), withdrawal_id)
    except Withdrawal.DoesNotExist:
        raise WithdrawalNotFoundError from None


def _refuse_below_minimum(amount_kobo: int) -> None:
    if amount_kobo < MINIMUM_KOBO:
        raise ValidationFaultsError(
            FieldFault("amount", "too_small", f"The least that can be withdrawn is {naira(MINIMUM_KOBO)}.")
        )


def _hold(wallet: Wallet, account: BankAccount, amount_kobo: int, at: datetime) -> Withdrawal:
    fee_kobo = withdrawal_fee_kobo(amount_kobo)
    line = line_of(
        wallet,
        type=Transaction.Type.WITHDRAWAL,
        direction=Transaction.Direction.DEBIT,
        status=Transaction.Status.PENDING,
        amount_kobo=amount_kobo,
        fee_kobo=fee_kobo,
        reference=new_reference(),
        description=f"To {account}",
    )
    withdrawal = Withdrawal(
        transaction=line,
        wallet=wallet,
        bank_account=account,
        provider=provider_for_payout(bank_code=account.bank_code, at=at),
        reference=line.reference,
        amount_kobo=amount_kobo,
        fee_kobo=fee_kobo,
        due_at=at,
    )
    posting = _post_hold(withdrawal)
    write_moved([line], posting)
    withdrawal.hold_ids = list(posting.transfer_ids)
    withdrawal.save(force_insert=True)
    return withdrawal


def _post_hold(withdrawal: Withdrawal) -> Posting:
    wallet_account = chart.wallet_account(withdrawal.wallet_id)
    clearing = chart.clearing_account(withdrawal.provider)
    legs = [Leg(wallet_account, clearing, withdrawal.amount_kobo, "withdrawal", Phase.HOLD)]
    if withdrawal.fee_kobo:
        legs.append(Leg(wallet_account, chart.fees_account(), withdrawal.fee_kobo, "withdrawal_fee", Phase.HOLD))
    return ledger.post(
        scope="withdrawal",
        key=withdrawal.reference,
        source="withdrawal",
        source_id=withdrawal.pk,
        legs=legs,
        initiator_id=withdrawal.wallet.user_id,
    )
