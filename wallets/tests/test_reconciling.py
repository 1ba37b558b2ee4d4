"""Comparing a provider's lists with the books: every kind of difference, what is fixed, and what is left to people."""

import json
from datetime import time, timedelta
from uuid import uuid4

import httpx
import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.utils import timezone

from accounts.models import PinPurpose
from accounts.tests.factories import UserFactory
from contri.core.moments import lagos_day, lagos_moment, rfc3339
from wallets import services
from wallets.errors import NotWaitingForReviewError
from wallets.models import Deposit, ReconciliationItem, ReconciliationRun, Withdrawal
from wallets.providers.base import Failed, Why
from wallets.services import audit_ledger, explain_difference, reconcile, settle_deposit, work_withdrawals
from wallets.services.payment_endings import conclude
from wallets.tests.factories import fund, in_suspense, link_bank, spendable

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada(sandbox):
    return UserFactory.create(first_name="Ada", last_name="Okafor", tier=2)


@pytest.fixture
def paid(ada, sandbox):
    """`paid()`: a deposit of ₦5,000 that Ada paid and that nobody told us of yet."""

    def call(provider="paystack"):
        kept = services.start_deposit(actor=ada, amount_kobo=5_000_00, provider=provider, at=timezone.now())
        sandbox.pay(kept.authorization_url)
        return kept

    return call


@pytest.fixture
def booked(paid):
    """`booked()`: the same, credited."""
    return lambda provider="paystack": settle(paid(provider))


@pytest.fixture
def sent(ada, pin_token, sandbox):
    """`sent()`: a withdrawal of ₦3,000 that the provider has heard of."""

    def call():
        fund(ada, 5_000_00)
        account = ada.bank_accounts.first() or link_bank(ada)
        withdrawal = services.request_withdrawal(
            actor=ada,
            bank_account_id=account.pk,
            amount_kobo=3_000_00,
            pin_token=pin_token(ada, PinPurpose.WITHDRAW),
            at=timezone.now(),
        )
        work_withdrawals(at=timezone.now())
        return withdrawal

    return call


def settle(deposit):
    return settle_deposit(reference=deposit.reference, at=timezone.now(), provider=deposit.provider)


def compare(provider="paystack", **options):
    now = timezone.now()
    return reconcile(
        provider=provider, since=now - timedelta(hours=12), until=now + timedelta(hours=1), at=now, **options
    )


def told(differences):
    return [(one.kind, one.reference, one.what.value) for one in differences]


