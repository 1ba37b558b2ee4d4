"""Payments that their payer's bank wants back: what is left is held, and what is lost is booked, never overdrawn.

A webhook only says that it is worth asking. Won, the hold is released. Lost, the provider has taken the money back from
Contri: it comes from the hold, then from what the wallet has, and what is missing its owner owes from that moment on.
"""

import logging
from datetime import datetime, timedelta

from django.db import transaction

from contri.core import audit
from contri.core.announcing import announce
from contri.core.locking import lock_row
from contri.core.money import CURRENCY
from contri.core.work import WorkState, claim_work, park, retry
from notifications import kinds
from notifications.services import notify
from wallets import chart, ledger
from wallets.errors import ProviderUnavailableError
from wallets.ledger import Leg, Posting
from wallets.ledger.posting import resolving_leg
from wallets.models import Deposit, Dispute, Phase, SuspenseItem, Transaction, Wallet
from wallets.providers.base import Contested, DisputeAnswer, Failed, Outcome, Succeeded, Unknown
from wallets.providers.registry import DEFAULT, provider_named
from wallets.queries import balance_of_wallet
from wallets.services.deposits import settle_deposit
from wallets.services.dispute_answers import say_answer
from wallets.services.history import announce_change, line_of, write_moved
from wallets.services.opening import lock_wallets
from wallets.services.owing import mark_as_owing, recourse_to
from wallets.services.suspense import charge_back
from wallets.services.wording import naira
from wallets.signals import deposit_charged_back

logger = logging.getLogger(__name__)

ASK_AGAIN = timedelta(hours=1)
ASK_SOON = timedelta(minutes=1)
SWEEP_LIMIT = 20


def review_dispute(*, code: str, at: datetime, provider: str = DEFAULT) -> Dispute | None:
    """Ask the provider how the dispute `code` stands and book what it says, once however often called.

    Returns None when the provider knows no such dispute.

    Raises:
        ProviderUnavailableError: the provider's answer is not known; ask again later.
    """
    known = Dispute.objects.filter(provider=provider, code=code).first()
    if known is not None and known.status != Dispute.Status.OPEN:
        return known
    answer = provider_named(provider).dispute(code=code)
    if isinstance(answer, Unknown):
        raise ProviderUnavailableError(answer.detail, retry_after=answer.retry_after)
    if isinstance(answer, Failed):
        logger.error("a dispute was reported that the provider does not know: %s", answer.why)
        return None
    # A dispute about a payment that nobody has told us of yet: first it comes in, then it may go out.
    settle_deposit(reference=answer.value.reference, at=at, provider=provider)
    return _book(provider, answer.value, at)


def review_open_disputes(*, at: datetime, limit: int = SWEEP_LIMIT) -> int:
    """Ask about the open disputes whose turn it is; returns how many were concluded."""
    concluded = 0
    for _ in range(limit):
        # One at a time: a lease must outlast one slow answer, not twenty.
        claimed = claim_work(Dispute.objects.all(), limit=1)
        if not claimed:
            break
        answer = provider_named(claimed[0].provider).dispute(code=claimed[0].code)
        concluded += _note(claimed[0], answer, at)
        if isinstance(answer, Unknown) and answer.is_away:
            break
    return concluded


def _note(dispute: Dispute, answer: DisputeAnswer, at: datetime) -> bool:
    """Book what a claimed dispute's answer says, or have it asked about later; returns whether it is concluded."""
    if not isinstance(answer, Succeeded):
        retry(dispute, str(answer))
        return False
    fault = say_answer(dispute, answer.value, at=at)
    concluded = _book(dispute.provider, answer.value, at)
    if concluded.state == WorkState.READY:
        retry(dispute, fault, at=at + (ASK_SOON if concluded.was_answered_lately(at) else ASK_AGAIN))
    return concluded.status != Dispute.Status.OPEN


@transaction.atomic
def _book(provider: str, contested: Contested, at: datetime) -> Dispute:
    """Bring the row and the books to what the provider says, forward only."""
    dispute, is_new = _locked(provider, contested, at)
    if dispute.status != Dispute.Status.OPEN:
        return dispute
    if not contested.is_of_this_environment or contested.currency != CURRENCY:
        park(dispute, "another domain or currency")
        return dispute
    dispute.amount_kobo, dispute.stage, dispute.respond_by = contested.amount, contested.stage, contested.respond_by
    if is_new:
        _open(dispute, at)
    if contested.outcome is Outcome.WON:
        _win(dispute, contested, at)
    elif contested.outcome is Outcome.LOST:
        _lose(dispute, contested, at)
    dispute.save()
    return dispute


