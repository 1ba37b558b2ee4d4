"""What somebody owes Contri can be given up, by two people, and is Contri's loss from then on."""

import pytest
from django.utils import timezone

from accounts.tests.factories import UserFactory
from contri.core.two_people import approve
from notifications.models import Notification
from wallets import services
from wallets.errors import NothingOwedError, OwedOtherwiseError
from wallets.models import Wallet
from wallets.services import ask_owed_write_off, audit_ledger, recover_owed, review_dispute
from wallets.tests.factories import balance_of, fund, losses, spend, spendable

pytestmark = pytest.mark.django_db


@pytest.fixture
def one():
    return UserFactory.create(is_staff=True)


@pytest.fixture
def other():
    return UserFactory.create(is_staff=True)


@pytest.fixture
def ada(sandbox):
    """Ada, who has spent ₦5,000 that her bank took back."""
    person = UserFactory.create(tier=2)
    kept = services.start_deposit(actor=person, amount_kobo=5_000_00, at=timezone.now())
    sandbox.pay(kept.authorization_url)
    services.settle_deposit(reference=kept.reference, at=timezone.now())
    spend(person, 5_000_00)
    number = sandbox.dispute(kept.reference)
    sandbox.decide_dispute(number, "merchant-accepted")
    review_dispute(code=str(number), at=timezone.now())
    return person


def ask(one, person):
    return ask_owed_write_off(actor=one, wallet_id=Wallet.objects.get(user=person).pk, reason="she cannot pay")


def test_two_people_give_it_up_and_the_wallet_is_free_again(ada, one, other):
    asked = ask(one, ada)
    assert (balance_of(ada).owed_kobo, losses()) == (5_000_00, 0)

    approve(actor=other, request_id=asked.pk, reason="no hope", at=timezone.now())

    assert (balance_of(ada).owed_kobo, losses(), Wallet.objects.get(user=ada).is_owing) == (0, 5_000_00, False)
    assert Notification.objects.get(kind="debt_written_off").body.startswith("We no longer ask you for the ₦5,000.00")
    assert audit_ledger() == []
    fund(ada, 100_00)
    assert (recover_owed(user_id=ada.pk, at=timezone.now()), spendable(ada)) == (0, 100_00)


def test_what_was_paid_meanwhile_is_not_given_up_as_well(ada, one, other):
    asked = ask(one, ada)
    fund(ada, 1_000_00)
    recover_owed(user_id=ada.pk, at=timezone.now())

    with pytest.raises(OwedOtherwiseError):
        approve(actor=other, request_id=asked.pk, reason="no hope", at=timezone.now())
    assert (balance_of(ada).owed_kobo, losses()) == (4_000_00, 0)


def test_where_nothing_is_owed_nothing_is_given_up(one):
    bola = UserFactory.create()
    fund(bola, 100_00)

    with pytest.raises(NothingOwedError):
        ask(one, bola)
