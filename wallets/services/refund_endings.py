"""How a refund ends, by the provider's word, also by one that takes back what it said before."""

import logging
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F

from contri.core import audit
from contri.core.locking import lock_row
from contri.core.work import WorkState
from notifications import kinds
from notifications.services import notify
from wallets import chart, ledger
from wallets.ledger import Leg
from wallets.ledger.posting import mirror_legs
from wallets.models import Deposit, Dispute, Refund, SuspenseItem
from wallets.providers.base import Failed, RefundAnswer, Succeeded, Why
from wallets.services.suspense import charge_back, open_again
from wallets.services.wording import naira

logger = logging.getLogger(__name__)

Status = Refund.Status
UNDER_WAY = (Status.REQUESTED, Status.SUBMITTED)
# What only a person can mend. Too low a balance at the provider is not among it: that is tried again.
NEEDS_A_PERSON = (Why.NEEDS_ATTENTION, Why.REFUSED, Why.NOT_FOUND, Why.DUPLICATE, Why.REVERSED)


@transaction.atomic
def conclude(*, refund_id: UUID, answer: RefundAnswer, at: datetime) -> Refund:
    """Book the provider's word about a refund, once however often it is heard; anything less leaves it as it is."""
    refund = lock_row(Refund.objects.select_related("item__deposit__wallet"), refund_id)
    if isinstance(answer, Succeeded):
        _book_sent(refund, at)
    elif isinstance(answer, Failed) and answer.why is Why.DECLINED:
        _book_failed(refund, answer.detail, at)
    elif isinstance(answer, Failed) and answer.why in NEEDS_A_PERSON and refund.status in UNDER_WAY:
        _leave_to_a_person(refund, str(answer.why))
    return refund


def _book_sent(refund: Refund, at: datetime) -> None:
    if refund.status in UNDER_WAY:
        posting = ledger.settle(hold_id=refund.hold_id, scope="suspense_refunded", **_event(refund))
        refund.settle_id = posting.transfer_ids[0]
        _close_item(refund, at)
        _end(refund, Status.SUCCEEDED, at)
        _tell_payer(refund)
    elif refund.status == Status.FAILED:
        _book_sent_late(refund, at)
    elif refund.status == Status.RETURNED:
        _leave_to_a_person(refund, "came back, and now the provider says that it was sent")


def _book_failed(refund: Refund, failure: str, at: datetime) -> None:
    """The money stays with us, or is with us again: it is in suspense as before, and staff decide anew."""
    refund.failure = failure[:200]
    if refund.status in UNDER_WAY:
        ledger.release(hold_id=refund.hold_id, scope="suspense_refund_failed", **_event(refund))
        _take_back(refund, at)
        _end(refund, Status.FAILED, at)
    elif refund.status == Status.SUCCEEDED and refund.settle_id is not None:
        ledger.post(scope="suspense_refund_back", legs=mirror_legs([refund.settle_id]), **_event(refund))
        _take_back(refund, at)
        _end(refund, Status.RETURNED, at)
    elif refund.status == Status.SENT_LATE:
        _leave_to_a_person(refund, "was sent late, and now the provider says that it failed")
    logger.error("refund %s: the provider says that it failed: %s", refund.pk, failure)


def _book_sent_late(refund: Refund, at: datetime) -> None:
    """The money has left after all: out of suspense if it still lies there, else it was given away twice, by us."""
    is_there = refund.item.status == SuspenseItem.Status.OPEN
    source = chart.suspense_account() if is_there else chart.losses_account()
    leg = Leg(source, chart.clearing_account(refund.provider), refund.amount_kobo, "suspense_refund")
    ledger.post(scope="suspense_refund_late", legs=[leg], **_event(refund))
    if is_there:
        _close_item(refund, at)
    _end(refund, Status.SENT_LATE, at)
    logger.error("refund %s had failed, and was sent all the same; lost: %s", refund.pk, not is_there)


def _take_back(refund: Refund, at: datetime) -> None:
    """The item is open as before, less what its payer's bank got at Contri's cost meanwhile: that is made good."""
    item = lock_row(SuspenseItem.objects.all(), refund.item_id)
    lost = Dispute.objects.filter(provider=item.provider, reference=item.reference, status=Dispute.Status.LOST)
    unpaid = lost.filter(owed_kobo__gt=F("made_good_kobo")).exclude(deposit__status=Deposit.Status.SUCCEEDED)
    dispute = unpaid.select_for_update(no_key=True, of=("self",)).order_by("pk").first()
    if dispute is None:
        open_again(item)
        return
    kobo = min(dispute.owed_kobo - dispute.made_good_kobo, item.amount_minor)
    leg = Leg(chart.suspense_account(), chart.losses_account(), kobo, "chargeback")
    ledger.post(scope="suspense_loss_made_good", legs=[leg], **_event(refund))
    Dispute.objects.filter(pk=dispute.pk).update(made_good_kobo=F("made_good_kobo") + kobo)
    charge_back(item, kobo=kobo, why=str(dispute), at=at)


def _close_item(refund: Refund, at: datetime) -> None:
    item = refund.item
    item.status, item.resolved_at = SuspenseItem.Status.RESOLVED, at
    item.save(update_fields=["status", "resolved_at"])


def _end(refund: Refund, status: Refund.Status, at: datetime) -> None:
    refund.status, refund.concluded_at = status, at
    refund.state, refund.finished_at, refund.last_error = WorkState.DONE, at, ""
    refund.save()
    audit.record(None, refund, f"the refund is {status.label.lower()}")


def _leave_to_a_person(refund: Refund, why: str) -> None:
    refund.state, refund.last_error = WorkState.NEEDS_REVIEW, why
    refund.save(update_fields=["state", "last_error"])
    logger.error("refund %s needs a person: %s", refund.pk, why)


def _tell_payer(refund: Refund) -> None:
    """Its payer is known where a deposit of theirs brought the money."""
    deposit = refund.item.deposit
    if deposit is not None:
        facts = {"amount": naira(refund.amount_kobo)}
        notify(recipient_id=deposit.wallet.user_id, kind=kinds.DEPOSIT_SENT_BACK, facts=facts, key=str(refund.pk))


def _event(refund: Refund) -> dict[str, Any]:
    return {"key": refund.reference, "source": "refund", "source_id": refund.pk, "initiator_id": None}
