"""The merchant's word about a dispute, as Paystack takes it: a file first, then what becomes of the money."""

import httpx
import pytest


@pytest.fixture
def dispute(paid, sandbox):
    """The number of a dispute about ₦5,000."""
    paid("contested")
    return sandbox.dispute("contested")


@pytest.fixture
def file(paystack, dispute):
    """The name of a file that was put where Paystack said."""
    place = paystack.get(f"dispute/{dispute}/upload_url", upload_filename="page.txt").json()["data"]
    httpx.put(place["signedUrl"], content=b"a page").raise_for_status()
    return place["fileName"]


def word(file, resolution="declined", **changes):
    return {
        "resolution": resolution,
        "message": "paid by herself",
        "refund_amount": 0,
        "uploaded_filename": file,
        **changes,
    }


@pytest.mark.parametrize(("resolution", "amount", "lost"), [("declined", 0, 0), ("merchant-accepted", 500000, 500000)])
def test_the_merchants_word_ends_it_and_the_balance_follows(paystack, sandbox, dispute, file, resolution, amount, lost):
    before = sandbox.balance()

    answer = paystack.put(f"dispute/{dispute}/resolve", **word(file, resolution, refund_amount=amount))

    assert (answer.status_code, answer.json()["data"]["resolution"]) == (200, resolution)
    assert before - sandbox.balance() == lost
    assert sandbox.webhooks("charge.dispute.resolve")[-1].event == "charge.dispute.resolve"
    again = paystack.put(f"dispute/{dispute}/resolve", **word(file, resolution))
    assert (again.status_code, again.json()["message"]) == (400, "Dispute has already been resolved")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"uploaded_filename": "none.txt"}, "The uploaded file was not found"),
        ({"uploaded_filename": None}, "uploaded_filename is required"),
        ({"resolution": "auto-accepted"}, "Invalid resolution"),
        ({"refund_amount": 500001}, "Refund amount is invalid"),
        ({"refund_amount": "0"}, "refund_amount must be an integer"),
        ({"message": ""}, "message is required"),
    ],
)
def test_a_word_that_is_not_in_order_is_refused(paystack, dispute, file, changes, message):
    refused = paystack.put(f"dispute/{dispute}/resolve", **word(file, **changes))

    assert (refused.status_code, refused.json()["message"]) == (400, message)
    assert paystack.get(f"dispute/{dispute}").json()["data"]["status"] == "awaiting-merchant-feedback"


def test_a_file_comes_without_the_key(paystack, dispute):
    place = paystack.get(f"dispute/{dispute}/upload_url", upload_filename="page.txt").json()["data"]

    with_key = httpx.put(place["signedUrl"], content=b"a page", headers={"Authorization": "Bearer sk_test_x"})

    assert with_key.status_code == 400
    assert paystack.put(f"dispute/{dispute}/resolve", **word(place["fileName"])).status_code == 400