class TestComparing:
    @pytest.mark.parametrize("provider", ["paystack", "flutterwave"])
    def test_what_is_told_the_same_is_no_difference(self, booked, provider):
        booked(provider)
        booked(provider)

        found = compare(provider)

        assert (found.compared, found.open, found.fixed, found.stopped) == (2, [], [], "")

    def test_payments_in_and_out_agree(self, booked, sent, sandbox):
        booked()
        withdrawal = sent()
        sandbox.flush()
        services.resolve_withdrawal(reference=withdrawal.reference, at=timezone.now())

        found = compare()

        assert (found.compared, found.open) == (2, [])

    @pytest.mark.parametrize("provider", ["paystack", "flutterwave"])
    def test_a_payment_whose_webhook_was_lost_is_found_and_fixed(self, ada, paid, provider):
        deposit = paid(provider)

        assert told(compare(provider).open) == [("charge", deposit.reference, "not_booked")]
        assert spendable(ada) == 0

        found = compare(provider, fix=True)

        assert (told(found.fixed), found.open) == ([("charge", deposit.reference, "not_booked")], [])
        assert spendable(ada) == 5_000_00
        assert compare(provider).open == []
        assert audit_ledger() == []

    def test_a_payment_that_nobody_asked_for_goes_to_suspense_when_fixed(self, paid):
        stray = paid()
        stray.delete()

        assert told(compare().open) == [("charge", stray.reference, "unknown")]
        found = compare(fix=True)

        assert (told(found.fixed), found.open) == ([("charge", stray.reference, "unknown")], [])
        assert in_suspense() == 5_000_00

    def test_a_transfer_that_ended_unheard_is_fixed(self, sent, sandbox):
        withdrawal = sent()
        sandbox.flush()

        assert told(compare().open) == [("payment", withdrawal.reference, "not_booked")]
        assert compare(fix=True).open == []
        assert Withdrawal.objects.get().status == Withdrawal.Status.SUCCEEDED

    def test_a_transfer_that_came_back_days_later_is_fixed(self, sent, sandbox):
        withdrawal = sent()
        sandbox.flush()
        services.resolve_withdrawal(reference=withdrawal.reference, at=timezone.now())
        sandbox.set_transfer_status(withdrawal.reference, "reversed")

        assert told(compare(fix=True).fixed) == [("payment", withdrawal.reference, "not_booked")]
        assert Withdrawal.objects.get().status == Withdrawal.Status.REVERSED
        assert audit_ledger() == []

    def test_a_transfer_that_is_none_of_ours_is_left_to_people(self, sent, sandbox):
        sent()
        _send_by_hand("contri-by-hand-0001")
        sandbox.flush()

        found = compare(fix=True)

        assert told(found.open) == [("payment", "contri-by-hand-0001", "unknown")]

    def test_what_we_booked_and_they_do_not_list_is_left_to_people(self, booked, sandbox):
        deposit = booked()
        sandbox.reset()

        found = compare(fix=True)

        assert told(found.open) == [("charge", deposit.reference, "missing")]

    def test_what_we_gave_back_and_they_paid_is_booked_as_paid_late(self, sent, sandbox):
        withdrawal = sent()
        conclude(withdrawal_id=withdrawal.pk, answer=Failed(Why.DECLINED), at=timezone.now())
        sandbox.flush()

        assert told(compare(fix=True).fixed) == [("payment", withdrawal.reference, "not_booked")]
        assert Withdrawal.objects.get().status == Withdrawal.Status.PAID_LATE
        assert compare().open == []
        assert audit_ledger() == []

    def test_what_was_paid_late_and_then_sent_back_is_left_to_people(self, sent, sandbox):
        withdrawal = sent()
        conclude(withdrawal_id=withdrawal.pk, answer=Failed(Why.DECLINED), at=timezone.now())
        sandbox.flush()
        compare(fix=True)
        sandbox.set_transfer_status(withdrawal.reference, "reversed")

        assert told(compare(fix=True).open) == [("payment", withdrawal.reference, "contradicted")]

    def test_more_than_was_asked_for_is_no_difference_once_booked(self, booked, sandbox):
        sandbox.inject_fault("paystack.charge", "other_amount", amount=6_000_00, requested_amount=5_000_00)
        booked()

        assert compare().open == []

    def test_another_amount_is_told(self, booked):
        deposit = booked()
        # The ledger itself cannot be changed; a deposit that points at nothing has booked nothing.
        Deposit.objects.update(journal_id=uuid4())

        assert told(compare(fix=True).open) == [("charge", deposit.reference, "amount")]

    def test_money_that_they_sent_back_is_told(self, booked, sandbox):
        deposit = booked()
        httpx.post(
            f"{settings.PAYSTACK_BASE_URL}/refund", json={"transaction": deposit.reference}, headers=_key()
        ).raise_for_status()
        sandbox.flush()

        assert told(compare(fix=True).open) == [("charge", deposit.reference, "taken_back")]

    def test_a_charged_back_payment_is_no_difference(self, booked, sandbox):
        deposit = booked()
        number = sandbox.dispute(deposit.reference)
        sandbox.decide_dispute(number, "auto-accepted")
        services.review_dispute(code=str(number), at=timezone.now())

        assert compare().open == []


