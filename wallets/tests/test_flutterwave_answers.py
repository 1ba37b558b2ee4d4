"""Reading Flutterwave: naira become kobo, and whatever it says is one of three kinds of answer."""

import pytest

from wallets.providers.base import Destination, Failed, Succeeded, Unknown, Why
from wallets.providers.flutterwave import Flutterwave
from wallets.providers.flutterwave_reading import naira
from wallets.tests.canned import canned_paystack as canned

REFERENCE = "contri-3f1c9a7e-0001"
CHARGE = {
    "id": 285959875,
    "tx_ref": REFERENCE,
    "amount": 5000,
    "currency": "NGN",
    "charged_amount": 5000,
    "app_fee": 70,
    "processor_response": "Approved by Financial Institution",
    "status": "successful",
    "customer": {"email": "ada.obi@example.com"},
    "card": {
        "first_6digits": "408408",
        "last_4digits": "4081",
        "issuer": "TEST BANK VISA",
        "type": "VISA",
        "expiry": "12/30",
        "token": "flw-t1nf-contri0001aaaaaaaaaaaa-m03k",
    },
}
TRANSFER = {
    "id": 396432,
    "amount": 48500,
    "fee": 26.875,
    "status": "SUCCESSFUL",
    "reference": REFERENCE,
    "complete_message": "",
}
DESTINATION = Destination(account_number="0690000032", bank_code="044", account_name="ADA OBI")


def enveloped(data, **more):
    return {"status": "success", "message": "fine", "data": data, **more}


def refused(message):
    return {"status": "error", "message": message, "data": None}


def asking(body, question, *, status=200):
    with canned(body, status=status) as address:
        return question(
            Flutterwave(base_url=address, secret_key="FLWSECK_TEST-x", timeout_seconds=2, return_url="http://back")
        )


def verify(body, *, status=200):
    return asking(body, lambda provider: provider.verify_charge(reference=REFERENCE), status=status)


def pay_out(body, *, status=200):
    return asking(
        body,
        lambda provider: provider.pay_out(
            reference=REFERENCE, destination=DESTINATION, amount_kobo=48_500_00, reason="why not"
        ),
        status=status,
    )


def find_payment(body, *, status=200):
    return asking(body, lambda provider: provider.verify_payment(reference=REFERENCE), status=status)


def test_a_confirmed_charge_in_naira_is_read_in_kobo():
    charge = verify(enveloped(CHARGE)).value

    assert (charge.reference, charge.amount, charge.requested_amount, charge.fee) == (REFERENCE, 500000, 500000, 7000)
    assert (charge.currency, charge.is_of_this_environment) == ("NGN", True)
    assert (charge.card.last4, charge.card.brand) == ("4081", "visa")
    assert (charge.card.expiry_month, charge.card.expiry_year) == (12, 2030)
    assert "flw-t1nf" not in repr(charge)


@pytest.mark.parametrize(("amount", "kobo"), [(5000.5, 500050), (666.07, 66607), ("1234.56", 123456), (0.29, 29)])
def test_decimals_are_exact(amount, kobo):
    assert verify(enveloped({**CHARGE, "amount": amount})).value.amount == kobo


@pytest.mark.parametrize(("kobo", "sent"), [(500000, 5000), (500050, 5000.5), (66607, 666.07), (1, 0.01)])
def test_kobo_are_written_as_naira(kobo, sent):
    assert naira(kobo) == sent
    assert repr(naira(kobo)) == repr(sent)


def test_a_fee_with_parts_of_a_kobo_is_rounded():
    assert pay_out(enveloped(TRANSFER)).value.fee == 2688


def test_a_charge_that_completed_may_have_failed():
    answer = verify(enveloped({**CHARGE, "status": "failed", "processor_response": "Declined"}))

    assert (answer.why, answer.detail) == (Why.DECLINED, "Declined")


@pytest.mark.parametrize(
    "change",
    [
        {"amount": 5000.001},
        {"amount": True},
        {"amount": "nonsense"},
        {"amount": None},
        {"amount": -1},
        {"tx_ref": "somebody-elses"},
        {"status": None},
        {"status": "pending"},
        {"currency": None},
    ],
)
def test_junk_and_what_is_under_way_are_unknown(change):
    assert isinstance(verify(enveloped({**CHARGE, **change})), Unknown)


@pytest.mark.parametrize("status", [400, 404])
def test_a_payment_that_nobody_tried_is_not_found_under_either_status(status):
    answer = verify(refused("No transaction was found for this id"), status=status)

    assert (type(answer), answer.why) == (Failed, Why.NOT_FOUND)


def test_the_time_out_at_their_edge_is_unknown():
    answer = pay_out(refused("An error occurred. Please contact support"), status=503)

    assert isinstance(answer, Unknown)
    assert answer.is_away


@pytest.mark.parametrize(
    ("message", "why"),
    [
        ("Transfer creation failed: Duplicate reference", Why.DUPLICATE),
        ("Insufficient funds in customer wallet", Why.LOW_FLOAT),
        ("Something else", Why.REFUSED),
    ],
)
def test_a_refused_transfer_says_why(message, why):
    assert pay_out(refused(message), status=400).why is why


def test_200_with_an_error_inside_is_no_success():
    assert pay_out(refused("Duplicate reference")).why is Why.DUPLICATE


@pytest.mark.parametrize("status", ["NEW", "PENDING", "surprise"])
def test_a_queued_transfer_is_not_a_sent_one(status):
    assert isinstance(pay_out(enveloped({**TRANSFER, "status": status})), Unknown)


class TestFindingATransfer:
    def page(self, transfers, pages=1):
        return enveloped(transfers, meta={"page_info": {"total_pages": pages}})

    def test_it_is_the_one_with_our_reference(self):
        other = {**TRANSFER, "reference": "contri-another-0001", "status": "FAILED"}

        assert isinstance(find_payment(self.page([other, TRANSFER])), Succeeded)

    def test_on_none_of_the_pages_is_not_found(self):
        assert find_payment(self.page([], pages=3)).why is Why.NOT_FOUND

    def test_more_pages_than_anybody_reads_leave_it_open(self):
        assert isinstance(find_payment(self.page([], pages=1000)), Unknown)

    def test_a_failed_one_says_so(self):
        answer = find_payment(self.page([{**TRANSFER, "status": "FAILED", "complete_message": "DISBURSE FAILED"}]))

        assert (answer.why, answer.detail) == (Why.DECLINED, "DISBURSE FAILED")

    @pytest.mark.parametrize("body", [enveloped(None), enveloped({}), b"<html>", b"[]"])
    def test_junk_is_unknown(self, body):
        assert isinstance(find_payment(body), Unknown)
