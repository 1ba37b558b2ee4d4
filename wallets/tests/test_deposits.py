"""POST /wallet/deposit, and what becomes of it: only what Paystack confirms when asked is ever credited."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import transaction
from django.utils import timezone

from accounts.tests.factories import UserFactory
from contri.core.moments import rfc3339
from contri.core.work import WorkState
from notifications.models import Notification
from wallets import chart
from wallets.errors import ProviderUnavailableError
from wallets.models import Deposit, SuspenseItem, Transaction
from wallets.services import settle_deposit, verify_open_deposits
from wallets.tests.canned import canned_paystack
from wallets.tests.factories import account_balance, fund, held, in_suspense, spendable
from wallets.tests.patience import give_up_sooner
from wallets.tests.threads import at_once

URL = "/api/v1/wallet/deposit"
# What Paystack keeps of ₦5,000: 1.5 % and ₦100.
FEE_OF_5000 = 175_00


@pytest.fixture
def ada():
    return UserFactory.create(first_name="Ada", last_name="Okafor", tier=1)


@pytest.fixture
def post(signed_in):
    def call(person, body, *, key=None):
        headers = {"Idempotency-Key": key or uuid4().hex}
        return signed_in(person).post(URL, body, format="json", headers=headers)

    return call


@pytest.fixture
def deposit(ada, post, sandbox):
    """₦5,000 of Ada's, not paid yet."""
    answer = post(ada, {"amount": "5000.00"})
    assert answer.status_code == 201, answer.content
    return Deposit.objects.get(reference=answer.json()["reference"])


def clearing():
    with transaction.atomic():
        return account_balance(chart.clearing_account("paystack"))


def provider_fees():
    with transaction.atomic():
        return account_balance(chart.provider_fees_account())


def items():
    return list(SuspenseItem.objects.values_list("reason", "amount_minor", "currency", "status"))


@pytest.mark.django_db
class TestStarting:
    def test_it_opens_a_checkout_and_credits_nothing(self, ada, post, sandbox):
        answer = post(ada, {"amount": "5000.00"})

        deposit = Deposit.objects.get()
        line = deposit.transaction
        assert answer.status_code == 201
        assert answer.json() == {
            "transaction": {
                "id": str(line.pk),
                "type": "deposit",
                "direction": "credit",
                "amount": "5000.00",
                "fee": "0.00",
                "currency": "NGN",
                "status": "pending",
                "reference": deposit.reference,
                "description": "Deposit",
                "counterparty": None,
                "balance_after": None,
                "circle_id": None,
                "created_at": rfc3339(line.created_at),
            },
            "authorization_url": deposit.authorization_url,
            "reference": deposit.reference,
        }
        assert deposit.authorization_url.startswith(sandbox.base_url)
        assert deposit.reference.startswith("contri-")
        assert spendable(ada) == 0

    def test_a_replay_opens_no_second_checkout(self, ada, post, sandbox):
        first = post(ada, {"amount": "5000.00"}, key="once")
        again = post(ada, {"amount": "5000.00"}, key="once")

        assert again.content == first.content
        assert len(sandbox.calls("paystack.transaction.initialize")) == 1
        assert Deposit.objects.count() == 1

    def test_replays_do_not_count_against_the_rate_limit(self, ada, post, sandbox):
        answers = [post(ada, {"amount": "100.00"}, key="once").status_code for _ in range(70)]

        assert set(answers) == {201}
        assert Deposit.objects.count() == 1

    def test_a_key_is_required(self, ada, signed_in):
        answer = signed_in(ada).post(URL, {"amount": "5000.00"}, format="json")
        assert (answer.status_code, answer.json()["code"]) == (400, "idempotency_key_required")

    def test_a_tier_1_deposit_is_50_000_at_most(self, ada, post, sandbox):
        assert post(ada, {"amount": "50000.00"}).status_code == 201

        answer = post(ada, {"amount": "50000.01"})

        assert (answer.status_code, answer.json()["code"]) == (403, "limit_exceeded")
        assert (answer.json()["limit"], answer.json()["limit_type"]) == ("50000.00", "deposit")
        assert Deposit.objects.count() == 1

    def test_a_deposit_that_the_wallet_may_not_hold_is_refused(self, ada, post, sandbox):
        fund(ada, 299_000_00)

        answer = post(ada, {"amount": "1000.01"})

        assert (answer.status_code, answer.json()["code"]) == (403, "limit_exceeded")
        assert (answer.json()["limit"], answer.json()["limit_type"]) == ("300000.00", "balance")
        assert post(ada, {"amount": "1000.00"}).status_code == 201

    def test_less_than_paystack_takes_is_invalid(self, ada, post, sandbox):
        answer = post(ada, {"amount": "49.99"})

        assert (answer.status_code, answer.json()["code"]) == (400, "validation_error")
        assert answer.json()["errors"][0]["field"] == "amount"
        assert post(ada, {"amount": "50.00"}).status_code == 201

    @pytest.mark.parametrize("kind", ["error_500", "html_502", "reset", "timeout_before", "timeout_after"])
    def test_without_paystack_nothing_is_promised_and_the_key_stays_free(self, ada, post, sandbox, settings, kind):
        give_up_sooner(settings, kind)
        sandbox.inject_fault("paystack.transaction.initialize", kind)

        refused = post(ada, {"amount": "5000.00"}, key="once")
        line = Transaction.objects.get()
        again = post(ada, {"amount": "5000.00"}, key="once")

        assert (refused.status_code, refused.json()["code"]) == (503, "provider_unavailable")
        assert line.status == Transaction.Status.FAILED
        assert again.status_code == 201
        assert "Idempotent-Replayed" not in again


