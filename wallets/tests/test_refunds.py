"""Money in suspense goes back to its payer: two of staff decide, and it is sent once."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from accounts.tests.factories import UserFactory
from contri.core.models import StaffRequest
from contri.core.two_people import SamePersonError, approve
from contri.core.work import WorkState
from notifications.models import Notification
from wallets import services
from wallets.errors import (
    NotWaitingForReviewError,
    PaymentDisputedError,
    ProviderUnavailableError,
    RefundNotFoundError,
    RefundNotOfferedError,
)
from wallets.models import Refund, SuspenseItem
from wallets.providers.base import Failed, Succeeded, Why
from wallets.services import ask_suspense_credit, ask_suspense_refund, audit_ledger, review_dispute
from wallets.services.refund_endings import conclude
from wallets.tests.factories import in_suspense, losses, spendable

pytestmark = pytest.mark.django_db

FAILING_CARD = "4084080000671803"
NEEDY_CARD = "4084080000671902"
LATER = timedelta(minutes=11)
SENT = Succeeded("sent")
NOT_SENT = Failed(Why.DECLINED, "failed")


@pytest.fixture
def one():
    return UserFactory.create(is_staff=True)


@pytest.fixture
def other():
    return UserFactory.create(is_staff=True)


@pytest.fixture
def ada():
    return UserFactory.create()


@pytest.fixture
def stray(sandbox, ada):
    """`stray()`: ₦2,000 of Ada's in suspense, where ₦5,000 were asked for."""

    def call(*, card_number="", provider="paystack"):
        sandbox.inject_fault(f"{provider}.charge", "other_amount", amount=2_000_00)
        kept = services.start_deposit(actor=ada, amount_kobo=5_000_00, provider=provider, at=timezone.now())
        sandbox.pay(kept.authorization_url, card_number=card_number)
        services.settle_deposit(reference=kept.reference, at=timezone.now(), provider=provider)
        return SuspenseItem.objects.latest("created_at")

    return call


@pytest.fixture
def refund(stray, one, other):
    """`refund()`: the same on its way back."""

    def call(**how):
        item = stray(**how)
        asked = ask_suspense_refund(actor=one, item_id=item.pk, reason="not what was asked for")
        approve(actor=other, request_id=asked.pk, reason="yes", at=timezone.now())
        return item.refunds.get()

    return call


def work(*, after=timedelta(0)):
    Refund.objects.filter(state=WorkState.READY).update(due_at=timezone.now() - timedelta(seconds=1))
    return services.work_refunds(at=timezone.now() + after)


def sendings(sandbox):
    return len(sandbox.calls("paystack.refund.create"))


def word(refund, answer):
    """The provider says so; where refund and item stand then."""
    told = conclude(refund_id=refund.pk, answer=answer, at=timezone.now())
    return told.status, told.state, SuspenseItem.objects.get(pk=told.item_id).status


class TestTwoPeople:
    def test_one_asks_another_approves_and_only_then_is_it_held(self, stray, one, other, sandbox):
        item = stray()
        asked = ask_suspense_refund(actor=one, item_id=item.pk, reason="not what was asked for")
        assert (Refund.objects.count(), in_suspense()) == (0, 2_000_00)

        with pytest.raises(SamePersonError):
            approve(actor=one, request_id=asked.pk, reason="mine too", at=timezone.now())
        assert (Refund.objects.count(), in_suspense()) == (0, 2_000_00)

        approve(actor=other, request_id=asked.pk, reason="yes", at=timezone.now())
        item.refresh_from_db()
        assert (item.status, item.asked_by, item.approved_by) == ("going_back", one, other)
        assert (Refund.objects.get().status, in_suspense(), sendings(sandbox)) == ("requested", 0, 0)
        assert audit_ledger() == []

    def test_on_its_way_back_it_can_be_given_to_nobody_else(self, refund, one):
        started = refund()

        for attempt in (ask_suspense_credit, ask_suspense_refund, services.ask_suspense_write_off):
            with pytest.raises(NotWaitingForReviewError):
                attempt(actor=one, item_id=started.item_id, reason="again")

    def test_what_its_payers_bank_wants_back_is_not_sent_back_as_well(self, stray, one, sandbox):
        item = stray()
        review_dispute(code=str(sandbox.dispute(item.reference)), at=timezone.now())

        with pytest.raises(PaymentDisputedError):
            ask_suspense_refund(actor=one, item_id=item.pk, reason="send it back")
        assert StaffRequest.objects.count() == 0

    def test_flutterwaves_payments_are_sent_back_on_its_own_pages(self, stray, one):
        item = stray(provider="flutterwave")

        with pytest.raises(RefundNotOfferedError):
            ask_suspense_refund(actor=one, item_id=item.pk, reason="send it back")
        assert (spendable(one), in_suspense()) == (0, 2_000_00)


