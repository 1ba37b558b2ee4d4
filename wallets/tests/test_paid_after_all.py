"""A withdrawal that was given back and is paid all the same: the money left twice, and the books say who has it."""

import logging

import pytest
from django.utils import timezone

from accounts.tests.factories import UserFactory
from contri.core.two_people import approve
from contri.core.work import WorkState
from notifications.models import Notification
from wallets.models import Transaction, Wallet, Withdrawal
from wallets.providers.base import Failed, Payment, Succeeded, Why
from wallets.services import (
    ask_release,
    audit_ledger,
    recover_owed,
    request_withdrawal,
    resolve_withdrawal,
    work_withdrawals,
)
from wallets.services.payment_endings import conclude
from wallets.tests.factories import balance_of, fund, held, link_bank, spend, spendable

pytestmark = pytest.mark.django_db

NOT_PAID = Failed(Why.DECLINED, "failed")
CAME_BACK = Failed(Why.REVERSED, "reversed")


@pytest.fixture
def ada():
    return UserFactory.create(tier=1)


@pytest.fixture
def withdrawal(ada, pin_token):
    """₦3,000 of Ada's ₦10,000, on the way to her bank."""
    fund(ada, 10_000_00)
    return request_withdrawal(
        actor=ada,
        bank_account_id=link_bank(ada).pk,
        amount_kobo=3_000_00,
        pin_token=pin_token(ada),
        at=timezone.now(),
    )


def paid(withdrawal, *, kobo=3_000_00):
    return Succeeded(Payment(withdrawal.reference, "TRF_1", kobo, 10_00))


def word(withdrawal, answer):
    """The provider says so; where the withdrawal stands then."""
    told = conclude(withdrawal_id=withdrawal.pk, answer=answer, at=timezone.now())
    return told.status, told.state


def released(withdrawal):
    """Given up by the worker, and given back by two of staff."""
    Withdrawal.objects.update(state=WorkState.NEEDS_REVIEW)
    maker, checker = UserFactory.create(is_staff=True), UserFactory.create(is_staff=True)
    asked = ask_release(actor=maker, withdrawal_id=withdrawal.pk, reason="the bank has no trace of it")
    approve(actor=checker, request_id=asked.pk, reason="nor has the provider", at=timezone.now())


def test_it_is_taken_from_the_balance_again_and_everybody_is_told(ada, withdrawal, caplog):
    released(withdrawal)
    assert spendable(ada) == 10_000_00

    with caplog.at_level(logging.ERROR):
        assert word(withdrawal, paid(withdrawal)) == ("paid_late", "done")

    assert (spendable(ada), held(ada), balance_of(ada).owed_kobo) == (7_000_00, 0, 0)
    line = Transaction.objects.get(reference=f"{withdrawal.reference}-late")
    assert (line.type, line.direction, line.amount_kobo, line.balance_after_kobo) == (
        "withdrawal",
        "debit",
        3_000_00,
        7_000_00,
    )
    assert Transaction.objects.get(pk=withdrawal.transaction_id).status == "failed"
    assert "was given back and paid all the same" in caplog.text
    assert Notification.objects.get(kind="withdrawal_paid_late").title == "₦3,000.00 reached your bank after all"
    assert audit_ledger() == []


def test_what_is_spent_meanwhile_is_owed_and_paid_by_what_comes_in(ada, withdrawal):
    word(withdrawal, NOT_PAID)
    spend(ada, 9_000_00)

    word(withdrawal, paid(withdrawal))

    assert (spendable(ada), balance_of(ada).owed_kobo, Wallet.objects.get().is_owing) == (0, 2_000_00, True)
    assert audit_ledger() == []
    fund(ada, 2_500_00)
    assert recover_owed(user_id=ada.pk, at=timezone.now()) == 2_000_00
    assert (spendable(ada), Wallet.objects.get().is_owing) == (500_00, False)


def test_hearing_of_it_again_takes_nothing_more(ada, withdrawal):
    word(withdrawal, NOT_PAID)
    for _ in range(3):
        assert word(withdrawal, paid(withdrawal)) == ("paid_late", "done")

    assert spendable(ada) == 7_000_00
    assert Notification.objects.filter(kind="withdrawal_paid_late").count() == 1


def test_one_that_the_bank_had_sent_back_can_be_paid_after_all_too(ada, withdrawal):
    for answer in (paid(withdrawal), CAME_BACK):
        word(withdrawal, answer)
    assert spendable(ada) == 10_000_00

    assert word(withdrawal, paid(withdrawal)) == ("paid_late", "done")
    assert spendable(ada) == 7_000_00
    assert audit_ledger() == []


def test_one_that_was_paid_and_then_had_not_been_is_in_the_wallet_again(ada, withdrawal):
    assert word(withdrawal, paid(withdrawal)) == ("succeeded", "done")
    assert word(withdrawal, NOT_PAID) == ("reversed", "done")

    assert (spendable(ada), held(ada)) == (10_000_00, 0)
    assert audit_ledger() == []


@pytest.mark.parametrize("answer", [NOT_PAID, CAME_BACK], ids=["failed", "reversed"])
def test_whoever_takes_that_back_as_well_is_left_to_a_person(ada, withdrawal, answer):
    for told in (NOT_PAID, paid(withdrawal)):
        word(withdrawal, told)

    assert word(withdrawal, answer) == ("paid_late", WorkState.NEEDS_REVIEW)
    assert spendable(ada) == 7_000_00
    assert audit_ledger() == []


def test_another_amount_is_left_to_a_person_however_it_had_ended(ada, withdrawal):
    word(withdrawal, NOT_PAID)

    assert word(withdrawal, paid(withdrawal, kobo=2_999_99)) == ("failed", WorkState.NEEDS_REVIEW)
    assert spendable(ada) == 10_000_00


def test_a_provider_that_speaks_again_after_the_end_is_heard(ada, withdrawal, sandbox, signed_in):
    sandbox.register_bank_account(account_number="0123456784", bank_code="058", account_name="X Y")
    work_withdrawals(at=timezone.now())
    word(withdrawal, NOT_PAID)
    sandbox.flush()

    resolve_withdrawal(reference=withdrawal.reference, at=timezone.now())

    withdrawal.refresh_from_db()
    assert (withdrawal.status, spendable(ada)) == ("paid_late", 7_000_00)
    line = signed_in(ada).get(f"/api/v1/wallet/transactions/{withdrawal.transaction_id}").json()
    assert [step["status"] for step in line["timeline"]] == ["pending", "submitted", "failed", "succeeded"]