@pytest.mark.django_db
class TestSettling:
    def test_a_paid_deposit_is_credited_in_full_and_the_fee_is_ours(self, ada, deposit, sandbox):
        sandbox.pay(deposit.authorization_url)

        assert settle_deposit(reference=deposit.reference, at=timezone.now()) == deposit

        deposit.refresh_from_db()
        assert deposit.status == Deposit.Status.SUCCEEDED
        assert spendable(ada) == 5_000_00
        assert (provider_fees(), clearing()) == (-FEE_OF_5000, -(5_000_00 - FEE_OF_5000))
        line = Transaction.objects.get()
        assert (line.status, line.balance_after_kobo, line.journal_id) == ("succeeded", 5_000_00, deposit.journal_id)
        assert Notification.objects.get().title == "₦5,000.00 is in your wallet"

    def test_settling_again_asks_nobody_and_changes_nothing(self, ada, deposit, sandbox):
        sandbox.pay(deposit.authorization_url)
        for _ in range(10):
            settle_deposit(reference=deposit.reference, at=timezone.now())

        assert spendable(ada) == 5_000_00
        assert len(sandbox.calls("paystack.transaction.verify")) == 1

    def test_an_unpaid_deposit_stays_pending(self, ada, deposit, sandbox):
        settle_deposit(reference=deposit.reference, at=timezone.now())

        deposit.refresh_from_db()
        assert (deposit.status, deposit.state) == (Deposit.Status.PENDING, WorkState.READY)
        assert spendable(ada) == 0

    def test_a_declined_deposit_fails_with_the_reason(self, ada, deposit, sandbox):
        sandbox.pay(deposit.authorization_url, outcome="declined")

        settle_deposit(reference=deposit.reference, at=timezone.now())

        deposit.refresh_from_db()
        assert deposit.status == Deposit.Status.FAILED
        assert Transaction.objects.get().status == Transaction.Status.FAILED
        assert deposit.failure in Notification.objects.get().body

    def test_money_that_comes_after_a_decline_is_credited_all_the_same(self, ada, deposit, sandbox):
        sandbox.pay(deposit.authorization_url, outcome="declined")
        settle_deposit(reference=deposit.reference, at=timezone.now())
        sandbox.pay(deposit.authorization_url)

        settle_deposit(reference=deposit.reference, at=timezone.now())

        assert spendable(ada) == 5_000_00
        assert Transaction.objects.get().status == Transaction.Status.SUCCEEDED

    def test_its_owner_can_follow_it(self, ada, deposit, sandbox, signed_in):
        sandbox.pay(deposit.authorization_url, outcome="declined")
        settle_deposit(reference=deposit.reference, at=timezone.now())
        sandbox.pay(deposit.authorization_url)
        settle_deposit(reference=deposit.reference, at=timezone.now())

        line = signed_in(ada).get(f"/api/v1/wallet/transactions/{deposit.transaction_id}").json()

        assert [step["status"] for step in line["timeline"]] == ["pending", "failed", "succeeded"]

    def test_less_than_asked_goes_to_suspense_and_not_to_the_wallet(self, ada, deposit, sandbox):
        sandbox.inject_fault("paystack.charge", "other_amount", amount=4_999_99, reference=deposit.reference)
        sandbox.pay(deposit.authorization_url)

        for _ in range(3):
            settle_deposit(reference=deposit.reference, at=timezone.now())

        deposit.refresh_from_db()
        assert deposit.status == Deposit.Status.SUSPENDED
        assert (spendable(ada), held(ada), in_suspense()) == (0, 0, 4_999_99)
        assert items() == [("less_than_asked", 4_999_99, "NGN", "open")]
        assert Transaction.objects.get().status == Transaction.Status.FAILED

    def test_more_than_asked_credits_what_was_asked_and_the_rest_waits(self, ada, deposit, sandbox):
        sandbox.inject_fault("paystack.charge", "other_amount", amount=5_100_00, reference=deposit.reference)
        sandbox.pay(deposit.authorization_url)

        settle_deposit(reference=deposit.reference, at=timezone.now())

        assert (spendable(ada), in_suspense()) == (5_000_00, 100_00)
        assert items() == [("more_than_asked", 100_00, "NGN", "open")]

    def test_a_payment_that_is_none_of_ours_goes_to_suspense_once(self, ada, deposit, sandbox):
        sandbox.pay(deposit.authorization_url)
        # As if the row had never been written.
        with transaction.atomic():
            line = deposit.transaction_id
            deposit.delete()
            Transaction.objects.filter(pk=line).delete()

        for _ in range(3):
            assert settle_deposit(reference=deposit.reference, at=timezone.now()) is None

        assert (spendable(ada), in_suspense()) == (0, 5_000_00)
        assert items() == [("unknown_reference", 5_000_00, "NGN", "open")]

    @pytest.mark.parametrize(
        ("told", "reason"), [({"currency": "USD"}, "other_currency"), ({"domain": "live"}, "other_domain")]
    )
    def test_money_of_another_currency_or_domain_is_seen_and_never_booked(self, ada, deposit, settings, told, reason):
        charge = {"reference": deposit.reference, "status": "success", "amount": 5_000_00, "currency": "NGN"}
        with canned_paystack({"status": True, "data": {**charge, "domain": "test", **told}}) as address:
            settings.PAYSTACK_BASE_URL = address
            settle_deposit(reference=deposit.reference, at=timezone.now())

        assert (spendable(ada), in_suspense()) == (0, 0)
        assert items() == [(reason, 5_000_00, told.get("currency", "NGN"), "open")]

    @pytest.mark.parametrize("reference", ["nobody-knows-this", "../../balance", "..", "a/b", "x" * 300, ""])
    def test_a_reference_that_paystack_does_not_know_does_nothing(self, db, sandbox, reference):
        assert settle_deposit(reference=reference, at=timezone.now()) is None
        assert not SuspenseItem.objects.exists()

    @pytest.mark.parametrize("kind", ["error_500", "html_502", "reset", "timeout_before", "rate_limited"])
    def test_an_unknown_answer_credits_nothing_and_fails_nothing(self, ada, deposit, sandbox, settings, kind):
        sandbox.pay(deposit.authorization_url)
        give_up_sooner(settings, kind)
        sandbox.inject_fault("paystack.transaction.verify", kind)

        with pytest.raises(ProviderUnavailableError):
            settle_deposit(reference=deposit.reference, at=timezone.now())

        assert spendable(ada) == 0
        assert Transaction.objects.get().status == Transaction.Status.PENDING
        settle_deposit(reference=deposit.reference, at=timezone.now())
        assert spendable(ada) == 5_000_00

    def test_what_a_wallet_may_not_hold_any_more_is_parked_not_lost(self, ada, deposit, sandbox):
        fund(ada, 296_000_00)
        sandbox.pay(deposit.authorization_url)

        settle_deposit(reference=deposit.reference, at=timezone.now())

        assert (spendable(ada), held(ada)) == (300_000_00, 1_000_00)

    def test_money_for_an_erased_account_goes_to_suspense(self, ada, deposit, sandbox):
        ada.erased_at, ada.is_active = timezone.now(), False
        ada.save(update_fields=["erased_at", "is_active"])
        sandbox.pay(deposit.authorization_url)

        settle_deposit(reference=deposit.reference, at=timezone.now())

        assert (spendable(ada), held(ada), in_suspense()) == (0, 0, 5_000_00)
        assert items() == [("closed_account", 5_000_00, "NGN", "open")]

    def test_money_for_a_banned_person_is_held_for_them(self, ada, deposit, sandbox):
        ada.is_active = False
        ada.save(update_fields=["is_active"])
        sandbox.pay(deposit.authorization_url)

        settle_deposit(reference=deposit.reference, at=timezone.now())

        assert (spendable(ada), held(ada)) == (0, 5_000_00)


