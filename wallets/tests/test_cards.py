"""Cards: keeping one, charging it, choosing, forgetting."""

from functools import partial
from uuid import uuid4

import pytest
from django.core.cache import cache
from django.utils import timezone

from accounts.tests.factories import UserFactory
from contri.core.crypto import decrypt
from wallets.models import Card, Deposit, Transaction
from wallets.services import make_default, settle_deposit
from wallets.tests.factories import spendable
from wallets.tests.patience import give_up_sooner
from wallets.tests.threads import at_once

GOOD_CARD = "4084084084084081"
DECLINED_LATER_CARD = "4084080000200002"
CHALLENGED_CARD = "4084080000200001"
ONE_TIME_CARD = "4084080000200004"
ANOTHER_GOOD_CARD = "507850785078507812"


@pytest.fixture(autouse=True)
def fresh_limits():
    cache.clear()


@pytest.fixture
def ada():
    return UserFactory.create(first_name="Ada", last_name="Okafor", tier=1)


@pytest.fixture
def post(signed_in):
    def call(person, path, body=None, *, key=None):
        headers = {"Idempotency-Key": key or uuid4().hex}
        return signed_in(person).post(f"/api/v1/{path}", body or {}, format="json", headers=headers)

    return call


@pytest.fixture
def keep(post, sandbox):
    """`keep(person)`: a card of theirs, kept by a small deposit."""

    def call(person, card_number=GOOD_CARD):
        answer = post(person, "cards/link").json()
        sandbox.pay(answer["authorization_url"], card_number=card_number)
        settle_deposit(reference=answer["reference"], at=timezone.now())
        return Card.objects.filter(user=person).latest("created_at")

    return call


@pytest.mark.django_db
class TestKeeping:
    def test_a_small_deposit_keeps_the_card_and_is_credited(self, ada, post, signed_in, sandbox):
        answer = post(ada, "cards/link")

        deposit = Deposit.objects.get()
        assert answer.status_code == 201
        assert answer.json() == {
            "authorization_url": deposit.authorization_url,
            "reference": deposit.reference,
            "card": None,
        }
        sandbox.pay(deposit.authorization_url, card_number=GOOD_CARD)
        settle_deposit(reference=deposit.reference, at=timezone.now())
        card = Card.objects.get()
        assert signed_in(ada).get("/api/v1/cards").json() == [
            {
                "id": str(card.pk),
                "last4": "4081",
                "brand": "visa",
                "expiry_month": 12,
                "expiry_year": card.expiry_year,
                "is_default": True,
            }
        ]
        assert spendable(ada) == 50_00
        assert decrypt(bytes(card.code_encrypted)).startswith("AUTH_")

    def test_a_finished_deposits_card_can_be_kept_by_its_reference(self, ada, post, sandbox):
        started = post(ada, "wallet/deposit", {"amount": "5000.00"}).json()
        sandbox.pay(started["authorization_url"])
        settle_deposit(reference=started["reference"], at=timezone.now())
        assert not Card.objects.exists()

        answer = post(ada, "cards/link", {"reference": started["reference"]})

        card = Card.objects.get()
        assert answer.status_code == 201
        assert answer.json() == {
            "authorization_url": None,
            "reference": started["reference"],
            "card": {
                "id": str(card.pk),
                "last4": "4081",
                "brand": "visa",
                "expiry_month": 12,
                "expiry_year": card.expiry_year,
                "is_default": True,
            },
        }

    def test_the_same_card_twice_is_one_card(self, ada, keep):
        first, second = keep(ada), keep(ada)

        assert first == second
        assert Card.objects.count() == 1

    def test_the_same_card_of_two_people_is_two_cards(self, ada, keep):
        keep(ada)
        keep(UserFactory.create(tier=1))

        assert Card.objects.count() == 2

    def test_a_second_card_is_not_the_default(self, ada, keep):
        keep(ada)
        assert keep(ada, ANOTHER_GOOD_CARD).is_default is False

    @pytest.mark.parametrize("whose", ["nobody's", "somebody else's", "unpaid"])
    def test_what_is_no_finished_deposit_of_ones_own_keeps_nothing(self, ada, post, sandbox, whose):
        payer = ada if whose == "unpaid" else UserFactory.create(tier=1)
        started = post(payer, "wallet/deposit", {"amount": "5000.00"}).json()
        if whose == "somebody else's":
            sandbox.pay(started["authorization_url"])
            settle_deposit(reference=started["reference"], at=timezone.now())
        reference = "contri-nobodys" if whose == "nobody's" else started["reference"]

        answer = post(ada, "cards/link", {"reference": reference})

        assert (answer.status_code, answer.json()["code"]) == (422, "card_not_reusable")
        assert not Card.objects.exists()

    def test_a_card_that_cannot_be_charged_again_is_not_kept_and_its_deposit_counts(self, ada, post, sandbox):
        started = post(ada, "cards/link").json()
        sandbox.pay(started["authorization_url"], card_number=ONE_TIME_CARD)
        settle_deposit(reference=started["reference"], at=timezone.now())

        assert spendable(ada) == 50_00
        assert post(ada, "cards/link", {"reference": started["reference"]}).json()["code"] == "card_not_reusable"
        assert not Card.objects.exists()

    def test_a_key_is_required(self, ada, signed_in):
        answer = signed_in(ada).post("/api/v1/cards/link", {}, format="json")
        assert (answer.status_code, answer.json()["code"]) == (400, "idempotency_key_required")


