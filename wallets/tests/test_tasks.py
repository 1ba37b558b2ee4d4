"""The worker's door: what the beat calls by name, and what a nudge calls with an id."""

from datetime import timedelta

import pytest
from celery import current_app
from django.conf import settings
from django.utils import timezone

from accounts.tests.factories import UserFactory
from wallets import tasks
from wallets.models import Deposit, Withdrawal
from wallets.services import request_withdrawal, start_deposit
from wallets.tests.factories import fund, link_bank, spendable


@pytest.fixture
def ada(db):
    person = UserFactory.create(tier=1)
    fund(person, 10_000_00)
    return person


@pytest.fixture
def withdrawal(ada, pin_token, sandbox):
    return request_withdrawal(
        actor=ada,
        bank_account_id=link_bank(ada).pk,
        amount_kobo=3_000_00,
        pin_token=pin_token(ada),
        at=timezone.now(),
    )


def test_every_task_that_the_beat_calls_here_is_there():
    called = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}
    ours = {name for name in called if name.startswith("wallets.")}

    assert {"wallets.work_withdrawals", "wallets.verify_open_deposits", "wallets.release_parked"} <= ours
    assert ours <= set(current_app.tasks)


def test_a_nudge_sends_the_withdrawal_it_names(withdrawal, sandbox):
    tasks.work_withdrawals(str(withdrawal.pk))

    assert [transfer["reference"] for transfer in sandbox.transfers()] == [withdrawal.reference]


def test_a_nudge_that_comes_twice_sends_it_once(withdrawal, sandbox):
    for _ in range(2):
        tasks.work_withdrawals(str(withdrawal.pk))

    assert len(sandbox.transfers()) == 1
    assert Withdrawal.objects.get().attempts == 1


def test_the_sweep_finds_a_withdrawal_whose_nudge_was_lost(withdrawal, sandbox):
    tasks.work_withdrawals()

    assert len(sandbox.transfers()) == 1


def test_the_provider_hears_of_a_withdrawal_only_after_the_commit(
    ada, pin_token, sandbox, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks() as callbacks:
        request_withdrawal(
            actor=ada,
            bank_account_id=link_bank(ada).pk,
            amount_kobo=3_000_00,
            pin_token=pin_token(ada),
            at=timezone.now(),
        )

    assert callbacks
    assert sandbox.calls() == []


def test_the_sweep_settles_a_deposit_whose_webhook_was_lost(ada, sandbox):
    deposit = start_deposit(actor=ada, amount_kobo=5_000_00, at=timezone.now())
    sandbox.pay(deposit.authorization_url)
    Deposit.objects.update(due_at=timezone.now() - timedelta(seconds=1))

    tasks.verify_open_deposits()

    assert spendable(ada) == 15_000_00


def test_releasing_parked_money_with_none_does_nothing(ada):
    tasks.release_parked()

    assert spendable(ada) == 10_000_00
