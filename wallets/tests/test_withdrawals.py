"""POST /wallet/withdraw, and what becomes of it: paid once, or given back."""

from datetime import timedelta
from functools import partial
from uuid import uuid4

import pytest
from django.db import transaction
from django.utils import timezone

from accounts.models import PinPurpose
from accounts.tests.factories import UserFactory
from contri.core.moments import rfc3339
from contri.core.work import WorkState
from notifications.models import Notification
from wallets import chart, fees, ledger
from wallets.errors import InsufficientFundsError, ProviderUnavailableError
from wallets.models import AccountStatus, BankAccount, Transaction, Withdrawal
from wallets.services import request_withdrawal, resolve_withdrawal, retry_withdrawal, work_withdrawals
from wallets.tests.canned import canned_paystack
from wallets.tests.factories import account_balance, balance_of, fund, held, link_bank, spendable
from wallets.tests.patience import give_up_sooner
from wallets.tests.threads import at_once

URL = "/api/v1/wallet/withdraw"
FEE_OF_3000 = 10_00


@pytest.fixture
def ada():
    person = UserFactory.create(first_name="Ada", last_name="Okafor", tier=1)
    fund(person, 10_000_00)
    return person


@pytest.fixture
def bank(ada):
    return link_bank(ada)


@pytest.fixture
def post(signed_in, pin_token):
    def call(person, body, *, key=None, token=None):
        token = pin_token(person, PinPurpose.WITHDRAW) if token is None else token
        headers = {"Idempotency-Key": key or uuid4().hex, "X-Pin-Token": token}
        return signed_in(person).post(URL, body, format="json", headers=headers)

    return call


@pytest.fixture
def withdrawal(ada, bank, pin_token, sandbox):
    """₦3,000 on their way."""
    return request_withdrawal(
        actor=ada,
        bank_account_id=bank.pk,
        amount_kobo=3_000_00,
        pin_token=pin_token(ada),
        at=timezone.now(),
    )


def work(withdrawal):
    """Let the worker have a go now, whatever pause it was given."""
    Withdrawal.objects.filter(pk=withdrawal.pk).update(due_at=timezone.now() - timedelta(seconds=1))
    work_withdrawals(at=timezone.now())
    withdrawal.refresh_from_db()
    return withdrawal


def shown(withdrawal):
    return Transaction.objects.get(pk=withdrawal.transaction_id).status


def books():
    """What lies at the provider, and what it kept; kobo."""
    with transaction.atomic():
        return account_balance(chart.clearing_account("paystack")), account_balance(chart.provider_fees_account())


