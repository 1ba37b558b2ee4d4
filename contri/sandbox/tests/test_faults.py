"""Things go wrong on demand, and only then."""

import json
import threading
import time

import httpx
import pytest

REFERENCE = "contri-payout-7d0c1f5e-0001"


@pytest.mark.parametrize(
    ("kind", "status", "content_type"),
    [
        ("error_500", 500, "application/json"),
        ("html_502", 502, "text/html; charset=utf-8"),
        ("rate_limited", 429, "application/json"),
    ],
)
def test_an_error_instead_of_the_work(send, sandbox, kind, status, content_type):
    sandbox.inject_fault("paystack.transfer.create", kind)

    answer = send(REFERENCE)

    assert (answer.status_code, answer.headers["Content-Type"]) == (status, content_type)
    assert sandbox.transfers() == []
    assert send(REFERENCE).status_code == 200


@pytest.mark.parametrize("kind", ["error_500_after", "html_502_after"])
def test_an_error_after_the_work(send, sandbox, kind):
    sandbox.inject_fault("paystack.transfer.create", kind)

    assert send(REFERENCE).status_code in (500, 502)
    assert [transfer["reference"] for transfer in sandbox.transfers()] == [REFERENCE]
    assert send(REFERENCE).json()["code"] == "duplicate_transfer_reference"


@pytest.mark.parametrize(("kind", "done"), [("reset", 0), ("reset_after", 1)])
def test_a_connection_that_is_reset(send, sandbox, kind, done):
    sandbox.inject_fault("paystack.transfer.create", kind)

    with pytest.raises(httpx.ReadError, match="reset by peer"):
        send(REFERENCE)
    assert len(sandbox.transfers()) == done


@pytest.mark.parametrize(("kind", "done"), [("timeout_before", 0), ("timeout_after", 1)])
def test_a_call_that_is_never_answered(send, sandbox, paystack, kind, done):
    sandbox.inject_fault("paystack.transfer.create", kind)
    paystack.http.timeout = 0.3

    with pytest.raises(httpx.ReadTimeout):
        send(REFERENCE)
    assert len(sandbox.transfers()) == done
    sandbox.clear_faults()


def test_calls_that_hang_are_let_go_by_a_reset(sandbox, paystack):
    sandbox.inject_fault("paystack.balance", "timeout_before")
    ended = threading.Event()

    def ask():
        with pytest.raises(httpx.TransportError):
            paystack.get("balance")
        ended.set()

    asking = threading.Thread(target=ask)
    asking.start()
    while httpx.get(f"{sandbox.base_url}/control/faults").json():
        time.sleep(0.01)
    time.sleep(0.05)
    sandbox.reset()
    asking.join(5)

    assert ended.is_set()


def test_a_slow_answer_is_a_right_answer(sandbox, paystack):
    sandbox.inject_fault("paystack.balance", "slow", delay_ms=200)
    began = time.monotonic()

    assert paystack.get("balance").status_code == 200
    assert time.monotonic() - began >= 0.2


def test_a_fault_strikes_so_often_where_and_for_which_reference_it_was_asked(sandbox, paystack):
    sandbox.inject_fault("paystack.transaction.*", "error_500", times=2, reference="mine")

    assert paystack.get("transaction/verify/other").status_code == 400
    assert paystack.get("balance").status_code == 200
    assert [paystack.get("transaction/verify/mine").status_code for _ in range(3)] == [500, 500, 400]
    assert [(call.operation, call.status, call.fault) for call in sandbox.calls("paystack.transaction.verify")] == [
        ("paystack.transaction.verify", 400, ""),
        ("paystack.transaction.verify", 500, "error_500"),
        ("paystack.transaction.verify", 500, "error_500"),
        ("paystack.transaction.verify", 400, ""),
    ]


def test_another_amount_than_was_asked_for(sandbox, paystack):
    sandbox.inject_fault("paystack.charge", "other_amount", amount=100000)
    sandbox.inject_fault("paystack.charge", "other_amount", amount=600000, requested_amount=500000)

    for reference in ("less", "more"):
        sandbox.pay(paystack.initialize(reference)["authorization_url"])

    seen = [(paystack.verify(ref)["amount"], paystack.verify(ref)["requested_amount"]) for ref in ("less", "more")]
    assert seen == [(100000, 100000), (600000, 500000)]
    assert json.loads(sandbox.webhooks()[0].body)["data"]["amount"] == 100000


def test_webhooks_that_come_twice_late_or_never(sandbox, paid):
    sandbox.inject_fault("paystack.webhook.charge.success", "duplicate_webhook")
    paid("twice")
    sandbox.inject_fault("paystack.webhook.charge.success", "out_of_order")
    paid("late")
    sandbox.inject_fault("paystack.webhook.charge.success", "lost_webhook")
    paid("never")
    paid("usual")

    webhooks = sandbox.webhooks()

    assert [json.loads(webhook.body)["data"]["reference"] for webhook in webhooks] == [
        "twice",
        "twice",
        "usual",
        "late",
    ]
    assert webhooks[0].body == webhooks[1].body


def test_a_lost_webhook_can_be_sent_after_all(sandbox, paid):
    sandbox.inject_fault("paystack.webhook.*", "lost_webhook")
    paid("ref")
    (lost,) = httpx.get(f"{sandbox.base_url}/control/webhooks").json()
    assert (lost["state"], sandbox.new_webhooks()) == ("lost", [])

    sandbox.redeliver(lost["id"])

    assert [webhook.id for webhook in sandbox.new_webhooks()] == [lost["id"]]
    assert sandbox.new_webhooks() == []


def test_a_magic_amount_meets_its_fault_once_for_each_reference(send, sandbox, paystack):
    assert send(REFERENCE, amount=66603).status_code == 500
    assert send(REFERENCE, amount=66603).status_code == 200
    assert send("contri-payout-7d0c1f5e-0002", amount=66604).status_code == 502
    assert send("contri-payout-7d0c1f5e-0003", amount=66600).status_code == 200

    sandbox.pay(paystack.initialize("half", amount=66607)["authorization_url"])
    sandbox.pay(paystack.initialize("twice", amount=66608)["authorization_url"])
    sandbox.pay(paystack.initialize("lost", amount=66609)["authorization_url"])

    assert paystack.verify("half")["amount"] == 33303
    told = [json.loads(webhook.body)["data"]["reference"] for webhook in sandbox.webhooks()]
    assert told == ["half", "twice", "twice"]


@pytest.mark.parametrize(
    "wrong", [{"kind": "nonsense"}, {"operation": ""}, {"times": 0}, {"times": "x"}, {"delay_ms": "soon"}]
)
def test_a_fault_that_cannot_be_is_refused(sandbox, wrong):
    wish = {"operation": "paystack.balance", "kind": "reset", **wrong}

    assert httpx.post(f"{sandbox.base_url}/control/faults", json=wish).status_code == 400
    assert httpx.get(f"{sandbox.base_url}/control/faults").json() == []