@pytest.mark.django_db
class TestSweep:
    def test_a_lost_webhook_is_made_up_for(self, ada, deposit, sandbox):
        sandbox.pay(deposit.authorization_url)
        make_due(deposit)

        assert verify_open_deposits(at=timezone.now()) == 1
        assert spendable(ada) == 5_000_00

    def test_an_unpaid_checkout_is_asked_about_again_and_again_and_given_up_by_paystacks_word_only(
        self, ada, deposit, sandbox
    ):
        make_due(deposit)
        assert verify_open_deposits(at=timezone.now()) == 0
        deposit.refresh_from_db()
        assert (deposit.status, deposit.attempts) == (Deposit.Status.PENDING, 1)
        assert deposit.due_at > timezone.now()

        make_due(deposit)
        sandbox.inject_fault("paystack.transaction.verify", "error_500")
        verify_open_deposits(at=timezone.now() + timedelta(days=2))
        deposit.refresh_from_db()
        assert deposit.status == Deposit.Status.PENDING

        make_due(deposit)
        verify_open_deposits(at=timezone.now() + timedelta(hours=2))
        deposit.refresh_from_db()
        assert (deposit.status, deposit.failure, deposit.state) == ("failed", "abandoned", WorkState.READY)

    def test_after_three_days_a_failed_deposit_is_left_alone(self, ada, deposit, sandbox):
        make_due(deposit)

        assert verify_open_deposits(at=timezone.now() + timedelta(days=4)) == 1

        deposit.refresh_from_db()
        assert (deposit.status, deposit.state) == ("failed", WorkState.DONE)

    def test_a_provider_that_is_away_is_asked_once_a_sweep(self, ada, post, sandbox):
        for _ in range(3):
            post(ada, {"amount": "100.00"})
        Deposit.objects.update(due_at=timezone.now() - timedelta(seconds=1))
        sandbox.inject_fault("paystack.transaction.verify", "error_500", times=3)

        verify_open_deposits(at=timezone.now())

        assert len(sandbox.calls("paystack.transaction.verify")) == 1

    def test_nothing_due_costs_one_query(self, db, django_assert_num_queries):
        # Claiming: a savepoint around one indexed read.
        with django_assert_num_queries(3):
            verify_open_deposits(at=timezone.now())


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_ten_settlings_at_once_credit_once(ada, deposit, sandbox):
    sandbox.pay(deposit.authorization_url)

    at_once([lambda: settle_deposit(reference=deposit.reference, at=timezone.now())] * 10)

    assert spendable(ada) == 5_000_00
    assert Notification.objects.count() == 1


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_ten_reports_of_a_stray_payment_at_once_book_it_once(ada, deposit, sandbox):
    sandbox.pay(deposit.authorization_url)
    Deposit.objects.all().delete()

    at_once([lambda: settle_deposit(reference=deposit.reference, at=timezone.now())] * 10)

    assert in_suspense() == 5_000_00
    assert items() == [("unknown_reference", 5_000_00, "NGN", "open")]


def make_due(deposit):
    Deposit.objects.filter(pk=deposit.pk).update(due_at=timezone.now() - timedelta(seconds=1))
