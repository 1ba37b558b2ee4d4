"""Sending money in suspense back to its payer: two people of staff decide, a worker has it sent, once.

Like a withdrawal it has one reference, fixed and committed before any call, and asks before it sends again.
"""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Model, QuerySet

from contri.core import audit, two_people
from contri.core.announcing import announce
from contri.core.context import on_behalf_of
from contri.core.errors import refuse_if
from contri.core.locking import lock_row
from contri.core.models import StaffRequest
from contri.core.work import WorkState, claim_work, retry, take_up_again
from wallets import chart, ledger
from wallets.errors import (
    NotWaitingForReviewError,
    PaymentDisputedError,
    ProviderUnavailableError,
    RefundNotFoundError,
    RefundNotOfferedError,
)
from wallets.ledger import Leg
from wallets.models import Dispute, Refund, SuspenseItem
from wallets.providers.base import Failed, PaymentProvider, RefundAnswer, Unknown, Why
from wallets.providers.registry import provider_named
from wallets.services.history import new_reference
from wallets.services.refund_endings import UNDER_WAY, conclude
from wallets.services.suspense import hand_over, locked_as_decided, locked_open_item
from wallets.signals import refund_requested

REFUND = "wallets.refund_suspense"
SWEEP_LIMIT = 20
# A provider's list may show a refund later than it took it on: "not there" counts only after this long.
SENT_AGAIN_AFTER = timedelta(minutes=10)


@transaction.atomic
def ask_suspense_refund(*, actor: Model, item_id: UUID, reason: str) -> StaffRequest:
    """Ask that an open item be sent back to whoever paid it.

    Raises:
        SuspenseItemNotFoundError, NotWaitingForReviewError, AlreadyAskedError: see `ask_suspense_credit`.
        RefundNotOfferedError: this provider's payments are sent back on its own pages only.
        PaymentDisputedError: its payer's bank wants it back already.
    """
    item = locked_open_item(item_id)
    _refuse_unless_refundable(item)
    return two_people.ask(
        actor=actor, kind=REFUND, target=item, reason=reason, terms={"amount_kobo": item.amount_minor}
    )


@transaction.atomic
def refund_suspense(*, request: StaffRequest, actor: Model, at: datetime) -> Refund:
    """Hold an item's money and leave it to the worker to have it sent back, as the approved `request` says.

    Raises:
        SuspenseItemNotFoundError, NotWaitingForReviewError, RefundNotOfferedError, PaymentDisputedError: as above.
    """
    item = locked_as_decided(request)
    _refuse_unless_refundable(item)
    refund = _hold(item, actor, at)
    hand_over(item, SuspenseItem.Status.GOING_BACK, request)
    audit.record(actor, refund, "had money in suspense sent back", reason=request.decided_reason, flag=audit.ADDITION)
    announce(refund_requested, refund_id=refund.pk)
    return refund


@transaction.atomic
def retry_refund(*, actor: Model, refund_id: UUID, reason: str, at: datetime) -> Refund:
    """Let the worker go on with a refund that was left to a person: it asks first.

    Raises:
        RefundNotFoundError: there is no such refund.
        NotWaitingForReviewError: it was not left to a person.
    """
    try:
        refund = lock_row(Refund.objects.all(), refund_id)
    except Refund.DoesNotExist:
        raise RefundNotFoundError from None
    refuse_if(refund.state != WorkState.NEEDS_REVIEW, NotWaitingForReviewError)
    take_up_again(refund, at=at)
    audit.record(actor, refund, "tried the refund again", reason=reason)
    announce(refund_requested, refund_id=refund.pk)
    return refund


def work_refunds(*, at: datetime, limit: int = SWEEP_LIMIT) -> int:
    """Submit and ask about the refunds that are due; returns how many were concluded."""
    return _work(Refund.objects.all(), limit, at)


def work_refund(*, refund_id: UUID, at: datetime) -> bool:
    """Go on with one refund now, if it is due; returns whether it was concluded."""
    return _work(Refund.objects.filter(pk=refund_id), 1, at) == 1


