"""Bank accounts: the directory, resolving, linking, choosing, removing."""

from datetime import timedelta
from functools import partial

import pytest
from django.core.cache import cache
from django.utils import timezone

from accounts.models import PinPurpose
from accounts.tests.factories import UserFactory
from contri.core import crypto
from wallets.models import Bank, BankAccount
from wallets.services import bank_directory, confirm_bank_account
from wallets.services.banks import name_fits
from wallets.tests.factories import ACCOUNT_NUMBER, link_bank
from wallets.tests.threads import at_once

BODY = {"account_number": ACCOUNT_NUMBER, "bank_code": "058"}


@pytest.fixture(autouse=True)
def fresh_limits():
    cache.clear()


@pytest.fixture
def ada():
    return UserFactory.create(first_name="Ada", last_name="Okafor", tier=1)


@pytest.fixture
def adas_account(sandbox):
    sandbox.register_bank_account(account_number=ACCOUNT_NUMBER, bank_code="058", account_name="OKAFOR ADA GRACE")


@pytest.fixture
def link(signed_in, pin_token):
    def call(person, body=BODY, *, token=None):
        token = pin_token(person, PinPurpose.BANK_ACCOUNT) if token is None else token
        return signed_in(person).post("/api/v1/banks", body, format="json", headers={"X-Pin-Token": token})

    return call


@pytest.mark.django_db
class TestDirectory:
    def test_it_is_a_plain_array_by_name(self, ada, signed_in, sandbox):
        answer = signed_in(ada).get("/api/v1/banks/directory")

        banks = answer.json()
        assert answer.status_code == 200
        assert banks == sorted(banks, key=lambda bank: (bank["name"], bank["code"]))
        assert {"name": "Guaranty Trust Bank", "code": "058", "slug": "guaranty-trust-bank"} in banks

    def test_it_is_read_once_a_day(self, ada, signed_in, sandbox, django_assert_num_queries):
        client = signed_in(ada)
        client.get("/api/v1/banks/directory")
        pages = len(sandbox.calls("paystack.bank.list"))

        with django_assert_num_queries(2):
            client.get("/api/v1/banks/directory")
        bank_directory(at=timezone.now() + timedelta(hours=25))

        assert len(sandbox.calls("paystack.bank.list")) == 2 * pages

    def test_an_old_one_serves_while_paystack_is_away(self, sandbox):
        known = [bank.code for bank in bank_directory(at=timezone.now())]
        sandbox.inject_fault("paystack.bank.list", "error_500")

        assert [bank.code for bank in bank_directory(at=timezone.now() + timedelta(days=3))] == known

    def test_without_any_the_caller_is_asked_to_come_back(self, ada, signed_in, sandbox):
        sandbox.inject_fault("paystack.bank.list", "error_500")

        answer = signed_in(ada).get("/api/v1/banks/directory")

        assert (answer.status_code, answer.json()["code"]) == (503, "provider_unavailable")
        assert not Bank.objects.exists()


@pytest.mark.django_db
class TestResolving:
    def test_it_tells_the_holders_name(self, ada, signed_in, adas_account):
        answer = signed_in(ada).post("/api/v1/banks/resolve", BODY, format="json")

        assert (answer.status_code, answer.json()) == (200, {"account_name": "OKAFOR ADA GRACE"})

    @pytest.mark.parametrize(
        "body",
        [
            {},
            {"account_number": "012345678", "bank_code": "058"},
            {"account_number": "01234567890", "bank_code": "058"},
            {"account_number": "٠١٢٣٤٥٦٧٨٩", "bank_code": "058"},
            {"account_number": ACCOUNT_NUMBER, "bank_code": "../058"},
            {"account_number": ACCOUNT_NUMBER, "bank_code": ["058"]},
        ],
    )
    def test_what_is_no_account_number_is_invalid(self, ada, signed_in, sandbox, body):
        answer = signed_in(ada).post("/api/v1/banks/resolve", body, format="json")

        assert (answer.status_code, answer.json()["code"]) == (400, "validation_error")
        assert sandbox.calls() == []

    def test_a_used_up_allowance_is_not_the_same_as_no_such_account(self, ada, signed_in, sandbox):
        sandbox.inject_fault("paystack.bank.resolve", "rate_limited")

        answer = signed_in(ada).post("/api/v1/banks/resolve", BODY, format="json")

        assert (answer.status_code, answer.json()["code"]) == (503, "provider_unavailable")

    def test_an_account_that_the_bank_does_not_know(self, ada, signed_in, sandbox):
        answer = signed_in(ada).post(
            "/api/v1/banks/resolve", {"account_number": ACCOUNT_NUMBER, "bank_code": "99998"}, format="json"
        )

        assert (answer.status_code, answer.json()["code"]) == (422, "bank_account_unresolved")

    def test_guessing_is_slowed_down(self, ada, signed_in, adas_account):
        client = signed_in(ada)
        statuses = [client.post("/api/v1/banks/resolve", BODY, format="json").status_code for _ in range(21)]

        assert statuses == [200] * 20 + [429]


