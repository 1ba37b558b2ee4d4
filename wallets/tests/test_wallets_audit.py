"""The audit compares what people are shown with what was booked, and finds each difference."""

from typing import Any
from uuid import uuid4

import pytest
from django.db import transaction
from django.utils import timezone

from accounts.tests.factories import UserFactory
from wallets.models import Deposit, ParkedCredit, SuspenseItem, Transaction, Withdrawal
from wallets.services import (
    Claim,
    collect_contributions,
    open_circle_accounts,
    pay_out_pot,
    request_withdrawal,
    resolve_withdrawal,
    settle_deposit,
    start_deposit,
    work_withdrawals,
)
from wallets.services.audit import audit_ledger
from wallets.tests.factories import link_bank, send

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada():
    return UserFactory.create(tier=3)


@pytest.fixture
def bola():
    return UserFactory.create(tier=0)


@pytest.fixture
def life(ada, bola, pin_token, sandbox):
    """Everything that can happen to money, once."""
    deposit_money(ada, sandbox, 90_000_00)
    deposit_money(ada, sandbox, 5_000_00, paid=5_100_00)
    deposit_money(ada, sandbox, 5_000_00, paid=4_900_00)
    start_deposit(actor=ada, amount_kobo=100_00, at=timezone.now())
    send(ada, bola, 40_000_00, pin_token=pin_token(ada))
    turn_a_circle(ada, bola)
    bank = link_bank(ada)
    for fate in (["success"], ["failed"], ["success", "reversed"], []):
        withdraw(ada, bank, pin_token, sandbox, fate)


def deposit_money(person, sandbox, kobo, *, paid=None):
    deposit = start_deposit(actor=person, amount_kobo=kobo, at=timezone.now())
    if paid:
        sandbox.inject_fault("paystack.charge", "other_amount", amount=paid, reference=deposit.reference)
    sandbox.pay(deposit.authorization_url)
    settle_deposit(reference=deposit.reference, at=timezone.now())


@transaction.atomic
def turn_a_circle(payer, winner):
    circle, payment, payout = uuid4(), uuid4(), uuid4()
    open_circle_accounts(circle_id=circle)
    claim = Claim(payment.hex, payment, payer.pk, 20_000_00, "Cycle 1")
    collect_contributions(circle_id=circle, claims=[claim], at=timezone.now(), initiator_id=None)
    # The winner's tier holds 50,000 and has 40,000: half of this is parked.
    pay_out_pot(
        circle_id=circle,
        payout_id=payout,
        user_id=winner.pk,
        amount_kobo=20_000_00,
        key=payout.hex,
        description="Cycle 1",
        at=timezone.now(),
    )


def withdraw(person, bank, pin_token, sandbox, fate):
    withdrawal = request_withdrawal(
        actor=person,
        bank_account_id=bank.pk,
        amount_kobo=1_000_00,
        pin_token=pin_token(person),
        at=timezone.now(),
    )
    work_withdrawals(at=timezone.now())
    for status in fate:
        sandbox.set_transfer_status(withdrawal.reference, status)
        resolve_withdrawal(reference=withdrawal.reference, at=timezone.now())


def test_a_whole_life_of_money_leaves_nothing_to_find(life):
    assert {withdrawal.status for withdrawal in Withdrawal.objects.all()} == {
        "succeeded",
        "failed",
        "reversed",
        "submitted",
    }
    assert {deposit.status for deposit in Deposit.objects.all()} == {"succeeded", "suspended", "pending"}
    assert audit_ledger() == []


# What somebody might do behind the verbs' back, and the check that tells.
TAMPERINGS: list[tuple[Any, dict[str, Any], dict[str, Any], str]] = [
    (Deposit, {"status": "succeeded", "amount_kobo": 90_000_00}, {"amount_kobo": 90_000_01}, "deposits"),
    (Deposit, {"status": "succeeded", "amount_kobo": 90_000_00}, {"status": "failed"}, "deposits"),
    (
        Deposit,
        {"status": "pending"},
        {"status": "succeeded", "journal_id": uuid4(), "settled_at": timezone.now()},
        "deposits",
    ),
    (Withdrawal, {"status": "failed"}, {"status": "succeeded"}, "withdrawals"),
    (Withdrawal, {"status": "submitted"}, {"status": "failed"}, "withdrawals"),
    (Withdrawal, {"status": "reversed"}, {"status": "succeeded"}, "withdrawals"),
    (Withdrawal, {"status": "succeeded"}, {"amount_kobo": 1_000_01}, "withdrawals"),
    (Transaction, {"type": "contribution"}, {"amount_kobo": 20_000_01}, "lines"),
    (Transaction, {"type": "payout"}, {"direction": "debit"}, "lines"),
    (Transaction, {"type": "payout"}, {"journal_id": None, "status": "failed"}, "lines"),
    (Transaction, {"type": "reversal"}, {"journal_id": uuid4()}, "lines"),
    (ParkedCredit, {}, {"released_kobo": 1}, "parked"),
    (SuspenseItem, {"reason": "more_than_asked"}, {"amount_minor": 1}, "suspense"),
]


def test_each_difference_is_found_by_its_check(life):
    found = []
    for model, which, values, _check in TAMPERINGS:
        undone = transaction.savepoint()
        assert model.objects.filter(**which).update(**values) == 1
        found.append({finding.check for finding in audit_ledger()})
        transaction.savepoint_rollback(undone)

    assert found == [{check} for *_, check in TAMPERINGS]
