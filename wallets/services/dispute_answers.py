"""What Contri says to a dispute: that it gives the money back (two people decide that), or why the payment stands.

The dispute's row is the outbox: the answer is written down with it, and whoever asks how it stands says it first.
"""

import logging
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Model

from accounts.models import User
from contri.core import audit, two_people
from contri.core.errors import refuse_if
from contri.core.locking import lock_row
from contri.core.models import StaffRequest
from contri.core.moments import lagos_day
from contri.core.work import WorkState, take_up_again
from wallets.errors import DisputeNotFoundError, NotContestableError, NotWaitingForReviewError
from wallets.models import Deposit, Dispute
from wallets.providers.base import Contested, Failed, Outcome, Plea, PleaAnswer, Succeeded
from wallets.providers.registry import provider_named
from wallets.services.wording import naira

logger = logging.getLogger(__name__)

ACCEPT = "wallets.accept_dispute"
# While it is the merchant's turn; afterwards the bank decides, and nobody listens to us.
OUR_TURN = "awaiting-merchant-feedback"


@transaction.atomic
def ask_dispute_acceptance(*, actor: Model, dispute_id: UUID, reason: str) -> StaffRequest:
    """Ask that the money of a dispute be given back without a contest.

    Raises:
        DisputeNotFoundError: there is no such dispute.
        NotWaitingForReviewError: it is over, or answered.
        AlreadyAskedError: it is asked for and waits for a decision.
    """
    dispute = _unanswered(dispute_id)
    terms = {"amount_kobo": dispute.amount_kobo}
    return two_people.ask(actor=actor, kind=ACCEPT, target=dispute, reason=reason, terms=terms)


@transaction.atomic
def accept_dispute(*, request: StaffRequest, actor: Model, at: datetime) -> Dispute:
    """Have a dispute accepted, as the approved `request` says; the books follow once the provider has resolved it.

    Raises:
        DisputeNotFoundError, NotWaitingForReviewError: as above.
    """
    dispute = _unanswered(UUID(request.target_id))
    _write_down(dispute, Dispute.Answer.ACCEPT, request.asked_reason, at)
    audit.record(actor, dispute, "had the dispute accepted", reason=request.decided_reason)
    return dispute


@transaction.atomic
def contest_dispute(*, actor: Model, dispute_id: UUID, reason: str, at: datetime) -> Dispute:
    """Have the provider told why the payment stands. `reason` is the evidence, in words that the bank will read.

    Raises:
        DisputeNotFoundError, NotWaitingForReviewError: as above.
        NotContestableError: nobody of ours was credited with the payment.
    """
    dispute = _unanswered(dispute_id)
    refuse_if(dispute.deposit is None, NotContestableError)
    _write_down(dispute, Dispute.Answer.CONTEST, reason, at)
    audit.record(actor, dispute, "contested the dispute", reason=reason)
    return dispute


@transaction.atomic
def retry_dispute(*, actor: Model, dispute_id: UUID, reason: str, at: datetime) -> Dispute:
    """Have it asked again how a dispute stands that was left to a person.

    Raises:
        DisputeNotFoundError: there is no such dispute.
        NotWaitingForReviewError: it was not left to a person.
    """
    dispute = _locked(dispute_id)
    refuse_if(dispute.state != WorkState.NEEDS_REVIEW, NotWaitingForReviewError)
    take_up_again(dispute, at=at)
    audit.record(actor, dispute, "had it asked again how the dispute stands", reason=reason)
    return dispute


def say_answer(dispute: Dispute, contested: Contested, *, at: datetime) -> str:
    """Say what is written down for an open dispute, if it is our turn; returns what went wrong, or "".

    Said twice it does no harm: the provider refuses the second time, and is asked how the dispute stands anyway.
    """
    is_due = bool(dispute.answer) and dispute.answered_at is None
    if not is_due or contested.outcome is not Outcome.OPEN or contested.stage != OUR_TURN:
        return ""
    answer = provider_named(dispute.provider).answer_dispute(code=dispute.code, plea=_plea(dispute))
    return _noted(dispute, answer, at)


@transaction.atomic
def _noted(dispute: Dispute, answer: PleaAnswer, at: datetime) -> str:
    if isinstance(answer, Succeeded):
        Dispute.objects.filter(pk=dispute.pk).update(answered_at=at)
        audit.record(None, dispute, f"the provider has our answer: {dispute.answer}")
        return ""
    if isinstance(answer, Failed):
        # Staff answer anew, and soon.
        Dispute.objects.filter(pk=dispute.pk).update(answer="")
        logger.error("the provider refuses our answer to dispute %s: %s", dispute.pk, answer.detail)
    return f"our answer: {answer}"


def _unanswered(dispute_id: UUID) -> Dispute:
    dispute = _locked(dispute_id)
    refuse_if(dispute.status != Dispute.Status.OPEN or bool(dispute.answer), NotWaitingForReviewError)
    return dispute


def _locked(dispute_id: UUID) -> Dispute:
    try:
        return lock_row(Dispute.objects.select_related("deposit"), dispute_id)
    except Dispute.DoesNotExist:
        raise DisputeNotFoundError from None


def _write_down(dispute: Dispute, answer: Dispute.Answer, message: str, at: datetime) -> None:
    dispute.answer, dispute.answer_message = answer, message[:500]
    # Due at once: hours are all there are.
    dispute.state, dispute.due_at = WorkState.READY, at
    dispute.save(update_fields=["answer", "answer_message", "state", "due_at"])


def _plea(dispute: Dispute) -> Plea:
    deposit = Deposit.objects.select_related("wallet__user").filter(disputes=dispute).first()
    owner = deposit.wallet.user if deposit else None
    accepts = dispute.answer == Dispute.Answer.ACCEPT
    return Plea(
        amount=dispute.amount_kobo if accepts else 0,
        message=dispute.answer_message,
        payer_name=_full_name(owner) if owner else "",
        payer_email=owner.email if owner else "",
        # Paystack wants something said.
        payer_phone=(owner.phone_number if owner else None) or "not given",
        page=_page(dispute, deposit),
    )


def _page(dispute: Dispute, deposit: Deposit | None) -> str:
    """The page that goes along: what was paid, into whose wallet, and what we say."""
    lines = [f"Payment {dispute.reference}", f"Contested: {naira(dispute.amount_kobo)}"]
    if deposit is not None and deposit.settled_at is not None:
        owner = deposit.wallet.user
        day = lagos_day(deposit.settled_at)
        lines += [
            f"{naira(deposit.amount_kobo)} went into the wallet of {_full_name(owner)} ({owner.email}) on {day}.",
            "The wallet's owner chose the amount and paid it on the provider's own page.",
        ]
    return "\n".join([*lines, "", dispute.answer_message, ""])


def _full_name(owner: User) -> str:
    return f"{owner.first_name} {owner.last_name}".strip()