@pytest.mark.django_db
class TestLinking:
    def test_a_wallet_number_that_fails_the_nuban_check_is_for_its_bank_to_judge(self, ada, link, sandbox):
        # Ten digits, and no check digit that the central bank's sum would give: a phone number at OPay.
        body = {"account_number": "8031234567", "bank_code": "999992"}
        sandbox.register_bank_account(**body, account_name="Ada Grace Okafor")

        answer = link(ada, body)

        assert (answer.status_code, answer.json()["status"]) == (201, "verified")

    def test_an_account_in_ones_own_name_is_verified_and_the_first_is_primary(self, ada, link, adas_account):
        answer = link(ada)

        account = BankAccount.objects.get()
        assert answer.status_code == 201
        assert answer.json() == {
            "id": str(account.pk),
            "bank_name": "Guaranty Trust Bank",
            "bank_code": "058",
            "account_number_last4": "6784",
            "account_name": "OKAFOR ADA GRACE",
            "is_primary": True,
            "status": "verified",
        }
        assert ACCOUNT_NUMBER.encode() not in bytes(account.number_encrypted)
        assert crypto.decrypt(bytes(account.number_encrypted)) == ACCOUNT_NUMBER

    def test_an_account_in_another_name_waits_for_staff(self, ada, link, sandbox):
        sandbox.register_bank_account(account_number=ACCOUNT_NUMBER, bank_code="058", account_name="OKAFOR EMEKA")
        assert link(ada).json()["status"] == "pending"

        account = confirm_bank_account(
            actor=UserFactory.create(), bank_account_id=BankAccount.objects.get().pk, reason="saw the statement"
        )

        assert account.status == BankAccount.Status.VERIFIED

    def test_the_second_one_is_not_primary(self, ada, link, sandbox):
        link_bank(ada)
        answer = link(ada, {"account_number": "0000000000", "bank_code": "057"})
        assert (answer.status_code, answer.json()["is_primary"]) == (201, False)

    def test_the_same_account_twice_is_refused(self, ada, link, adas_account):
        link(ada)
        answer = link(ada)
        assert (answer.status_code, answer.json()["code"]) == (409, "bank_account_linked")
        assert BankAccount.objects.count() == 1

    def test_a_removed_account_can_be_linked_again(self, ada, link, adas_account):
        link(ada)
        BankAccount.objects.update(removed_at=timezone.now())
        assert link(ada).status_code == 201

    @pytest.mark.parametrize(("token", "code"), [("", "pin_required"), ("nonsense", "pin_token_invalid")])
    def test_it_needs_the_pin(self, ada, link, adas_account, token, code):
        answer = link(ada, token=token)
        assert (answer.status_code, answer.json()["code"]) == (403, code)
        assert not BankAccount.objects.exists()

    def test_without_paystack_nothing_is_linked_and_the_pin_token_is_still_good(
        self, ada, link, adas_account, pin_token, sandbox
    ):
        token = pin_token(ada)
        sandbox.inject_fault("paystack.bank.resolve", "error_500")

        assert link(ada, token=token).status_code == 503
        assert link(ada, token=token).status_code == 201


