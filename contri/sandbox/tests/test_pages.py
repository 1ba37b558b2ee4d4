"""What a person sees in a browser, and who may press the buttons."""

import httpx
import pytest


@pytest.mark.parametrize("path", ["/", "/mailbox", "/faults", "/bank-accounts", "/sandbox.css"])
def test_every_page_is_there_also_when_nothing_has_happened(sandbox, path):
    answer = httpx.get(f"{sandbox.base_url}{path}")

    assert answer.status_code == 200


def test_the_overview_tells_of_calls_and_webhooks(sandbox, paid):
    paid("contri-3f1c9a7e-0001")

    page = httpx.get(f"{sandbox.base_url}/").text

    assert "₦100,004,825.00" in page
    assert "/paystack/transaction/initialize" in page
    assert "charge.success" in page
    assert "undelivered" in page


def test_a_webhook_is_sent_again_with_a_button(sandbox, paid):
    sandbox.inject_fault("paystack.webhook.*", "lost_webhook")
    paid("contri-3f1c9a7e-0001")
    (lost,) = httpx.get(f"{sandbox.base_url}/control/webhooks").json()

    answer = httpx.post(f"{sandbox.base_url}/webhooks/{lost['id']}/redeliver")

    assert (answer.status_code, answer.headers["Location"]) == (302, "/")
    assert [webhook.id for webhook in sandbox.webhooks()] == [lost["id"]]


def test_a_fault_is_asked_for_with_a_form_and_taken_back_with_a_button(sandbox, paystack):
    address = f"{sandbox.base_url}/faults"

    assert httpx.post(address, data={"operation": "paystack.balance", "kind": "error_500"}).status_code == 302
    assert "paystack.balance" in httpx.get(address).text
    assert paystack.get("balance").status_code == 500

    httpx.post(address, data={"operation": "paystack.balance", "kind": "error_500"})
    httpx.post(address, data={"clear": "1"})
    assert paystack.get("balance").status_code == 200

    wrong = httpx.post(address, data={"operation": "paystack.balance", "kind": "reset", "times": "x"})
    assert wrong.status_code == 400
    assert 'role="alert"' in wrong.text


def test_an_account_is_opened_with_a_form(sandbox):
    address = f"{sandbox.base_url}/bank-accounts"
    form = {"account_name": "Ada Obi", "bank_code": "044", "account_number": "0123456784"}

    assert httpx.post(address, data=form).status_code == 302
    assert "ADA OBI" in httpx.get(address).text

    wrong = httpx.post(address, data={**form, "account_number": "12"})
    assert wrong.status_code == 400
    assert "Account number must be 10 digits" in wrong.text


def test_other_sites_can_press_no_button_here(sandbox):
    address = f"{sandbox.base_url}/control/reset"

    assert httpx.post(address, headers={"Origin": "https://evil.example"}).status_code == 403
    assert httpx.post(address, headers={"Origin": sandbox.base_url}).status_code == 200
    assert httpx.post(address, headers={"Host": "evil.example"}).status_code == 400


def test_a_wrong_method_is_refused(sandbox, paystack):
    assert paystack.http.delete("transfer").status_code == 405
    assert httpx.get(f"{sandbox.base_url}/control/reset").status_code == 405


def test_what_is_not_there_is_not_found(sandbox):
    for path in ("/control/webhooks/999999/redeliver", "/control/transfers/contri-unknown-00001"):
        assert httpx.post(f"{sandbox.base_url}{path}", json={"status": "failed"}).status_code == 404