class TestSending:
    def test_it_is_sent_back_once_and_leaves_suspense_when_it_is_there(self, refund, ada, other, sandbox):
        started = refund()
        assert (work(), in_suspense()) == (0, 0)
        assert audit_ledger() == []

        sandbox.flush()
        assert (work(), work()) == (1, 0)

        started.refresh_from_db()
        item = SuspenseItem.objects.get()
        assert (started.status, item.status, item.approved_by) == ("succeeded", "resolved", other)
        assert (sendings(sandbox), in_suspense(), spendable(ada)) == (1, 0, 0)
        told = Notification.objects.get(kind="deposit_sent_back", recipient=ada)
        assert told.title == "₦2,000.00 is on its way back to you"
        assert audit_ledger() == []

    def test_its_owner_sees_where_it_is(self, refund, ada, signed_in, sandbox):
        started = refund()
        line = f"/api/v1/wallet/transactions/{started.item.deposit.transaction_id}"
        under_way = signed_in(ada).get(line).json()["refund"]
        work()
        sandbox.flush()
        work()

        assert (under_way["status"], under_way["amount"], under_way["concluded_at"]) == ("pending", "2000.00", None)
        sent = signed_in(ada).get(line).json()["refund"]
        assert (sent["status"], sent["requested_at"]) == ("succeeded", under_way["requested_at"])
        assert sent["concluded_at"] is not None

    @pytest.mark.parametrize("kind", ["error_500_after", "html_502_after", "reset_after"])
    def test_an_answer_that_got_lost_is_asked_about_and_nothing_is_sent_twice(self, refund, sandbox, kind):
        refund()
        sandbox.inject_fault("paystack.refund.create", kind)
        work()
        sandbox.flush()
        assert work(after=LATER) == 1

        assert (Refund.objects.get().status, sendings(sandbox)) == ("succeeded", 1)

    @pytest.mark.parametrize("kind", ["error_500", "html_502", "reset", "rate_limited"])
    def test_a_call_that_never_arrived_is_made_again_but_not_at_once(self, refund, sandbox, kind):
        refund()
        sandbox.inject_fault("paystack.refund.create", kind)
        work()
        # A list may be late: the first "not there" is not believed.
        work()
        assert sendings(sandbox) == 1

        work(after=LATER)
        sandbox.flush()
        assert work(after=LATER) == 1
        assert (Refund.objects.get().status, sendings(sandbox)) == ("succeeded", 2)


class TestFailing:
    def test_a_refund_that_fails_leaves_the_money_where_it_was(self, refund, one, sandbox):
        refund(card_number=FAILING_CARD)
        work()
        sandbox.flush()
        assert work() == 1

        item = SuspenseItem.objects.get()
        assert (Refund.objects.get().status, item.status, in_suspense()) == ("failed", "open", 2_000_00)
        assert audit_ledger() == []
        ask_suspense_credit(actor=one, item_id=item.pk, reason="then credit it")

    def test_one_that_needs_attention_waits_for_a_person(self, refund, one, sandbox):
        started = refund(card_number=NEEDY_CARD)
        work()
        sandbox.flush()
        work()

        started.refresh_from_db()
        assert (started.status, started.state) == ("submitted", WorkState.NEEDS_REVIEW)

        services.retry_refund(actor=one, refund_id=started.pk, reason="account given", at=timezone.now())
        with pytest.raises(NotWaitingForReviewError):
            services.retry_refund(actor=one, refund_id=started.pk, reason="again", at=timezone.now())
        with pytest.raises(RefundNotFoundError):
            services.retry_refund(actor=one, refund_id=one.pk, reason="which?", at=timezone.now())

    def test_too_low_a_balance_at_the_provider_is_no_end(self, refund):
        started = refund()
        told = word(started, Failed(Why.LOW_FLOAT, "Insufficient balance to fulfill this refund"))

        assert told == ("requested", WorkState.READY, "going_back")


