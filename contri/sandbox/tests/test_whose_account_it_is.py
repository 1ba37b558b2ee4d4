"""The directory of banks, and the name on an account."""

import pytest


def resolve(paystack, number, bank="044"):
    return paystack.get("bank/resolve", account_number=number, bank_code=bank)


def test_every_number_is_somebody_s_account_and_always_the_same_person_s(paystack):
    first, again = resolve(paystack, "0123456784").json(), resolve(paystack, "0123456784").json()

    assert first == again
    assert first["message"] == "Account number resolved"
    assert first["data"]["account_number"] == "0123456784"
    assert len(first["data"]["account_name"].split()) == 3
    assert resolve(paystack, "0123456785").json()["data"]["account_name"] != first["data"]["account_name"]


def test_a_registered_name_wins_and_a_later_one_replaces_it(paystack, sandbox):
    sandbox.register_bank_account(account_number="0123456784", bank_code="044", account_name="Ada  Ngozi Obi")
    assert resolve(paystack, "0123456784").json()["data"]["account_name"] == "ADA NGOZI OBI"

    sandbox.register_bank_account(account_number="0123456784", bank_code="044", account_name="Bola Bello")
    assert resolve(paystack, "0123456784").json()["data"]["account_name"] == "BOLA BELLO"
    assert resolve(paystack, "0123456784", "058").json()["data"]["account_name"] != "BOLA BELLO"


@pytest.mark.parametrize(("number", "bank"), [("0000000000", "057"), ("1234567890", "001")])
def test_paystack_s_own_test_accounts_resolve(paystack, number, bank):
    assert resolve(paystack, number, bank).json()["data"]["account_name"] == "TEST ACCOUNT"


@pytest.mark.parametrize(
    ("number", "bank", "status", "message"),
    [
        ("0123456784", "059", 400, "Unknown bank code: 059"),
        ("0000000422", "044", 422, "Could not resolve account name. Check parameters or try again."),
        ("12345", "044", 422, "Could not resolve account name. Check parameters or try again."),
        (
            "0000000429",
            "044",
            429,
            "Test mode daily limit of 3 live bank resolves exceeded. Use test bank codes 001 or upgrade to live mode.",
        ),
        ("", "044", 400, "Account number is required"),
        ("0123456784", "", 400, "bank_code is required"),
    ],
)
def test_some_lookups_end_badly(paystack, number, bank, status, message):
    answer = resolve(paystack, number, bank)

    assert (answer.status_code, answer.json()["message"]) == (status, message)


def test_the_directory_has_the_odd_codes_too(paystack):
    codes = [bank["code"] for bank in paystack.get("bank", country="nigeria", perPage=100).json()["data"]]

    assert len(codes) == len(set(codes)) == 45
    assert {"001", "044", "057", "058", "035A", "999992", "50211"} <= set(codes)
    assert paystack.get("bank", use_cursor="true").json()["meta"] == {"next": None, "previous": None, "perPage": 100}


def test_a_name_can_be_put_on_a_real_account_only(sandbox):
    for wrong in ({"account_number": "123"}, {"bank_code": "059"}, {"account_name": " "}):
        account = {"account_number": "0123456784", "bank_code": "044", "account_name": "Ada Obi", **wrong}
        with pytest.raises(AssertionError, match="400"):
            sandbox.register_bank_account(**account)
