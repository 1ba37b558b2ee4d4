"""What wallets answer when accounts asks about a person."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.tests.factories import UserFactory
from wallets.answers import obligations_of
from wallets.services import request_withdrawal
from wallets.tests.factories import fund, link_bank

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada():
    return UserFactory.create(tier=1)


def test_the_dashboard_shows_what_can_be_spent(ada, signed_in):
    assert signed_in(ada).get("/api/v1/users/dashboard").json()["wallet_balance"] == "0.00"

    fund(ada, 1_234_50)

    answer = signed_in(ada).get("/api/v1/users/dashboard").json()
    assert (answer["wallet_balance"], answer["currency"]) == ("1234.50", "NGN")


def codes(client):
    return [action["code"] for action in client.get("/api/v1/users/me").json()["action_required"]]


def test_whoever_may_withdraw_is_asked_for_a_bank_account_until_there_is_one(ada, signed_in):
    assert "link_bank" in codes(signed_in(ada))
    link_bank(ada)
    assert "link_bank" not in codes(signed_in(ada))


def test_whoever_may_not_withdraw_is_not_asked(signed_in):
    assert "link_bank" not in codes(signed_in(UserFactory.create(tier=0)))


def test_money_in_the_wallet_or_on_its_way_keeps_an_account_open(ada, pin_token):
    assert list(obligations_of(ada)) == []
    fund(ada, 3_000_00)
    assert list(obligations_of(ada)) == ["There is money in the wallet."]
    request_withdrawal(
        actor=ada,
        bank_account_id=link_bank(ada).pk,
        amount_kobo=3_000_00,
        pin_token=pin_token(ada),
        at=timezone.now() - timedelta(minutes=1),
    )
    assert list(obligations_of(ada)) == ["There is money in the wallet."]
