"""Chargebacks: a card's bank takes a payment back, and the books say from whom, without an overdrawn account."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from accounts.models import PinPurpose
from accounts.tests.factories import UserFactory
from contri.core.work import WorkState
from notifications.models import Notification
from wallets import chart, services
from wallets.errors import (
    DebtOutstandingError,
    DisputeNotFoundError,
    NotWaitingForReviewError,
    ProviderUnavailableError,
)
from wallets.models import Deposit, Dispute, SuspenseItem, Transaction, Wallet
from wallets.services import audit_ledger, recover_all_owed, recover_owed, review_dispute, review_open_disputes
from wallets.signals import deposit_charged_back
from wallets.tests.factories import (
    account_balance,
    balance_of,
    fund,
    in_suspense,
    link_bank,
    losses,
    send,
    spend,
    spendable,
)
from wallets.tests.threads import at_once

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada(db):
    return UserFactory.create(tier=2)


@pytest.fixture
def deposit(ada, sandbox):
    """₦5,000 that Ada paid by card and that are in her wallet."""
    kept = services.start_deposit(actor=ada, amount_kobo=5_000_00, at=timezone.now())
    sandbox.pay(kept.authorization_url)
    return services.settle_deposit(reference=kept.reference, at=timezone.now())


@pytest.fixture
def dispute(deposit, sandbox):
    """The dispute about it, of which we know."""
    return review(sandbox.dispute(deposit.reference))


def review(number):
    return review_dispute(code=str(number), at=timezone.now())


def decide(sandbox, dispute, resolution):
    sandbox.decide_dispute(int(dispute.code), resolution)
    return review(dispute.code)


def clearing():
    with transaction.atomic():
        return -account_balance(chart.clearing_account("paystack"))


def line_statuses(person):
    lines = Transaction.objects.filter(wallet__user=person).order_by("created_at", "pk")
    return list(lines.values_list("type", "direction", "amount_kobo", "status"))


class TestWhileItIsOpen:
    def test_what_is_left_of_the_money_is_held(self, ada, deposit, dispute):
        balance = balance_of(ada)
        assert (balance.available_kobo, balance.held_kobo) == (0, 5_000_00)
        assert (dispute.status, dispute.stage) == ("open", "awaiting-merchant-feedback")
        assert dispute.respond_by - timezone.now() > timedelta(hours=15)
        assert Notification.objects.filter(kind="deposit_disputed").count() == 1

    def test_money_that_has_gone_cannot_be_held(self, ada, deposit, sandbox):
        spend(ada, 3_000_00)

        dispute = review(sandbox.dispute(deposit.reference))

        assert (dispute.held_kobo, spendable(ada)) == (2_000_00, 0)

    def test_other_money_stays_free(self, ada, deposit, sandbox):
        fund(ada, 1_000_00)

        review(sandbox.dispute(deposit.reference))

        assert spendable(ada) == 1_000_00

    def test_hearing_of_it_again_changes_nothing(self, ada, deposit, dispute, sandbox):
        again = review(dispute.code)

        assert (again.pk, Dispute.objects.count(), spendable(ada)) == (dispute.pk, 1, 0)
        assert Notification.objects.filter(kind="deposit_disputed").count() == 1


class TestWon:
    def test_the_money_is_free_again(self, ada, dispute, sandbox):
        won = decide(sandbox, dispute, "declined")

        assert (won.status, won.resolution, spendable(ada)) == ("won", "declined", 5_000_00)
        assert line_statuses(ada) == [("deposit", "credit", 5_000_00, "succeeded")]
        assert audit_ledger() == []


class TestLost:
    @pytest.mark.parametrize("resolution", ["merchant-accepted", "auto-accepted"])
    def test_money_that_is_still_there_goes_back_and_nothing_is_owed(self, ada, dispute, sandbox, resolution):
        lost = decide(sandbox, dispute, resolution)

        balance = balance_of(ada)
        assert (lost.status, lost.taken_kobo, lost.owed_kobo) == ("lost", 5_000_00, 0)
        assert (balance.available_kobo, balance.held_kobo, balance.owed_kobo) == (0, 0, 0)
        assert line_statuses(ada) == [
            ("deposit", "credit", 5_000_00, "reversed"),
            ("reversal", "debit", 5_000_00, "succeeded"),
        ]
        assert audit_ledger() == []

    def test_the_clearing_account_is_what_the_provider_holds(self, deposit, dispute, sandbox):
        at_first = sandbox.balance() - clearing()

        decide(sandbox, dispute, "auto-accepted")

        assert sandbox.balance() - clearing() == at_first

    def test_what_the_wallet_lacks_its_owner_owes_and_no_account_is_overdrawn(self, ada, deposit, sandbox):
        spend(ada, 4_000_00)

        lost = decide(sandbox, review(sandbox.dispute(deposit.reference)), "auto-accepted")

        assert (lost.taken_kobo, lost.owed_kobo) == (1_000_00, 4_000_00)
        assert (spendable(ada), balance_of(ada).owed_kobo) == (0, 4_000_00)
        assert Wallet.objects.get(user=ada).is_owing
        assert audit_ledger() == []

    def test_money_that_came_after_the_hold_is_taken_too(self, ada, deposit, sandbox):
        spend(ada, 4_000_00)
        dispute = review(sandbox.dispute(deposit.reference))
        fund(ada, 10_000_00)

        lost = decide(sandbox, dispute, "auto-accepted")

        assert (lost.taken_kobo, lost.owed_kobo, spendable(ada)) == (5_000_00, 0, 6_000_00)

    def test_it_may_come_without_any_word_before(self, ada, deposit, sandbox):
        number = sandbox.dispute(deposit.reference)
        sandbox.decide_dispute(number, "auto-accepted")

        lost = review(number)

        assert (lost.status, lost.taken_kobo, spendable(ada)) == ("lost", 5_000_00, 0)
        assert audit_ledger() == []

    def test_a_part_of_the_payment_leaves_the_rest(self, ada, deposit, sandbox):
        lost = decide(sandbox, review(sandbox.dispute(deposit.reference, amount=2_000_00)), "auto-accepted")

        assert (lost.taken_kobo, spendable(ada)) == (2_000_00, 3_000_00)
        assert line_statuses(ada)[0] == ("deposit", "credit", 5_000_00, "succeeded")

    def test_it_is_booked_once_however_often_it_is_told(self, ada, dispute, sandbox):
        decide(sandbox, dispute, "auto-accepted")
        fund(ada, 9_000_00)

        review(dispute.code)
        review_open_disputes(at=timezone.now() + timedelta(days=9))

        assert spendable(ada) == 9_000_00

    def test_others_are_told_after_commit(self, dispute, sandbox, django_capture_on_commit_callbacks):
        heard = []

        def hear(sender, **ids):
            heard.append({name: ids[name] for name in ids if name.endswith("_id")})

        deposit_charged_back.connect(hear)
        try:
            with django_capture_on_commit_callbacks(execute=True):
                decide(sandbox, dispute, "auto-accepted")
        finally:
            deposit_charged_back.disconnect(hear)

        assert heard == [{"dispute_id": dispute.pk}]


class TestOwing:
    @pytest.fixture
    def debtor(self, ada, deposit, sandbox):
        """Ada, who owes ₦4,000 since her bank took a payment back."""
        spend(ada, 4_000_00)
        decide(sandbox, review(sandbox.dispute(deposit.reference)), "auto-accepted")
        return ada

    def test_nothing_goes_out_until_it_is_paid(self, debtor, pin_token):
        fund(debtor, 10_000_00)
        bank, bola = link_bank(debtor), UserFactory.create()

        def transfer():
            return send(debtor, bola, 100_00, pin_token=pin_token(debtor, PinPurpose.TRANSFER))

        def withdraw():
            return services.request_withdrawal(
                actor=debtor,
                bank_account_id=bank.pk,
                amount_kobo=100_00,
                pin_token=pin_token(debtor, PinPurpose.WITHDRAW),
                at=timezone.now(),
            )

        for attempt in (transfer, withdraw):
            with pytest.raises(DebtOutstandingError):
                attempt()
        assert recover_owed(user_id=debtor.pk, at=timezone.now()) == 4_000_00

        transfer()
        withdraw()
        assert (spendable(debtor), balance_of(debtor).owed_kobo) == (5_800_00, 0)
        assert audit_ledger() == []

    def test_what_comes_in_pays_it_bit_by_bit(self, debtor):
        fund(debtor, 1_500_00)
        assert recover_all_owed(at=timezone.now()) == 1
        assert (spendable(debtor), balance_of(debtor).owed_kobo) == (0, 2_500_00)
        assert Wallet.objects.get(user=debtor).is_owing
        assert recover_all_owed(at=timezone.now()) == 0

        fund(debtor, 3_000_00)
        assert recover_all_owed(at=timezone.now()) == 1

        assert (spendable(debtor), balance_of(debtor).owed_kobo) == (500_00, 0)
        assert not Wallet.objects.get(user=debtor).is_owing
        assert audit_ledger() == []

    def test_who_owes_nothing_loses_nothing(self, ada):
        fund(ada, 1_000_00)

        assert recover_owed(user_id=ada.pk, at=timezone.now()) == 0
        assert spendable(ada) == 1_000_00


class TestWhoseMoney:
    def test_a_payment_that_lies_in_suspense_goes_from_there(self, ada, sandbox):
        sandbox.inject_fault("paystack.charge", "other_amount", amount=2_000_00)
        kept = services.start_deposit(actor=ada, amount_kobo=5_000_00, at=timezone.now())
        sandbox.pay(kept.authorization_url)
        services.settle_deposit(reference=kept.reference, at=timezone.now())
        assert in_suspense() == 2_000_00

        number = sandbox.dispute(kept.reference)
        sandbox.decide_dispute(number, "auto-accepted")
        lost = review(number)

        assert (in_suspense(), lost.taken_kobo, lost.owed_kobo) == (0, 0, 0)
        assert SuspenseItem.objects.get().status == "charged_back"
        assert audit_ledger() == []

    def test_a_part_of_it_goes_from_there_as_well_and_what_was_asked_of_all_of_it_is_off(self, ada, sandbox):
        sandbox.inject_fault("paystack.charge", "other_amount", amount=2_000_00)
        kept = services.start_deposit(actor=ada, amount_kobo=5_000_00, at=timezone.now())
        sandbox.pay(kept.authorization_url)
        services.settle_deposit(reference=kept.reference, at=timezone.now())
        item, one, other = SuspenseItem.objects.get(), UserFactory.create(), UserFactory.create()
        services.ask_suspense_credit(actor=one, item_id=item.pk, reason="hers")

        number = sandbox.dispute(kept.reference, amount=500_00)
        sandbox.decide_dispute(number, "auto-accepted")
        lost = review(number)

        item.refresh_from_db()
        assert (item.status, item.amount_minor, in_suspense()) == ("open", 1_500_00, 1_500_00)
        assert (lost.owed_kobo, losses()) == (0, 0)
        with pytest.raises(NotWaitingForReviewError):
            services.approve_suspense_credit(actor=other, item_id=item.pk, reason="yes", at=timezone.now())
        assert audit_ledger() == []

    def test_what_was_paid_beyond_the_amount_asked_for_goes_from_suspense_and_not_from_the_wallet(self, ada, sandbox):
        sandbox.inject_fault("paystack.charge", "other_amount", amount=7_000_00, requested_amount=7_000_00)
        kept = services.start_deposit(actor=ada, amount_kobo=5_000_00, at=timezone.now())
        sandbox.pay(kept.authorization_url)
        services.settle_deposit(reference=kept.reference, at=timezone.now())
        fund(ada, 9_000_00)
        assert (spendable(ada), in_suspense()) == (14_000_00, 2_000_00)

        number = sandbox.dispute(kept.reference)
        sandbox.decide_dispute(number, "auto-accepted")
        lost = review(number)

        assert (spendable(ada), in_suspense()) == (9_000_00, 0)
        assert (lost.taken_kobo, lost.owed_kobo) == (5_000_00, 0)
        assert SuspenseItem.objects.get().status == "charged_back"
        assert audit_ledger() == []

    def test_a_payment_that_the_webhook_has_not_told_of_comes_in_first(self, ada, sandbox):
        kept = services.start_deposit(actor=ada, amount_kobo=5_000_00, at=timezone.now())
        sandbox.pay(kept.authorization_url)

        review(sandbox.dispute(kept.reference))

        assert Deposit.objects.get().status == Deposit.Status.SUCCEEDED
        assert balance_of(ada).held_kobo == 5_000_00

    def test_what_staff_gave_away_meanwhile_is_contris_own_loss(self, ada, sandbox):
        sandbox.inject_fault("paystack.charge", "other_amount", amount=2_000_00)
        kept = services.start_deposit(actor=ada, amount_kobo=5_000_00, at=timezone.now())
        sandbox.pay(kept.authorization_url)
        services.settle_deposit(reference=kept.reference, at=timezone.now())
        item = SuspenseItem.objects.get()
        one, other = UserFactory.create(), UserFactory.create()
        services.ask_suspense_credit(actor=one, item_id=item.pk, reason="hers")
        services.approve_suspense_credit(actor=other, item_id=item.pk, reason="yes", at=timezone.now())

        number = sandbox.dispute(kept.reference)
        sandbox.decide_dispute(number, "auto-accepted")
        lost = review(number)

        assert (spendable(ada), lost.owed_kobo, losses()) == (2_000_00, 2_000_00, 2_000_00)
        assert audit_ledger() == []


class TestAsking:
    def test_a_provider_that_does_not_answer_decides_nothing(self, ada, deposit, sandbox):
        number = sandbox.dispute(deposit.reference)
        sandbox.inject_fault("paystack.dispute.fetch", "html_502")

        with pytest.raises(ProviderUnavailableError):
            review(number)
        assert (Dispute.objects.count(), spendable(ada)) == (0, 5_000_00)

    @pytest.mark.parametrize("code", ["999999", "nonsense", "../transfer"])
    def test_a_dispute_that_the_provider_does_not_know_is_none(self, deposit, code, sandbox):
        assert review(code) is None
        assert Dispute.objects.count() == 0

    def test_the_sweep_finds_what_no_webhook_told(self, ada, dispute, sandbox):
        sandbox.decide_dispute(int(dispute.code), "auto-accepted")
        assert review_open_disputes(at=timezone.now()) == 0

        Dispute.objects.update(due_at=timezone.now() - timedelta(seconds=1))

        assert review_open_disputes(at=timezone.now()) == 1
        assert Dispute.objects.get().state == WorkState.DONE
        assert balance_of(ada).held_kobo == 0

    def test_one_that_no_webhook_told_of_is_found_in_the_list(self, ada, deposit, sandbox, monkeypatch):
        monkeypatch.setattr("wallets.providers.paystack_disputes.PAGE_SIZE", 1)
        now = timezone.now()
        lost, won = (str(sandbox.dispute(deposit.reference, amount=2_000_00)) for _ in range(2))
        sandbox.decide_dispute(int(won), "declined")
        assert services.find_disputes(at=now + timedelta(days=8)) == 0

        assert services.find_disputes(at=now) == 2

        assert dict(Dispute.objects.values_list("code", "status")) == {lost: "open", won: "won"}
        assert (spendable(ada), balance_of(ada).held_kobo) == (3_000_00, 2_000_00)
        assert services.find_disputes(at=now) == 0

    @pytest.mark.parametrize(("unanswered", "taken_up"), [("list", 0), ("fetch", 1)])
    def test_what_the_provider_does_not_answer_is_asked_again_later(self, deposit, sandbox, unanswered, taken_up):
        for _ in range(2):
            sandbox.dispute(deposit.reference, amount=1_000_00)
        sandbox.inject_fault(f"paystack.dispute.{unanswered}", "html_502")

        assert services.find_disputes(at=timezone.now()) == taken_up
        assert services.find_disputes(at=timezone.now()) == 2 - taken_up

    def test_an_open_dispute_is_asked_about_again_in_an_hour(self, dispute, sandbox):
        Dispute.objects.update(due_at=timezone.now() - timedelta(seconds=1))

        assert review_open_disputes(at=timezone.now()) == 0

        again = Dispute.objects.get()
        assert (again.state, again.attempts) == (WorkState.READY, 1)
        assert again.due_at > timezone.now() + timedelta(minutes=50)

    def test_one_that_was_left_to_a_person_is_asked_about_again(self, ada, dispute, sandbox):
        staff = UserFactory.create(is_staff=True)
        with pytest.raises(NotWaitingForReviewError):
            services.retry_dispute(actor=staff, dispute_id=dispute.pk, reason="why not", at=timezone.now())
        Dispute.objects.update(state=WorkState.NEEDS_REVIEW, attempts=Dispute.attempt_cap)
        sandbox.decide_dispute(int(dispute.code), "auto-accepted")
        assert review_open_disputes(at=timezone.now()) == 0

        services.retry_dispute(actor=staff, dispute_id=dispute.pk, reason="Paystack is back", at=timezone.now())

        assert review_open_disputes(at=timezone.now()) == 1
        assert (Dispute.objects.get().state, balance_of(ada).held_kobo) == (WorkState.DONE, 0)
        with pytest.raises(DisputeNotFoundError):
            services.retry_dispute(actor=staff, dispute_id=staff.pk, reason="which?", at=timezone.now())

    def test_a_webhook_ends_one_that_was_left_to_a_person(self, ada, dispute, sandbox):
        Dispute.objects.update(state=WorkState.NEEDS_REVIEW, attempts=Dispute.attempt_cap)
        sandbox.decide_dispute(int(dispute.code), "auto-accepted")

        assert review(int(dispute.code)).status == Dispute.Status.LOST
        assert balance_of(ada).held_kobo == 0


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_ten_words_of_a_lost_dispute_at_once_take_the_money_once(ada, deposit, sandbox):
    fund(ada, 20_000_00)
    number = sandbox.dispute(deposit.reference)
    sandbox.decide_dispute(number, "auto-accepted")

    at_once([lambda: review(number)] * 10)

    assert spendable(ada) == 20_000_00
    assert Dispute.objects.get().status == "lost"
