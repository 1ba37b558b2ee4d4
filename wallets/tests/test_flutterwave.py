"""The second provider, over HTTP against the sandbox: deposits, kept cards, and payouts while the first one is away."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.conf import settings
from django.core.cache import cache
from django.utils import timezone

from accounts.models import PinPurpose
from accounts.tests.factories import UserFactory
from contri.core.work import WorkState
from wallets import services
from wallets.models import Card, Deposit, ProviderHealth, Withdrawal
from wallets.services import audit_ledger, settle_deposit, work_withdrawals
from wallets.tests.factories import fund, held, in_suspense, link_bank, spendable

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def fresh_limits():
    cache.clear()


@pytest.fixture
def ada(sandbox):
    return UserFactory.create(first_name="Ada", last_name="Okafor", tier=2)


@pytest.fixture
def post(signed_in):
    def call(person, **body):
        headers = {"Idempotency-Key": uuid4().hex}
        return signed_in(person).post("/api/v1/wallet/deposit", body, format="json", headers=headers)

    return call


def settle(reference):
    return settle_deposit(reference=reference, at=timezone.now())


class TestDeposits:
    def test_one_may_be_paid_through_flutterwave(self, ada, post, sandbox):
        answer = post(ada, amount="5000.50", provider="flutterwave").json()
        assert "/flutterwave/" in answer["authorization_url"]

        sandbox.pay(answer["authorization_url"])
        settled = settle(answer["reference"])

        assert (settled.status, settled.provider, settled.provider_fee_kobo) == ("succeeded", "flutterwave", 7000)
        assert spendable(ada) == 5_000_50
        assert audit_ledger() == []

    def test_one_that_nobody_paid_is_not_credited(self, ada, post, sandbox):
        answer = post(ada, amount="5000.00", provider="flutterwave").json()

        assert settle(answer["reference"]).status == Deposit.Status.PENDING
        assert spendable(ada) == 0

    def test_a_declined_card_fails_it_and_another_card_may_still_pay_it(self, ada, post, sandbox):
        answer = post(ada, amount="5000.00", provider="flutterwave").json()
        sandbox.pay(answer["authorization_url"], outcome="declined")
        assert settle(answer["reference"]).status == Deposit.Status.FAILED

        sandbox.pay(answer["authorization_url"])

        assert settle(answer["reference"]).status == Deposit.Status.SUCCEEDED
        assert spendable(ada) == 5_000_00

    def test_less_than_was_asked_for_goes_to_suspense(self, ada, post, sandbox):
        answer = post(ada, amount="5000.00", provider="flutterwave").json()
        sandbox.inject_fault("flutterwave.charge", "other_amount", amount=1_000_00)
        sandbox.pay(answer["authorization_url"])

        assert settle(answer["reference"]).status == Deposit.Status.SUSPENDED
        assert (spendable(ada), in_suspense()) == (0, 1_000_00)
        assert audit_ledger() == []

    def test_a_kept_card_can_be_charged_again(self, ada, sandbox):
        first = services.start_deposit(
            actor=ada, amount_kobo=100_00, provider="flutterwave", keeps_card=True, at=timezone.now()
        )
        sandbox.pay(first.authorization_url)
        settle(first.reference)
        card = Card.objects.get(user=ada)

        again = services.charge_card(actor=ada, amount_kobo=2_000_00, card_id=card.pk, at=timezone.now())

        assert settle(again.reference).status == Deposit.Status.SUCCEEDED
        assert (card.provider, card.last4, spendable(ada)) == ("flutterwave", "4081", 2_100_00)

    def test_without_an_account_there_nobody_is_offered_it(self, ada, post, settings):
        settings.FLUTTERWAVE_SECRET_KEY = ""

        answer = post(ada, amount="5000.00", provider="flutterwave")

        assert (answer.status_code, answer.json()["errors"]) == (
            400,
            [{"field": "provider", "code": "not_offered", "detail": "This provider is not available here."}],
        )
        assert Deposit.objects.count() == 0


class TestPayoutsWhilePaystackIsAway:
    @pytest.fixture
    def bank(self, ada, sandbox):
        fund(ada, 20_000_00)
        account = link_bank(ada)
        sandbox.register_bank_account(
            account_number="0123456784", bank_code=account.bank_code, account_name=account.account_name
        )
        return account

    @pytest.fixture
    def request_one(self, ada, bank, pin_token):
        def call():
            return services.request_withdrawal(
                actor=ada,
                bank_account_id=bank.pk,
                amount_kobo=3_000_00,
                pin_token=pin_token(ada, PinPurpose.WITHDRAW),
                at=timezone.now(),
            )

        return call

    @pytest.fixture
    def paystack_is_away(self):
        now = timezone.now()
        return ProviderHealth.objects.create(
            provider="paystack", away_since=now - timedelta(minutes=5), last_away_at=now
        )

    def work(self):
        Withdrawal.objects.update(due_at=timezone.now() - timedelta(seconds=1))
        return work_withdrawals(at=timezone.now())

    def test_a_new_one_goes_through_flutterwave(self, ada, request_one, paystack_is_away, sandbox):
        withdrawal = request_one()
        assert self.work() == 0
        sandbox.flush()
        assert self.work() == 1

        withdrawal.refresh_from_db()
        assert (withdrawal.provider, withdrawal.status, withdrawal.provider_fee_kobo) == (
            "flutterwave",
            "succeeded",
            1075,
        )
        (transfer,) = sandbox.flutterwave_transfers()
        assert (transfer["reference"], transfer["amount"]) == (withdrawal.reference, 3000)
        assert sandbox.transfers() == []
        assert audit_ledger() == []

    def test_one_that_paystack_has_heard_of_stays_with_paystack(self, request_one, sandbox):
        withdrawal = request_one()
        sandbox.inject_fault("paystack.transfer.create", "error_500_after")
        self.work()
        now = timezone.now()
        ProviderHealth.objects.update(away_since=now - timedelta(minutes=5), last_away_at=now)

        request_one()
        self.work()
        sandbox.flush()
        self.work()

        withdrawal.refresh_from_db()
        assert (withdrawal.provider, withdrawal.status) == ("paystack", "succeeded")
        assert (len(sandbox.transfers()), len(sandbox.flutterwave_transfers())) == (1, 1)

    def test_a_time_out_after_the_work_sends_it_once(self, ada, request_one, paystack_is_away, sandbox):
        request_one()
        sandbox.inject_fault("flutterwave.transfers.create", "reset_after")
        self.work()
        sandbox.flush()
        self.work()

        assert Withdrawal.objects.get().status == Withdrawal.Status.SUCCEEDED
        assert len(sandbox.flutterwave_transfers()) == 1

    def test_a_failed_one_gives_the_money_back(self, ada, request_one, paystack_is_away, sandbox):
        withdrawal = request_one()
        self.work()
        sandbox.set_transfer_status(withdrawal.reference, "failed")
        self.work()

        assert Withdrawal.objects.get().status == Withdrawal.Status.FAILED
        assert (spendable(ada), held(ada)) == (20_000_00, 0)

    def test_an_account_with_another_holder_there_is_not_paid(self, request_one, paystack_is_away, sandbox):
        sandbox.register_bank_account(account_number="0123456784", bank_code="058", account_name="SOMEBODY ELSE")
        request_one()
        self.work()

        withdrawal = Withdrawal.objects.get()
        assert (withdrawal.status, withdrawal.state, withdrawal.submitted_at) == (
            "requested",
            WorkState.READY,
            None,
        )
        assert sandbox.flutterwave_transfers() == []

    def test_a_bank_that_they_may_call_by_another_code_waits_for_paystack(self, bank, request_one, paystack_is_away):
        bank.bank_code = "50211"
        bank.save()

        assert request_one().provider == "paystack"

    def test_without_an_account_there_everything_waits_for_paystack(self, request_one, paystack_is_away, settings):
        settings.FLUTTERWAVE_SECRET_KEY = ""

        assert request_one().provider == "paystack"

    def test_ten_minutes_later_paystack_is_tried_again(self, request_one, paystack_is_away):
        ProviderHealth.objects.update(last_away_at=timezone.now() - timedelta(minutes=11))

        assert request_one().provider == "paystack"

    def test_whether_it_answers_is_noticed_by_the_worker(self, request_one, sandbox):
        request_one()
        sandbox.inject_fault("paystack.transferrecipient.create", "html_502")
        self.work()
        assert ProviderHealth.objects.get().away_since is not None
        assert request_one().provider == "paystack"

        ProviderHealth.objects.update(away_since=timezone.now() - timedelta(minutes=2))
        sandbox.inject_fault("paystack.transferrecipient.create", "html_502")
        self.work()
        assert request_one().provider == "flutterwave"

        Withdrawal.objects.filter(provider="flutterwave").update(state=WorkState.DONE)
        self.work()
        assert ProviderHealth.objects.get().away_since is None
        assert request_one().provider == "paystack"


def test_the_sandbox_wants_the_key(sandbox):
    import httpx

    answer = httpx.get(f"{settings.FLUTTERWAVE_BASE_URL}/banks/NG", headers={"Authorization": "Bearer nonsense"})

    assert (answer.status_code, answer.json()["status"]) == (401, "error")
