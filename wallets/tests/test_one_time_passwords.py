"""A payout for which the provider wants a one-time password: staff give it, or the money goes back; none is trapped."""

import logging

import pytest
from django.utils import timezone

from accounts.tests.factories import UserFactory
from contri.core.work import WorkState
from wallets.errors import NotWaitingForReviewError, PasswordNotTakenError, ProviderUnavailableError
from wallets.models import Withdrawal
from wallets.providers.base import AWAITS_PASSWORD
from wallets.services import audit_ledger, confirm_withdrawal, request_withdrawal, work_withdrawals
from wallets.tests.factories import fund, held, link_bank, spendable
from wallets.tests.test_admin import act

pytestmark = pytest.mark.django_db

# Transfers to it wait for the password 123456 in the sandbox.
WAITING_ACCOUNT = "0000000104"


@pytest.fixture
def ada():
    return UserFactory.create(tier=1)


@pytest.fixture
def waiting(ada, sandbox, pin_token):
    """₦3,000 of Ada's ₦10,000, for which Paystack wants a password."""
    fund(ada, 10_000_00)
    account = link_bank(ada, account_number=WAITING_ACCOUNT)
    withdrawal = request_withdrawal(
        actor=ada, bank_account_id=account.pk, amount_kobo=3_000_00, pin_token=pin_token(ada), at=timezone.now()
    )
    work()
    withdrawal.refresh_from_db()
    return withdrawal


@pytest.fixture
def boss():
    return UserFactory.create(is_staff=True, is_superuser=True)


def work():
    Withdrawal.objects.filter(state=WorkState.READY).update(due_at=timezone.now())
    work_withdrawals(at=timezone.now())


def confirm(actor, withdrawal, password="123456"):
    return confirm_withdrawal(
        actor=actor, withdrawal_id=withdrawal.pk, password=password, reason="it came by SMS", at=timezone.now()
    )


def test_people_are_told_that_one_is_wanted_and_the_money_stays_held(ada, waiting, caplog):
    with caplog.at_level(logging.ERROR):
        work()

    waiting.refresh_from_db()
    assert (waiting.status, waiting.state, waiting.last_error) == ("submitted", WorkState.READY, AWAITS_PASSWORD)
    assert (spendable(ada), held(ada)) == (7_000_00, 3_000_00)
    assert AWAITS_PASSWORD in caplog.text


def test_with_the_password_it_is_paid(ada, waiting, boss, sandbox):
    assert confirm(boss, waiting).status == "submitted"
    sandbox.flush()
    work()

    assert (Withdrawal.objects.get().status, spendable(ada), held(ada)) == ("succeeded", 7_000_00, 0)
    assert audit_ledger() == []


def test_a_wrong_password_changes_nothing(ada, waiting, boss, sandbox):
    with pytest.raises(PasswordNotTakenError, match="OTP is invalid"):
        confirm(boss, waiting, "000000")

    assert (Withdrawal.objects.get().status, held(ada)) == ("submitted", 3_000_00)
    assert confirm(boss, waiting).status == "submitted"


def test_abandoned_after_half_an_hour_it_goes_back(ada, waiting, boss, sandbox):
    sandbox.set_transfer_status(waiting.reference, "abandoned")
    work()

    assert (Withdrawal.objects.get().status, spendable(ada), held(ada)) == ("failed", 10_000_00, 0)
    assert audit_ledger() == []
    with pytest.raises(NotWaitingForReviewError):
        confirm(boss, waiting)


@pytest.mark.parametrize("kind", ["error_500", "reset_after"])
def test_a_provider_that_does_not_answer_leaves_it_as_it_is(ada, waiting, boss, sandbox, kind):
    sandbox.inject_fault("paystack.transfer.finalize", kind)

    with pytest.raises(ProviderUnavailableError):
        confirm(boss, waiting)
    assert (Withdrawal.objects.get().status, held(ada)) == ("submitted", 3_000_00)


def test_staff_give_it_in_the_admin_and_it_is_kept_nowhere(waiting, boss, client, caplog):
    client.force_login(boss)
    with caplog.at_level(logging.DEBUG):
        page = act(client, Withdrawal, "confirm", waiting, otp="123456", follow=True)

    assert "Done for 1." in page.content.decode()
    assert "123456" not in caplog.text