def resolve_refunds(*, charge_reference: str, at: datetime) -> int:
    """Somebody said that a refund of this payment moved: ask about ours; returns how many are over.

    Raises:
        ProviderUnavailableError: the provider does not answer; ask again later.
    """
    ours = list(Refund.objects.filter(charge_reference=charge_reference, submitted_at__isnull=False))
    return sum(_ask_about(refund, at) for refund in ours)


def _ask_about(refund: Refund, at: datetime) -> bool:
    with on_behalf_of(refund.begun_by):
        answer = _asked(provider_named(refund.provider), refund)
        if isinstance(answer, Unknown) and answer.is_away:
            raise ProviderUnavailableError(answer.detail, retry_after=answer.retry_after)
        if isinstance(answer, Failed) and answer.why is Why.NOT_FOUND:
            # What somebody said was about another refund of the same payment. Ours may not have arrived: its worker
            # asks in its own time, and sends it again.
            return False
        return conclude(refund_id=refund.pk, answer=answer, at=at).state == WorkState.DONE


def _work(rows: QuerySet[Refund], limit: int, at: datetime) -> int:
    concluded = 0
    for _ in range(limit):
        # One at a time: a lease must outlast one slow answer, not twenty.
        claimed = claim_work(rows, limit=1)
        if not claimed:
            break
        refund = claimed[0]
        with on_behalf_of(refund.begun_by):
            answer = _ask_or_submit(provider_named(refund.provider), refund, at)
            concluded += _note(refund, answer, at)
        if isinstance(answer, Unknown) and answer.is_away:
            break
    return concluded


def _note(refund: Refund, answer: RefundAnswer, at: datetime) -> bool:
    """Book what a claimed refund's answer says, or try it later; returns whether it is over."""
    concluded = conclude(refund_id=refund.pk, answer=answer, at=at)
    if concluded.state == WorkState.READY:
        retry(refund, str(answer))
    return concluded.state == WorkState.DONE


def _ask_or_submit(provider: PaymentProvider, refund: Refund, at: datetime) -> RefundAnswer:
    if refund.submitted_at is not None:
        answer = _asked(provider, refund)
        if not (isinstance(answer, Failed) and answer.why is Why.NOT_FOUND):
            return answer
        if at - refund.submitted_at < SENT_AGAIN_AFTER:
            return Unknown("not among the provider's refunds yet")
    Refund.objects.filter(pk=refund.pk, status__in=UNDER_WAY).update(status=Refund.Status.SUBMITTED, submitted_at=at)
    answer = provider.refund(
        reference=refund.reference, charge_reference=refund.charge_reference, amount_kobo=refund.amount_kobo
    )
    if isinstance(answer, Failed) and answer.why is Why.DUPLICATE:
        # Nothing is left to send back: an earlier try arrived, or somebody did it by hand.
        return _asked(provider, refund)
    return answer


def _asked(provider: PaymentProvider, refund: Refund) -> RefundAnswer:
    return provider.find_refund(
        reference=refund.reference, charge_reference=refund.charge_reference, since=refund.created_at
    )


def _refuse_unless_refundable(item: SuspenseItem) -> None:
    refuse_if(not provider_named(item.provider).can_refund, RefundNotOfferedError)
    disputes = Dispute.objects.filter(provider=item.provider, reference=item.reference, status=Dispute.Status.OPEN)
    refuse_if(disputes.exists(), PaymentDisputedError)


def _hold(item: SuspenseItem, actor: Model, at: datetime) -> Refund:
    refund = Refund(
        item=item,
        provider=item.provider,
        reference=new_reference(),
        charge_reference=item.reference,
        amount_kobo=item.amount_minor,
        due_at=at,
    )
    leg = Leg(chart.suspense_account(), chart.clearing_account(item.provider), item.amount_minor, "suspense_refund")
    posting = ledger.hold(
        scope="suspense_refund",
        key=refund.reference,
        source="suspense_item",
        source_id=item.pk,
        leg=leg,
        initiator_id=actor.pk,
    )
    refund.hold_id = posting.transfer_ids[0]
    refund.save(force_insert=True)
    return refund