@pytest.mark.django_db
class TestAsking:
    def test_the_money_is_held_at_once(self, ada, bank, post):
        answer = post(ada, {"amount": "3000.00", "bank_account_id": str(bank.pk)})

        line = Transaction.objects.get()
        assert answer.status_code == 202
        assert answer.json() == {
            "transaction": {
                "id": str(line.pk),
                "type": "withdrawal",
                "direction": "debit",
                "amount": "3000.00",
                "fee": "0.00",
                "currency": "NGN",
                "status": "pending",
                "reference": Withdrawal.objects.get().reference,
                "description": "To Guaranty Trust Bank …6784",
                "counterparty": None,
                "balance_after": "7000.00",
                "circle_id": None,
                "created_at": rfc3339(line.created_at),
            }
        }
        assert (spendable(ada), held(ada)) == (7_000_00, 3_000_00)

    def test_a_fee_comes_on_top_and_is_shown(self, ada, bank, post, monkeypatch, sandbox):
        monkeypatch.setattr(fees, "WITHDRAWAL_FEE_KOBO", 50_00)
        answer = post(ada, {"amount": "3000.00", "bank_account_id": str(bank.pk)})

        assert answer.json()["transaction"]["fee"] == "50.00"
        assert (spendable(ada), held(ada)) == (6_950_00, 3_050_00)
        withdrawal = work(Withdrawal.objects.get())
        sandbox.flush()
        resolve_withdrawal(reference=withdrawal.reference, at=timezone.now())
        assert (spendable(ada), held(ada)) == (6_950_00, 0)
        with transaction.atomic():
            assert account_balance(chart.fees_account()) == 50_00

    def test_a_replay_holds_nothing_more(self, ada, bank, post, pin_token):
        body, token = {"amount": "3000.00", "bank_account_id": str(bank.pk)}, pin_token(ada)
        first = post(ada, body, key="once", token=token)
        again = post(ada, body, key="once", token=token)

        assert (again.status_code, again.content) == (202, first.content)
        assert held(ada) == 3_000_00

    def refused(self, answer, ada):
        assert (spendable(ada), held(ada)) == (10_000_00, 0)
        assert not Withdrawal.objects.exists()
        return answer.status_code, answer.json()["code"]

    def test_more_than_there_is(self, ada, bank, post):
        answer = post(ada, {"amount": "10000.01", "bank_account_id": str(bank.pk)})
        assert self.refused(answer, ada) == (409, "insufficient_funds")

    def test_less_than_a_bank_takes(self, ada, bank, post):
        answer = post(ada, {"amount": "49.99", "bank_account_id": str(bank.pk)})
        assert self.refused(answer, ada) == (400, "validation_error")

    def test_without_a_proved_identity(self, ada, bank, post):
        ada.kyc_tier = 0
        ada.save(update_fields=["kyc_tier"])
        answer = post(ada, {"amount": "3000.00", "bank_account_id": str(bank.pk)})
        assert self.refused(answer, ada) == (403, "kyc_required")

    def test_to_an_account_whose_name_is_not_confirmed(self, ada, bank, post):
        BankAccount.objects.update(status=BankAccount.Status.PENDING)
        answer = post(ada, {"amount": "3000.00", "bank_account_id": str(bank.pk)})
        assert self.refused(answer, ada) == (409, "bank_account_unverified")

    def test_to_somebody_elses_account(self, ada, post):
        theirs = link_bank(UserFactory.create())
        answer = post(ada, {"amount": "3000.00", "bank_account_id": str(theirs.pk)})
        assert self.refused(answer, ada) == (404, "bank_account_not_found")

    def test_to_a_removed_account(self, ada, bank, post):
        BankAccount.objects.update(removed_at=timezone.now())
        answer = post(ada, {"amount": "3000.00", "bank_account_id": str(bank.pk)})
        assert self.refused(answer, ada) == (404, "bank_account_not_found")

    def test_without_a_pin_token(self, ada, bank, post):
        answer = post(ada, {"amount": "3000.00", "bank_account_id": str(bank.pk)}, token="")
        assert self.refused(answer, ada) == (403, "pin_required")

    def test_with_a_pin_token_for_transfers(self, ada, bank, post, pin_token):
        token = pin_token(ada, PinPurpose.TRANSFER)
        answer = post(ada, {"amount": "3000.00", "bank_account_id": str(bank.pk)}, token=token)
        assert self.refused(answer, ada) == (403, "pin_token_invalid")

    def test_without_a_key(self, ada, bank, signed_in, pin_token):
        body = {"amount": "3000.00", "bank_account_id": str(bank.pk)}
        headers = {"X-Pin-Token": pin_token(ada)}
        answer = signed_in(ada).post(URL, body, format="json", headers=headers)
        assert self.refused(answer, ada) == (400, "idempotency_key_required")

    def test_tier_1_takes_out_50_000_a_day(self, ada, bank, post):
        fund(ada, 90_000_00)
        assert post(ada, {"amount": "50000.00", "bank_account_id": str(bank.pk)}).status_code == 202

        answer = post(ada, {"amount": "50.00", "bank_account_id": str(bank.pk)})

        assert (answer.status_code, answer.json()["code"]) == (403, "limit_exceeded")
        assert (answer.json()["limit"], answer.json()["limit_type"]) == ("50000.00", "daily_outflow")


