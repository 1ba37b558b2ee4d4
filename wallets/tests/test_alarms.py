"""What is late is said: by its age, not by how often it was tried."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import PinPurpose
from accounts.tests.factories import UserFactory
from wallets import services
from wallets.services.alarms import Alarm, sound_alarms
from wallets.tests.factories import fund, link_bank

pytestmark = pytest.mark.django_db


def test_nothing_late_nothing_said(sandbox):
    ada = UserFactory.create()
    services.start_deposit(actor=ada, amount_kobo=5_000_00, at=timezone.now())

    assert sound_alarms(at=timezone.now()) == []


def test_each_kind_of_late_work_is_named_with_its_oldest(sandbox, pin_token, caplog):
    ada = UserFactory.create(tier=2)
    fund(ada, 9_000_00)
    bank, now = link_bank(ada), timezone.now()
    withdrawals = [
        services.request_withdrawal(
            actor=ada,
            bank_account_id=bank.pk,
            amount_kobo=1_000_00,
            pin_token=pin_token(ada, PinPurpose.WITHDRAW),
            at=now,
        )
        for _ in range(2)
    ]
    deposit = services.start_deposit(actor=ada, amount_kobo=5_000_00, at=now)
    paid = services.start_deposit(actor=ada, amount_kobo=5_000_00, at=now)
    sandbox.pay(paid.authorization_url)
    services.review_dispute(code=str(sandbox.dispute(paid.reference)), at=now)

    alarms = sound_alarms(at=now + timedelta(hours=13))

    assert alarms == [
        Alarm("withdrawals under way for over an hour", 2, withdrawals[0].reference),
        Alarm("deposits without an answer for hours", 1, deposit.reference),
        Alarm("disputes to be answered within four hours", 1, paid.reference),
    ]
    assert sum("the oldest is" in line for line in caplog.messages) == 3