class TestRows:
    def test_a_run_and_its_differences_are_kept(self, paid):
        deposit = paid()

        found = compare()

        run = ReconciliationRun.objects.get()
        item = ReconciliationItem.objects.get()
        assert (run.pk, run.provider, run.compared, run.stopped) == (found.run_id, "paystack", 1, "")
        assert (item.run, item.kind, item.reference) == (run, "charge", deposit.reference)
        assert (item.what, item.theirs, item.ours, item.status) == (
            "not_booked",
            "done ₦5,000.00, fee ₦175.00",
            "pending",
            "open",
        )
        assert run.balance_kobo is not None

    def test_the_same_difference_is_told_once(self, paid):
        paid()
        compare()
        compare()

        assert (ReconciliationRun.objects.count(), ReconciliationItem.objects.count()) == (2, 1)

    def test_an_explained_one_stays_explained(self, paid):
        paid()
        compare()
        staff = UserFactory.create(is_staff=True)
        item = explain_difference(actor=staff, item_id=ReconciliationItem.objects.get().pk, reason="asked the bank")

        with pytest.raises(NotWaitingForReviewError):
            explain_difference(actor=staff, item_id=item.pk, reason="again")
        compare()

        assert ReconciliationItem.objects.get().explanation == "asked the bank"

    def test_a_provider_that_stops_answering_leaves_the_run_incomplete_and_accuses_nobody(self, booked, sandbox):
        booked()
        sandbox.inject_fault("paystack.transaction.list", "html_502")

        found = compare(fix=True)

        assert (found.open, found.compared, found.stopped) == ([], 0, "charges, page 1: HTTP 502")
        assert ReconciliationRun.objects.get().stopped == found.stopped

    def test_all_pages_are_read(self, ada, booked, monkeypatch):
        monkeypatch.setattr("wallets.providers.paystack.PAGE_SIZE", 2)
        for _ in range(5):
            booked()
        pages = []

        found = compare(on_page=lambda kind, entries: pages.append((kind, entries)))

        assert (found.compared, found.open) == (5, [])
        assert pages == [("charge", 2), ("charge", 2), ("charge", 1), ("payment", 0)]

    def test_the_daily_run_looks_at_yesterday_with_every_provider(self, sandbox):
        runs = services.reconcile_yesterday(at=timezone.now())

        yesterday = lagos_day(timezone.now()) - timedelta(days=1)
        assert [(run.provider, lagos_day(run.since)) for run in runs] == [
            ("paystack", yesterday),
            ("flutterwave", yesterday),
        ]

    @pytest.mark.parametrize(
        ("stopped", "days"), [({}, 1), ({3: "HTTP 502"}, 1), ({1: "HTTP 502"}, 2), ({1: "HTTP 502", 2: "HTTP 502"}, 3)]
    )
    def test_a_night_that_was_not_complete_is_made_up_for(self, sandbox, stopped, days):
        midnights = [lagos_moment(lagos_day(timezone.now()) - timedelta(days=ago), time.min) for ago in range(6)]
        for ago in range(1, 5):
            ReconciliationRun.objects.create(
                provider="paystack",
                since=midnights[ago + 1],
                until=midnights[ago],
                fixes=True,
                stopped=stopped.get(ago, ""),
            )

        [run, _] = services.reconcile_yesterday(at=timezone.now())

        assert (run.since, run.until) == (midnights[days], midnights[0])

    def test_nights_that_were_missed_are_made_up_for_back_to_the_last_one(self, sandbox):
        midnights = [lagos_moment(lagos_day(timezone.now()) - timedelta(days=ago), time.min) for ago in range(6)]
        run = ReconciliationRun.objects.create(provider="paystack", since=midnights[5], until=midnights[4], fixes=True)
        assert services.reconcile_yesterday(at=timezone.now())[0].since == midnights[4]

        ReconciliationRun.objects.exclude(pk=run.pk).delete()
        ReconciliationRun.objects.update(fixes=False)
        assert services.reconcile_yesterday(at=timezone.now())[0].since == midnights[1]

    def test_a_payment_that_came_back_days_later_is_noticed_that_night(self, sent, sandbox):
        withdrawal = sent()
        sandbox.set_transfer_status(withdrawal.reference, "success")
        services.resolve_withdrawal(reference=withdrawal.reference, at=timezone.now())
        sandbox.set_transfer_status(withdrawal.reference, "reversed")

        services.reconcile_yesterday(at=timezone.now() + timedelta(days=9))
        withdrawal.refresh_from_db()
        assert withdrawal.status == Withdrawal.Status.SUCCEEDED

        services.reconcile_yesterday(at=timezone.now() + timedelta(days=7))
        withdrawal.refresh_from_db()
        assert withdrawal.status == Withdrawal.Status.REVERSED
        assert audit_ledger() == []

    def test_a_payment_that_cannot_be_asked_about_leaves_the_night_incomplete(self, paid, sandbox):
        deposit = paid()
        sandbox.inject_fault("paystack.transaction.verify", "html_502")

        found = compare(fix=True)

        assert found.stopped.startswith(f"charge {deposit.reference}: ")
        assert ReconciliationRun.objects.get().stopped == found.stopped


class TestCommand:
    def run(self, capsys, *arguments):
        code = 0
        try:
            call_command("reconcile", *arguments)
        except SystemExit as end:
            code = int(end.code or 0)
        return code, capsys.readouterr().out

    def since(self):
        return rfc3339(timezone.now() - timedelta(hours=1))

    def until(self):
        return rfc3339(timezone.now() + timedelta(hours=1))

    def test_a_dry_run_tells_and_keeps_nothing(self, ada, paid, capsys):
        deposit = paid()

        code, out = self.run(capsys, "--from", self.since(), "--to", self.until(), "--fix", "--dry-run", "--json")

        report = json.loads(out)
        assert (code, [one["reference"] for one in report["open"]]) == (1, [deposit.reference])
        assert (report["fixed"], report["run_id"], spendable(ada)) == ([], None, 0)
        assert ReconciliationRun.objects.count() == 0

    def test_fixing_all_ends_well(self, ada, paid, capsys):
        paid()

        code, out = self.run(capsys, "--from", self.since(), "--to", self.until(), "--fix")

        assert (code, spendable(ada)) == (0, 5_000_00)
        assert "1 entries compared, 0 differ, 1 fixed" in out

    @pytest.mark.parametrize(
        "arguments",
        [("--provider", "monnify"), ("--from", "yesterday"), ("--from", "2027-02-30"), ("--from", "2030-01-01")],
    )
    def test_nonsense_is_refused(self, sandbox, arguments):
        with pytest.raises(CommandError):
            call_command("reconcile", *arguments)


def _key():
    return {"Authorization": f"Bearer {settings.PAYSTACK_SECRET_KEY}"}


def _send_by_hand(reference):
    recipient = httpx.post(
        f"{settings.PAYSTACK_BASE_URL}/transferrecipient",
        json={"type": "nuban", "name": "X", "account_number": "0123456799", "bank_code": "058", "currency": "NGN"},
        headers=_key(),
    ).json()["data"]["recipient_code"]
    httpx.post(
        f"{settings.PAYSTACK_BASE_URL}/transfer",
        json={"source": "balance", "amount": 100_00, "recipient": recipient, "reference": reference},
        headers=_key(),
    ).raise_for_status()