class TestContradictions:
    def test_money_that_arrived_and_then_had_not_is_in_suspense_again(self, refund):
        started = refund()
        assert word(started, SENT) == ("succeeded", "done", "resolved")

        assert word(started, NOT_SENT) == ("returned", "done", "open")
        assert in_suspense() == 2_000_00
        assert audit_ledger() == []

    def test_money_that_had_failed_and_was_sent_all_the_same_leaves_suspense(self, refund):
        started = refund()
        assert word(started, NOT_SENT) == ("failed", "done", "open")

        assert word(started, SENT) == ("sent_late", "done", "resolved")
        assert (in_suspense(), losses()) == (0, 0)
        assert audit_ledger() == []

    def test_what_was_given_to_somebody_else_meanwhile_is_our_loss(self, refund, one, other, ada):
        started = refund()
        word(started, NOT_SENT)
        asked = ask_suspense_credit(actor=one, item_id=started.item_id, reason="then credit it")
        approve(actor=other, request_id=asked.pk, reason="yes", at=timezone.now())

        assert word(started, SENT) == ("sent_late", "done", "resolved")
        assert (spendable(ada), in_suspense(), losses()) == (2_000_00, 0, 2_000_00)
        assert audit_ledger() == []

    @pytest.mark.parametrize("words", [(NOT_SENT,), (SENT, NOT_SENT)])
    def test_what_its_payers_bank_took_meanwhile_is_lost_once_and_made_good_when_it_is_not_sent(
        self, refund, sandbox, words
    ):
        started = refund()
        number = sandbox.dispute(started.charge_reference)
        sandbox.decide_dispute(number, "auto-accepted")
        review_dispute(code=str(number), at=timezone.now())
        assert losses() == 2_000_00

        told = [word(started, answer) for answer in words]

        assert told[-1][1:] == ("done", "charged_back")
        assert (in_suspense(), losses()) == (0, 0)
        assert audit_ledger() == []

        if words == (NOT_SENT,):
            assert word(started, SENT) == ("sent_late", "done", "charged_back")
            assert (in_suspense(), losses()) == (0, 2_000_00)

    def test_a_part_that_its_payers_bank_took_meanwhile_is_made_good_once_and_the_rest_is_open(
        self, refund, one, other, sandbox
    ):
        started = refund()
        number = sandbox.dispute(started.charge_reference, amount=500_00)
        sandbox.decide_dispute(number, "auto-accepted")
        review_dispute(code=str(number), at=timezone.now())
        assert losses() == 500_00

        assert word(started, NOT_SENT) == ("failed", "done", "open")
        assert (in_suspense(), losses(), SuspenseItem.objects.get().amount_minor) == (1_500_00, 0, 1_500_00)

        # What is asked at commit about the first decision is asked before there is a second one.
        connection.check_constraints()
        asked = ask_suspense_refund(actor=one, item_id=started.item_id, reason="the rest")
        approve(actor=other, request_id=asked.pk, reason="yes", at=timezone.now())
        assert word(Refund.objects.latest("created_at"), NOT_SENT) == ("failed", "done", "open")
        assert (in_suspense(), losses()) == (1_500_00, 0)
        assert audit_ledger() == []

    @pytest.mark.parametrize("words", [(SENT, NOT_SENT, SENT), (NOT_SENT, SENT, NOT_SENT)])
    def test_whoever_takes_back_what_they_took_back_is_left_to_a_person(self, refund, words):
        started = refund()
        told = [word(started, answer) for answer in words]

        assert told[-1][:2] == (told[-2][0], WorkState.NEEDS_REVIEW)
        assert audit_ledger() == []


class TestWebhooks:
    def test_one_about_a_refund_ends_it_once(self, refund, sandbox):
        started = refund()
        work()
        sandbox.flush()

        for _ in range(2):
            assert services.resolve_refunds(charge_reference=started.charge_reference, at=timezone.now()) == 1
        assert services.resolve_refunds(charge_reference="somebody-elses", at=timezone.now()) == 0
        started.refresh_from_db()
        assert started.status == "succeeded"

    def test_one_before_anything_was_sent_changes_nothing(self, refund, sandbox):
        started = refund()

        assert services.resolve_refunds(charge_reference=started.charge_reference, at=timezone.now()) == 0
        assert sandbox.calls("paystack.refund.list") == []

    def test_one_about_another_refund_of_the_payment_leaves_one_that_did_not_arrive_to_its_worker(
        self, refund, sandbox
    ):
        started = refund()
        sandbox.inject_fault("paystack.refund.create", "reset")
        work()

        assert services.resolve_refunds(charge_reference=started.charge_reference, at=timezone.now()) == 0

        started.refresh_from_db()
        assert (started.status, started.state) == ("submitted", WorkState.READY)
        work(after=timedelta(minutes=11))
        sandbox.flush()
        assert services.resolve_refunds(charge_reference=started.charge_reference, at=timezone.now()) == 1
        assert audit_ledger() == []

    def test_one_is_tried_again_while_the_provider_does_not_answer(self, refund, sandbox):
        started = refund()
        work()
        sandbox.inject_fault("paystack.refund.list", "error_500")

        with pytest.raises(ProviderUnavailableError):
            services.resolve_refunds(charge_reference=started.charge_reference, at=timezone.now())
