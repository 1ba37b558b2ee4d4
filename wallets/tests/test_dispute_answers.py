"""What we say to a dispute: two people give the money back, one may contest, and the provider hears it once."""

import logging
from datetime import timedelta

import httpx
import pytest
from django.conf import settings
from django.utils import timezone

from accounts.tests.factories import UserFactory
from contri.core.two_people import SamePersonError, approve
from contri.core.work import WorkState
from wallets import services
from wallets.errors import DisputeNotFoundError, NotContestableError, NotWaitingForReviewError
from wallets.models import Dispute
from wallets.services import ask_dispute_acceptance, audit_ledger, contest_dispute, review_dispute
from wallets.tests.factories import balance_of, spendable

pytestmark = pytest.mark.django_db

WHY = "Ada chose ₦5,000 and paid it herself; three circles had it from her wallet."


@pytest.fixture
def one():
    return UserFactory.create(is_staff=True)


@pytest.fixture
def other():
    return UserFactory.create(is_staff=True)


@pytest.fixture
def ada():
    return UserFactory.create(first_name="Ada", last_name="Okafor", tier=2)


@pytest.fixture
def dispute(ada, sandbox):
    """₦5,000 of Ada's that her bank wants back, with the money still in her wallet."""
    kept = services.start_deposit(actor=ada, amount_kobo=5_000_00, at=timezone.now())
    sandbox.pay(kept.authorization_url)
    services.settle_deposit(reference=kept.reference, at=timezone.now())
    return review_dispute(code=str(sandbox.dispute(kept.reference)), at=timezone.now())


def contest(one, dispute):
    return contest_dispute(actor=one, dispute_id=dispute.pk, reason=WHY, at=timezone.now())


def work():
    Dispute.objects.filter(state=WorkState.READY).update(due_at=timezone.now() - timedelta(seconds=1))
    return services.review_open_disputes(at=timezone.now())


def answers(sandbox):
    return len(sandbox.calls("paystack.dispute.resolve"))


def told(dispute):
    dispute.refresh_from_db()
    return dispute.status, dispute.answer, dispute.answered_at is not None


def test_two_people_accept_it_and_the_money_goes_back(ada, one, other, dispute, sandbox):
    asked = ask_dispute_acceptance(actor=one, dispute_id=dispute.pk, reason="she is right")
    with pytest.raises(SamePersonError):
        approve(actor=one, request_id=asked.pk, reason="mine too", at=timezone.now())
    assert (work(), answers(sandbox)) == (0, 0)

    approve(actor=other, request_id=asked.pk, reason="seen it", at=timezone.now())
    assert (work(), answers(sandbox)) == (0, 1)
    assert told(dispute) == ("open", "accept", True)

    assert work() == 1
    assert told(dispute) == ("lost", "accept", True)
    assert (spendable(ada), balance_of(ada).held_kobo, balance_of(ada).owed_kobo) == (0, 0, 0)
    assert dispute.resolution == "merchant-accepted"
    assert audit_ledger() == []


def test_one_person_contests_it_and_the_bank_reads_why(ada, one, dispute, sandbox):
    contest(one, dispute)
    work()
    work()

    assert told(dispute) == ("won", "contest", True)
    assert spendable(ada) == 5_000_00
    # Asked about by the webhook and by each turn; said once.
    steps = [call.operation.rpartition(".")[2] for call in sandbox.calls() if "dispute." in call.operation]
    assert steps == ["fetch", "fetch", "upload_url", "upload", "evidence", "resolve", "fetch"]
    assert audit_ledger() == []


@pytest.mark.parametrize(
    ("step", "kind"),
    [("upload_url", "error_500"), ("upload", "reset"), ("evidence", "html_502_after"), ("resolve", "reset_after")],
)
def test_whatever_goes_wrong_on_the_way_it_is_said_in_the_end(ada, one, dispute, sandbox, step, kind):
    contest(one, dispute)
    sandbox.inject_fault(f"paystack.dispute.{step}", kind)
    for _ in range(3):
        work()

    assert told(dispute)[:2] == ("won", "contest")
    assert spendable(ada) == 5_000_00


def test_it_is_answered_once(one, dispute):
    contest(one, dispute)

    with pytest.raises(NotWaitingForReviewError):
        contest(one, dispute)
    with pytest.raises(NotWaitingForReviewError):
        ask_dispute_acceptance(actor=one, dispute_id=dispute.pk, reason="or rather not")
    with pytest.raises(DisputeNotFoundError):
        contest_dispute(actor=one, dispute_id=one.pk, reason=WHY, at=timezone.now())


def test_one_that_the_bank_has_decided_is_not_answered_any_more(one, dispute, sandbox):
    contest(one, dispute)
    sandbox.decide_dispute(int(dispute.code), "auto-accepted")

    assert (work(), answers(sandbox), told(dispute)) == (1, 0, ("lost", "contest", False))


def test_a_refused_answer_is_for_staff_to_give_anew(one, dispute, sandbox, caplog, monkeypatch):
    monkeypatch.setattr("wallets.providers.paystack_disputes.PAGE_NAME", "")
    contest(one, dispute)
    with caplog.at_level(logging.ERROR):
        work()

    assert told(dispute) == ("open", "", False)
    assert dispute.last_error.startswith("our answer:")
    assert "refuses our answer" in caplog.text
    contest(one, dispute)


def test_a_payment_of_nobodys_cannot_be_contested(one, sandbox):
    body = {"email": "x@example.com", "amount": 500000, "reference": "by-hand-000000001"}
    headers = {"Authorization": f"Bearer {settings.PAYSTACK_SECRET_KEY}"}
    opened = httpx.post(f"{sandbox.base_url}/paystack/transaction/initialize", json=body, headers=headers)
    sandbox.pay(opened.json()["data"]["authorization_url"])
    stray = review_dispute(code=str(sandbox.dispute("by-hand-000000001")), at=timezone.now())

    with pytest.raises(NotContestableError):
        contest(one, stray)