@pytest.mark.django_db
class TestPaying:
    def test_it_is_paid_and_settled_by_the_providers_word(self, ada, withdrawal, sandbox):
        assert work(withdrawal).status == Withdrawal.Status.SUBMITTED
        assert (spendable(ada), held(ada)) == (7_000_00, 3_000_00)
        sandbox.flush()

        assert resolve_withdrawal(reference=withdrawal.reference, at=timezone.now()) == withdrawal

        withdrawal.refresh_from_db()
        assert (withdrawal.status, shown(withdrawal)) == ("succeeded", "succeeded")
        assert (spendable(ada), held(ada)) == (7_000_00, 0)
        # 10,000 came in, 3,000 and Paystack's fee went out.
        assert books() == (-(10_000_00 - 3_000_00 - FEE_OF_3000), -FEE_OF_3000)
        assert [(t["reference"], t["amount"], t["status"]) for t in sandbox.transfers()] == [
            (withdrawal.reference, 3_000_00, "success")
        ]
        assert Notification.objects.get().title == "₦3,000.00 is on your bank account"

    def test_a_lost_webhook_is_made_up_for_by_asking(self, ada, withdrawal, sandbox):
        work(withdrawal)
        sandbox.flush()

        assert work(withdrawal).status == Withdrawal.Status.SUCCEEDED
        assert len(sandbox.calls("paystack.transfer.create")) == 1

    def test_resolving_again_and_again_changes_nothing(self, ada, withdrawal, sandbox):
        work(withdrawal)
        sandbox.flush()
        for _ in range(5):
            resolve_withdrawal(reference=withdrawal.reference, at=timezone.now())

        assert (spendable(ada), held(ada)) == (7_000_00, 0)
        assert Notification.objects.count() == 1

    @pytest.mark.parametrize("status", ["failed", "abandoned", "blocked", "rejected"])
    def test_what_was_not_sent_comes_back(self, ada, withdrawal, sandbox, status):
        work(withdrawal)
        sandbox.set_transfer_status(withdrawal.reference, status)

        resolve_withdrawal(reference=withdrawal.reference, at=timezone.now())

        withdrawal.refresh_from_db()
        assert (withdrawal.status, withdrawal.state, shown(withdrawal)) == ("failed", WorkState.DONE, "failed")
        assert (spendable(ada), held(ada)) == (10_000_00, 0)

    def test_what_the_bank_sends_back_days_later_is_in_the_wallet_again(self, ada, withdrawal, sandbox):
        work(withdrawal)
        sandbox.flush()
        resolve_withdrawal(reference=withdrawal.reference, at=timezone.now())
        sandbox.set_transfer_status(withdrawal.reference, "reversed")

        for _ in range(3):
            resolve_withdrawal(reference=withdrawal.reference, at=timezone.now() + timedelta(days=3))

        withdrawal.refresh_from_db()
        assert (withdrawal.status, shown(withdrawal)) == ("reversed", "reversed")
        assert (spendable(ada), held(ada)) == (10_000_00, 0)
        back = Transaction.objects.get(type="reversal")
        assert (back.direction, back.amount_kobo, back.balance_after_kobo) == ("credit", 3_000_00, 10_000_00)

    def test_its_owner_can_follow_it(self, ada, withdrawal, sandbox, signed_in):
        work(withdrawal)
        sandbox.flush()
        resolve_withdrawal(reference=withdrawal.reference, at=timezone.now())
        sandbox.set_transfer_status(withdrawal.reference, "reversed")
        resolve_withdrawal(reference=withdrawal.reference, at=timezone.now())

        line = signed_in(ada).get(f"/api/v1/wallet/transactions/{withdrawal.transaction_id}").json()

        moments = [step["at"] for step in line["timeline"]]
        assert [step["status"] for step in line["timeline"]] == ["pending", "submitted", "succeeded", "reversed"]
        assert moments == sorted(moments)

    def test_what_came_back_before_we_heard_of_its_success_is_in_the_wallet_too(self, ada, withdrawal, sandbox):
        work(withdrawal)
        sandbox.flush()
        sandbox.set_transfer_status(withdrawal.reference, "reversed")

        resolve_withdrawal(reference=withdrawal.reference, at=timezone.now())

        assert shown(withdrawal) == "reversed"
        assert (spendable(ada), held(ada)) == (10_000_00, 0)

    @pytest.mark.parametrize(
        "kind",
        ["timeout_after", "html_502", "rate_limited"],
    )
    def test_an_unknown_answer_keeps_the_money_held_and_pays_once(self, ada, withdrawal, sandbox, settings, kind):
        give_up_sooner(settings, kind)
        sandbox.inject_fault("paystack.transfer.create", kind)

        assert work(withdrawal).state == WorkState.READY
        assert (spendable(ada), held(ada), shown(withdrawal)) == (7_000_00, 3_000_00, "pending")
        work(withdrawal)
        sandbox.flush()
        work(withdrawal)

        assert (spendable(ada), held(ada), shown(withdrawal)) == (7_000_00, 0, "succeeded")
        assert [transfer["reference"] for transfer in sandbox.transfers()] == [withdrawal.reference]

    def test_a_worker_that_died_before_telling_the_provider_is_followed_by_one_that_asks_first(
        self, ada, withdrawal, sandbox
    ):
        Withdrawal.objects.update(status=Withdrawal.Status.SUBMITTED, submitted_at=timezone.now(), attempts=1)

        work(withdrawal)

        operations = [call.operation for call in sandbox.calls() if "paystack.transfer." in call.operation]
        assert operations == ["paystack.transfer.verify", "paystack.transfer.create"]

    def test_a_reference_that_the_provider_has_already_is_asked_about_not_failed(self, ada, withdrawal, sandbox):
        work(withdrawal)
        sandbox.flush()
        # As if our note of having sent it were lost, in a restored backup say.
        Withdrawal.objects.update(status=Withdrawal.Status.REQUESTED, submitted_at=None)

        assert work(withdrawal).status == Withdrawal.Status.SUCCEEDED
        assert (spendable(ada), held(ada)) == (7_000_00, 0)
        assert len(sandbox.transfers()) == 1

    @pytest.mark.parametrize(("fate", "left"), [("success", 7_000_00), ("failed", 10_000_00)])
    def test_a_ban_or_a_freeze_does_not_stop_what_is_under_way(self, ada, withdrawal, sandbox, fate, left):
        ada.is_active = False
        ada.save(update_fields=["is_active"])
        with transaction.atomic():
            ledger.set_status(chart.wallet_account(withdrawal.wallet_id), AccountStatus.FROZEN)
        work(withdrawal)
        sandbox.set_transfer_status(withdrawal.reference, fate)

        resolve_withdrawal(reference=withdrawal.reference, at=timezone.now())

        assert (spendable(ada), held(ada)) == (left, 0)

    def test_our_own_low_float_keeps_it_pending_until_there_is_money(self, ada, withdrawal, sandbox, settings):
        BankAccount.objects.update(recipient_code="RCP_known")
        refusal = {"status": False, "message": "Your balance is not enough to fulfil this request"}
        paystack = settings.PAYSTACK_BASE_URL
        with canned_paystack(refusal, status=400) as address:
            settings.PAYSTACK_BASE_URL = address
            work(withdrawal)
        assert (shown(withdrawal), held(ada), withdrawal.state) == ("pending", 3_000_00, WorkState.READY)
        assert "LOW_FLOAT" in withdrawal.last_error

        settings.PAYSTACK_BASE_URL = paystack
        BankAccount.objects.update(recipient_code="")
        work(withdrawal)
        assert [transfer["reference"] for transfer in sandbox.transfers()] == [withdrawal.reference]

    def test_after_many_tries_a_person_looks_and_the_money_stays_held(self, ada, withdrawal, sandbox):
        Withdrawal.objects.update(attempts=Withdrawal.attempt_cap - 1)
        sandbox.inject_fault("paystack.*", "error_500", times=5)

        assert work(withdrawal).state == WorkState.NEEDS_REVIEW
        assert (shown(withdrawal), held(ada)) == ("pending", 3_000_00)

        sandbox.clear_faults()
        retry_withdrawal(actor=UserFactory.create(), withdrawal_id=withdrawal.pk, reason="back up", at=timezone.now())
        work(withdrawal)
        sandbox.flush()
        assert work(withdrawal).status == Withdrawal.Status.SUCCEEDED

    def test_an_unknown_answer_to_a_webhook_is_for_later(self, ada, withdrawal, sandbox):
        work(withdrawal)

        # Still pending there: the webhook came too early, or was none of Paystack's.
        with pytest.raises(ProviderUnavailableError):
            resolve_withdrawal(reference=withdrawal.reference, at=timezone.now())
        assert (shown(withdrawal), held(ada)) == ("pending", 3_000_00)

    def test_a_reference_that_is_none_of_ours_does_nothing(self, db):
        assert resolve_withdrawal(reference="contri-unknown", at=timezone.now()) is None


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
class TestRaces:
    def test_the_whole_balance_cannot_be_withdrawn_twice_at_once(self, ada, bank, pin_token):
        tokens = [pin_token(ada) for _ in range(6)]

        def withdraw(token):
            try:
                request_withdrawal(
                    actor=ada, bank_account_id=bank.pk, amount_kobo=10_000_00, pin_token=token, at=timezone.now()
                )
            except InsufficientFundsError:
                return False
            return True

        done = at_once([partial(withdraw, token) for token in tokens])

        assert sorted(done) == [False] * 5 + [True]
        assert (spendable(ada), held(ada)) == (0, 10_000_00)

    def test_two_workers_and_ten_webhooks_at_once_pay_and_settle_once(self, ada, withdrawal, sandbox):
        at_once([lambda: work_withdrawals(at=timezone.now())] * 2)
        sandbox.flush()
        Withdrawal.objects.update(due_at=timezone.now() - timedelta(seconds=1))

        at_once(
            [lambda: resolve_withdrawal(reference=withdrawal.reference, at=timezone.now())] * 8
            + [lambda: work_withdrawals(at=timezone.now())] * 2
        )

        assert balance_of(ada).owned_kobo == 7_000_00
        assert (spendable(ada), held(ada)) == (7_000_00, 0)
        assert len(sandbox.transfers()) == 1
        assert Notification.objects.count() == 1