def _locked(provider: str, contested: Contested, at: datetime) -> tuple[Dispute, bool]:
    # Two who hear of the same dispute at once meet at the unique constraint, and then at the row's lock.
    found, is_new = Dispute.objects.get_or_create(
        provider=provider,
        code=contested.code,
        defaults={
            "reference": contested.reference,
            "deposit": Deposit.objects.filter(provider=provider, reference=contested.reference).first(),
            "amount_kobo": contested.amount,
            "due_at": at + ASK_AGAIN,
        },
    )
    return lock_row(Dispute.objects.select_related("deposit__wallet", "deposit__transaction"), found.pk), is_new


def _open(dispute: Dispute, at: datetime) -> None:
    """Hold what the wallet still has of the money, so that it cannot leave while the bank decides."""
    audit.record(None, dispute, "a payment is disputed", flag=audit.ADDITION)
    # People answer within hours or lose by default, so they are woken.
    logger.error("a payment is disputed: %s, answer by %s", dispute.pk, dispute.respond_by)
    wallet = _credited_wallet(dispute)
    if wallet is None:
        return
    left = min(dispute.amount_kobo, _spendable(wallet))
    if left:
        leg = Leg(chart.wallet_account(wallet.pk), chart.clearing_account(dispute.provider), left, "dispute")
        posting = ledger.hold(
            scope="disputed",
            key=str(dispute.pk),
            source="dispute",
            source_id=dispute.pk,
            leg=leg,
            initiator_id=None,
        )
        dispute.hold_id, dispute.held_kobo = posting.transfer_ids[0], left
    _tell(dispute, wallet, kinds.DEPOSIT_DISPUTED, dispute.amount_kobo)
    announce_change(wallet)


def _win(dispute: Dispute, contested: Contested, at: datetime) -> None:
    wallet = _credited_wallet(dispute)
    if dispute.hold_id is not None:
        ledger.release(
            hold_id=dispute.hold_id,
            scope="dispute_won",
            key=str(dispute.pk),
            source="dispute",
            source_id=dispute.pk,
            initiator_id=None,
        )
    _end(dispute, Dispute.Status.WON, contested, at)
    if wallet is not None:
        _tell(dispute, wallet, kinds.DISPUTE_WON, dispute.amount_kobo)
        announce_change(wallet, funded=dispute.hold_id is not None)


def _lose(dispute: Dispute, contested: Contested, at: datetime) -> None:
    """Book that the money is gone, from whoever had it."""
    # The item before the wallet, as whoever credits one locks them.
    surplus = _surplus_in_suspense(dispute)
    wallet = _credited_wallet(dispute)
    if wallet is not None:
        _charge_back(dispute, wallet, surplus, at)
    elif not _was_never_booked(dispute):
        _lose_what_nobody_had(dispute, at)
    _end(dispute, Dispute.Status.LOST, contested, at)


def _charge_back(dispute: Dispute, wallet: Wallet, surplus: SuspenseItem | None, at: datetime) -> None:
    clearing = chart.clearing_account(dispute.provider)
    theirs = dispute.amount_kobo - (surplus.amount_minor if surplus else 0)
    held = min(dispute.held_kobo, theirs)
    recourse = recourse_to(wallet, amount_kobo=theirs - held, clearing=clearing, kind="chargeback")
    legs = [] if dispute.hold_id is None else [resolving_leg(dispute.hold_id, Phase.SETTLE, held)]
    if surplus is not None:
        legs.append(Leg(chart.suspense_account(), clearing, surplus.amount_minor, "chargeback"))
        charge_back(surplus, kobo=surplus.amount_minor, why=str(dispute), at=at)
    posting = _post(dispute, legs + recourse.legs, at)
    dispute.taken_kobo, dispute.owed_kobo = held + recourse.taken_kobo, recourse.owed_kobo
    _tell_charged_back(dispute, wallet, posting)