@pytest.mark.django_db
class TestKeeping:
    @pytest.mark.parametrize("accounts", [1, 3])
    def test_the_list_costs_two_queries(self, ada, signed_in, django_assert_num_queries, accounts):
        for number in range(accounts):
            other(ada, number)
        client = signed_in(ada)

        with django_assert_num_queries(2):
            answer = client.get("/api/v1/banks")

        assert len(answer.json()) == accounts

    def test_another_can_be_made_primary(self, ada, signed_in):
        first, second = link_bank(ada), other(ada, 1)

        answer = signed_in(ada).post(f"/api/v1/banks/{second.pk}/primary")

        assert (answer.status_code, answer.json()["is_primary"]) == (200, True)
        assert [a["id"] for a in signed_in(ada).get("/api/v1/banks").json()] == [str(second.pk), str(first.pk)]

    def test_removing_the_primary_one_makes_the_oldest_of_the_others_primary(self, ada, signed_in, pin_token):
        first, second = link_bank(ada), other(ada, 1)
        headers = {"X-Pin-Token": pin_token(ada, PinPurpose.BANK_ACCOUNT)}

        answer = signed_in(ada).delete(f"/api/v1/banks/{first.pk}", headers=headers)

        assert (answer.status_code, answer.content) == (204, b"")
        (left,) = signed_in(ada).get("/api/v1/banks").json()
        assert (left["id"], left["is_primary"]) == (str(second.pk), True)

    def test_removing_needs_the_pin(self, ada, signed_in):
        account = link_bank(ada)
        answer = signed_in(ada).delete(f"/api/v1/banks/{account.pk}")
        assert (answer.status_code, answer.json()["code"]) == (403, "pin_required")
        assert BankAccount.objects.filter(removed_at=None).exists()

    def test_somebody_elses_account_is_not_there(self, ada, signed_in, pin_token):
        theirs = link_bank(UserFactory.create())
        headers = {"X-Pin-Token": pin_token(ada)}
        removed = signed_in(ada).delete(f"/api/v1/banks/{theirs.pk}", headers=headers)
        chosen = signed_in(ada).post(f"/api/v1/banks/{theirs.pk}/primary")

        assert (removed.status_code, chosen.status_code) == (404, 404)
        assert removed.json()["code"] == chosen.json()["code"] == "bank_account_not_found"


@pytest.mark.parametrize(
    ("holder", "fits"),
    [
        ("OKAFOR ADA", True),
        ("Ada Grace Okafor", True),
        ("ÀDÁ ỌKÁFỌ̀R", True),
        ("OKAFOR, ADA (MRS)", True),
        ("OKAFOR EMEKA", False),
        ("ADA OBI", False),
        ("OKAFORADA", False),
        ("", False),
    ],
)
def test_a_name_fits_when_first_and_last_are_in_it(holder, fits):
    assert name_fits(UserFactory.build(first_name="Ada", last_name="Okafor"), holder) is fits


def test_money_leaves_to_the_name_that_was_proved_whatever_people_call_themselves():
    renamed = UserFactory.build(first_name="Emeka", last_name="Obi", proved_name="Ada Okafor")

    assert name_fits(renamed, "OKAFOR ADA GRACE")
    assert not name_fits(renamed, "OBI EMEKA")


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_one_account_linked_many_times_at_once_is_linked_once(ada, link, adas_account, pin_token):
    tokens = [pin_token(ada) for _ in range(4)]

    answers = [answer.status_code for answer in at_once([partial(link, ada, token=token) for token in tokens])]

    assert sorted(answers) == [201, 409, 409, 409]
    assert BankAccount.objects.filter(is_primary=True).count() == 1


def other(person, number):
    """One more linked account."""
    last4 = f"{number:04}"
    return BankAccount.objects.create(
        user=person,
        bank_code="057",
        bank_name="Zenith Bank",
        number_encrypted=crypto.encrypt(f"000000{last4}"),
        number_hash=crypto.keyed_hash("bank_account", f"057:000000{last4}"),
        number_last4=last4,
        account_name="OKAFOR ADA",
        status=BankAccount.Status.VERIFIED,
    )
