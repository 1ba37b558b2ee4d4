"""What wallets tell and forget of somebody who exports or closes their account."""

import pytest
from django.utils import timezone

from accounts.models import User
from accounts.services import close_account
from accounts.tests.factories import PASSWORD, UserFactory
from contri.core.crypto import encrypt, keyed_hash
from contri.core.moments import rfc3339
from wallets.models import BankAccount, Card
from wallets.tests.factories import fund, link_bank

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada():
    return UserFactory.create(first_name="Ada", last_name="Okafor", tier=1)


@pytest.fixture
def card(ada):
    return Card.objects.create(
        user=ada,
        provider="paystack",
        code_encrypted=encrypt("AUTH_1"),
        signature_hash=keyed_hash("card", "paystack:SIG_1"),
        email=ada.email,
        last4="4081",
        brand="visa",
        expiry_month=12,
        expiry_year=2030,
        is_default=True,
    )


def test_an_export_tells_history_accounts_and_cards_and_no_number(ada, card, signed_in):
    bank = link_bank(ada)
    fund(ada, 1_500_00)

    export = signed_in(ada).get("/api/v1/users/me/export").json()

    assert export["wallet"] == {"balance": "1500.00", "held": "0.00", "currency": "NGN"}
    assert export["bank_accounts"] == [
        {
            "bank_name": "Guaranty Trust Bank",
            "account_number_last4": bank.number_last4,
            "account_name": "OKAFOR ADA",
            "status": "verified",
            "created_at": rfc3339(bank.created_at),
            "removed_at": None,
        }
    ]
    assert export["cards"] == [
        {
            "brand": "visa",
            "last4": "4081",
            "expiry_month": 12,
            "expiry_year": 2030,
            "email": ada.email,
            "created_at": rfc3339(card.created_at),
            "removed_at": None,
        }
    ]
    assert "AUTH_1" not in str(export)


def test_closing_forgets_whose_bank_accounts_and_cards_they_were(ada, card):
    bola = UserFactory.create()
    link_bank(ada), link_bank(bola)

    close_account(actor=ada, password=PASSWORD, at=timezone.now())

    left, others = BankAccount.objects.get(user=ada), BankAccount.objects.get(user=bola)
    assert (left.account_name, bytes(left.number_encrypted), bytes(left.number_hash)) == ("", b"", b"")
    assert (left.is_primary, left.removed_at is not None) == (False, True)
    assert (others.is_primary, others.removed_at, others.account_name != "") == (True, None, True)
    card.refresh_from_db()
    assert (bytes(card.code_encrypted), bytes(card.signature_hash), card.email) == (b"", b"", "")
    assert (card.is_default, card.removed_at is not None) == (False, True)
    assert User.objects.get(pk=ada.pk).erased_at is not None