def _tell_charged_back(dispute: Dispute, wallet: Wallet, posting: Posting) -> None:
    deposit = dispute.deposit
    if deposit is not None and dispute.amount_kobo >= deposit.amount_kobo:
        Transaction.objects.filter(pk=deposit.transaction_id).update(status=Transaction.Status.REVERSED)
    if dispute.taken_kobo:
        line = line_of(
            wallet,
            type=Transaction.Type.REVERSAL,
            direction=Transaction.Direction.DEBIT,
            status=Transaction.Status.SUCCEEDED,
            amount_kobo=dispute.taken_kobo,
            reference=f"contri-{dispute.pk.hex}",
            description="Payment taken back by the card's bank",
        )
        write_moved([line], posting)
    if dispute.owed_kobo:
        mark_as_owing(wallet)
    _tell(dispute, wallet, kinds.DEPOSIT_CHARGED_BACK, dispute.amount_kobo)
    announce_change(wallet)
    announce(deposit_charged_back, dispute_id=dispute.pk)


def _lose_what_nobody_had(dispute: Dispute, at: datetime) -> None:
    """The payment lay in suspense: it goes from there. What staff have given away meanwhile is Contri's own loss."""
    item, clearing = _waiting_item(dispute), chart.clearing_account(dispute.provider)
    there = min(dispute.amount_kobo, item.amount_minor) if item else 0
    dispute.owed_kobo = dispute.amount_kobo - there
    sources = ((chart.suspense_account(), there), (chart.losses_account(), dispute.owed_kobo))
    _post(dispute, [Leg(source, clearing, kobo, "chargeback") for source, kobo in sources if kobo], at)
    if item is not None:
        charge_back(item, kobo=there, why=str(dispute), at=at)


def _surplus_in_suspense(dispute: Dispute) -> SuspenseItem | None:
    """What was paid beyond the amount that was asked for: never credited, it goes back from where it lies."""
    item = _waiting_item(dispute)
    surplus = dispute.amount_kobo - (dispute.deposit.amount_kobo if dispute.deposit else 0)
    return item if item is not None and item.amount_minor == surplus else None


def _waiting_item(dispute: Dispute) -> SuspenseItem | None:
    booked = SuspenseItem.objects.filter(
        provider=dispute.provider, reference=dispute.reference, journal_id__isnull=False
    )
    # Locked however it stands: a refund of it that fails at this moment must see this dispute, or be seen by it.
    items = booked.select_for_update(no_key=True).order_by("pk")
    return next((item for item in items if item.status == SuspenseItem.Status.OPEN), None)


def _post(dispute: Dispute, legs: list[Leg], at: datetime) -> Posting:
    posting = ledger.post(
        scope="charged_back",
        key=str(dispute.pk),
        source="dispute",
        source_id=dispute.pk,
        legs=legs,
        initiator_id=None,
        reason=str(dispute),
        effective_at=at,
    )
    dispute.journal_id = posting.journal_id
    return posting


def _credited_wallet(dispute: Dispute) -> Wallet | None:
    """The wallet that the payment was credited to, locked; None when it never was."""
    deposit = dispute.deposit
    if deposit is None or deposit.status != Deposit.Status.SUCCEEDED:
        return None
    return lock_wallets(user_ids=[deposit.wallet.user_id])[deposit.wallet.user_id]


def _was_never_booked(dispute: Dispute) -> bool:
    """Whether the books know nothing of this payment: taken back before the provider ever confirmed it to us."""
    return not SuspenseItem.objects.filter(
        provider=dispute.provider, reference=dispute.reference, journal_id__isnull=False
    ).exists()


def _spendable(wallet: Wallet) -> int:
    balance = balance_of_wallet(wallet.pk)
    return balance.available_kobo if balance.gives_money else 0


def _end(dispute: Dispute, status: Dispute.Status, contested: Contested, at: datetime) -> None:
    dispute.status, dispute.resolution, dispute.resolved_at = status, contested.resolution, at
    dispute.state, dispute.finished_at, dispute.last_error = WorkState.DONE, at, ""
    audit.record(None, dispute, f"the dispute is {status.value}")


def _tell(dispute: Dispute, wallet: Wallet, kind: kinds.NoticeKind, amount_kobo: int) -> None:
    facts = {"amount": naira(amount_kobo), "owed": naira(dispute.owed_kobo)}
    notify(recipient_id=wallet.user_id, kind=kind, facts=facts, key=str(dispute.pk))
