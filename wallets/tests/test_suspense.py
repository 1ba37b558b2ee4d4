"""Money in suspense: two people of staff bring it to whose it is."""

import pytest
from django.contrib.admin.models import LogEntry
from django.db import IntegrityError
from django.utils import timezone

from accounts.tests.factories import UserFactory
from contri.core.two_people import SamePersonError
from wallets.errors import (
    NotWaitingForReviewError,
    RecipientNotFoundError,
    SuspenseItemNotFoundError,
)
from wallets.models import SuspenseItem
from wallets.models.wallet import Wallet
from wallets.services import approve_suspense_credit, ask_suspense_credit, settle_deposit, start_deposit
from wallets.services.audit import audit_ledger
from wallets.tests.factories import in_suspense, spendable

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada():
    return UserFactory.create(tier=1)


@pytest.fixture
def asker():
    return UserFactory.create(is_staff=True)


@pytest.fixture
def approver():
    return UserFactory.create(is_staff=True)


@pytest.fixture
def item(ada, sandbox):
    """₦4,900 that came for a deposit of ₦5,000."""
    deposit = start_deposit(actor=ada, amount_kobo=5_000_00, at=timezone.now())
    sandbox.inject_fault("paystack.charge", "other_amount", amount=4_900_00, reference=deposit.reference)
    sandbox.pay(deposit.authorization_url)
    settle_deposit(reference=deposit.reference, at=timezone.now())
    return SuspenseItem.objects.get()


def ask(asker, item, **given):
    return ask_suspense_credit(actor=asker, item_id=item.pk, reason="Ada sent the receipt", **given)


def approve(approver, item):
    return approve_suspense_credit(actor=approver, item_id=item.pk, reason="seen it", at=timezone.now())


def test_one_asks_another_approves_and_the_owner_has_the_money(ada, asker, approver, item):
    ask(asker, item)
    assert (spendable(ada), in_suspense()) == (0, 4_900_00)

    line = approve(approver, item)

    item.refresh_from_db()
    assert (spendable(ada), in_suspense()) == (4_900_00, 0)
    assert (item.status, item.asked_by, item.approved_by) == ("resolved", asker, approver)
    assert (line.type, line.direction, line.amount_kobo, line.balance_after_kobo) == (
        "deposit",
        "credit",
        4_900_00,
        4_900_00,
    )
    on_record = LogEntry.objects.filter(object_id=str(item.pk), user__in=[asker, approver])
    assert {entry.user_id for entry in on_record} == {asker.pk, approver.pk}
    assert audit_ledger() == []


def test_it_can_be_credited_to_somebody_else_by_address(asker, approver, item):
    bola = UserFactory.create(tier=1)
    ask(asker, item, email=bola.email.upper())
    approve(approver, item)

    assert (spendable(bola), in_suspense()) == (4_900_00, 0)


def test_whoever_asked_cannot_approve(ada, asker, item):
    ask(asker, item)
    with pytest.raises(SamePersonError):
        approve(asker, item)
    assert (spendable(ada), in_suspense()) == (0, 4_900_00)


def test_nothing_is_credited_that_nobody_asked_for(approver, item):
    with pytest.raises(NotWaitingForReviewError):
        approve(approver, item)


def test_nothing_is_credited_twice(ada, asker, approver, item):
    ask(asker, item)
    approve(approver, item)
    with pytest.raises(NotWaitingForReviewError):
        approve(approver, item)
    with pytest.raises(NotWaitingForReviewError):
        ask(asker, item)
    assert spendable(ada) == 4_900_00


def test_what_was_never_booked_cannot_be_credited(asker):
    item = SuspenseItem.objects.create(
        provider="paystack", reference="r", reason="other_currency", amount_minor=100, currency="USD"
    )
    with pytest.raises(NotWaitingForReviewError):
        ask(asker, item)


def test_it_cannot_be_asked_for_nobody(asker, item):
    with pytest.raises(RecipientNotFoundError):
        ask(asker, item, email="nobody@example.ng")


def test_there_is_no_such_item(asker, item):
    missing = SuspenseItem(pk=asker.pk)
    with pytest.raises(SuspenseItemNotFoundError):
        ask(asker, missing)


def test_the_database_itself_wants_two_people(asker, item):
    with pytest.raises(IntegrityError, match="suspense_item_resolved_by_two"):
        SuspenseItem.objects.update(
            status="resolved", asked_by=asker, approved_by=asker, credit_to=Wallet.objects.get()
        )