@pytest.mark.django_db
class TestCharging:
    def test_a_kept_card_is_charged_and_credited_by_verifying_only(self, ada, keep, post, sandbox):
        card = keep(ada)

        answer = post(ada, "wallet/deposit", {"amount": "5000.00", "card_id": str(card.pk)})

        assert answer.status_code == 201
        assert answer.json()["authorization_url"] is None
        assert answer.json()["transaction"]["status"] == "pending"
        assert answer.json()["transaction"]["description"] == "Deposit by visa …4081"
        assert spendable(ada) == 50_00
        settle_deposit(reference=answer.json()["reference"], at=timezone.now())
        assert spendable(ada) == 5_050_00

    def test_a_declined_card_is_said_so_and_kept_under_the_key(self, ada, keep, post, sandbox):
        card = keep(ada, DECLINED_LATER_CARD)
        body = {"amount": "5000.00", "card_id": str(card.pk)}

        answer = post(ada, "wallet/deposit", body, key="once")
        again = post(ada, "wallet/deposit", body, key="once")

        assert (answer.status_code, answer.json()["code"]) == (409, "card_declined")
        assert again.content == answer.content
        assert Transaction.objects.filter(status="failed").count() == 1
        assert spendable(ada) == 50_00

    @pytest.mark.parametrize("kind", ["timeout_after", "error_500_after", "html_502_after", "reset_after"])
    def test_an_unknown_answer_stays_pending_and_charges_once(self, ada, keep, post, sandbox, settings, kind):
        card = keep(ada)
        give_up_sooner(settings, kind)
        sandbox.inject_fault("paystack.transaction.charge_authorization", kind)

        answer = post(ada, "wallet/deposit", {"amount": "5000.00", "card_id": str(card.pk)})

        assert (answer.status_code, answer.json()["transaction"]["status"]) == (201, "pending")
        settle_deposit(reference=answer.json()["reference"], at=timezone.now())
        assert spendable(ada) == 5_050_00
        # One that hangs is written down when it is let go, which may be after this.
        charges = sandbox.calls("paystack.transaction.charge_authorization")
        assert len([call for call in charges if call.reference == answer.json()["reference"]]) <= 1

    def test_a_charge_that_its_owner_must_confirm_says_where(self, ada, keep, post, sandbox):
        card = keep(ada, CHALLENGED_CARD)

        answer = post(ada, "wallet/deposit", {"amount": "5000.00", "card_id": str(card.pk)})

        assert answer.status_code == 201
        assert answer.json()["authorization_url"].startswith(sandbox.base_url)
        assert spendable(ada) == 50_00

    def test_somebody_elses_card_is_not_there(self, ada, keep, post, sandbox):
        theirs = keep(UserFactory.create(tier=1))

        answer = post(ada, "wallet/deposit", {"amount": "5000.00", "card_id": str(theirs.pk)})

        assert (answer.status_code, answer.json()["code"]) == (404, "card_not_found")
        assert not Deposit.objects.filter(wallet__user=ada).exists()


@pytest.mark.django_db
class TestChoosingAndForgetting:
    @pytest.mark.parametrize("cards", [1, 3])
    def test_the_list_costs_two_queries(self, ada, signed_in, django_assert_num_queries, cards):
        for number in range(cards):
            plastic(ada, number)
        client = signed_in(ada)

        with django_assert_num_queries(2):
            answer = client.get("/api/v1/cards")

        assert len(answer.json()) == cards

    def test_another_can_be_the_default(self, ada, post, signed_in):
        first, second = plastic(ada, 0, is_default=True), plastic(ada, 1)

        answer = post(ada, f"cards/{second.pk}/default")

        assert (answer.status_code, answer.json()["is_default"]) == (200, True)
        assert [c["id"] for c in signed_in(ada).get("/api/v1/cards").json()] == [str(second.pk), str(first.pk)]

    def test_a_forgotten_card_is_gone_with_what_it_was_charged_by(self, ada, signed_in):
        first, second = plastic(ada, 0, is_default=True), plastic(ada, 1)

        answer = signed_in(ada).delete(f"/api/v1/cards/{first.pk}")

        first.refresh_from_db()
        second.refresh_from_db()
        assert (answer.status_code, answer.content) == (204, b"")
        assert (bytes(first.code_encrypted), second.is_default) == (b"", True)
        assert len(signed_in(ada).get("/api/v1/cards").json()) == 1

    def test_somebody_elses_card_cannot_be_touched(self, ada, signed_in, post):
        theirs = plastic(UserFactory.create(), 0)

        answers = [signed_in(ada).delete(f"/api/v1/cards/{theirs.pk}"), post(ada, f"cards/{theirs.pk}/default")]

        assert [(answer.status_code, answer.json()["code"]) for answer in answers] == [(404, "card_not_found")] * 2


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_defaults_chosen_at_once_leave_one(ada):
    cards = [plastic(ada, number) for number in range(4)]

    at_once([partial(make_default, actor=ada, card_id=card.pk) for card in cards * 2])

    assert Card.objects.filter(is_default=True).count() == 1


def plastic(person, number, *, is_default=False):
    """A kept card, as `keep_card` leaves it."""
    return Card.objects.create(
        user=person,
        provider="paystack",
        code_encrypted=b"x",
        signature_hash=bytes([number]) * 32,
        email=person.email,
        last4=f"{number:04}",
        brand="visa",
        expiry_month=12,
        expiry_year=2030,
        is_default=is_default,
    )
