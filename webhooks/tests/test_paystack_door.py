"""POST /webhooks/paystack: what is let in, what is written down, what is answered."""

import json

import pytest
from django.utils import timezone

from contri.core.work import WorkState
from webhooks.models import InboundEvent, WebhookRefusal
from webhooks.tests.senders import PAYSTACK, charge_success, send_paystack, signed

pytestmark = pytest.mark.django_db


def test_an_event_is_written_down_first_and_answered_200():
    body = charge_success()

    answer = send_paystack(body)

    assert (answer.status_code, answer.json()) == (200, {"received": True})
    event = InboundEvent.objects.get()
    kept = (event.provider, event.event, event.reference, event.dedupe_key, event.signature)
    assert kept == ("paystack", "charge.success", "contri-0001", "charge.success:4099260516", signed(body))
    assert (event.state, event.attempts, event.deliveries) == (WorkState.READY, 0, 1)
    assert event.body.encode() == body


def test_the_raw_body_is_unreadable_in_the_table():
    send_paystack(charge_success("contri-ada-obi"))

    assert b"contri-ada-obi" not in bytes(InboundEvent.objects.get().sealed_body or b"")


def test_the_signature_is_over_the_bytes_and_not_over_what_they_mean():
    body = charge_success()
    same_meaning = json.dumps(json.loads(body), indent=1).encode()

    assert send_paystack(same_meaning, signature=signed(body)).status_code == 401
    assert send_paystack(same_meaning).status_code == 200


def test_the_same_event_again_is_answered_200_and_only_counted():
    for _ in range(3):
        assert send_paystack(charge_success()).status_code == 200

    assert InboundEvent.objects.get().deliveries == 3


def test_another_event_about_the_same_thing_is_another_event():
    transfer = {"id": 860000001, "reference": "contri-payout-1"}
    for name in ("transfer.success", "transfer.reversed"):
        send_paystack(json.dumps({"event": name, "data": transfer}).encode())

    assert set(InboundEvent.objects.values_list("dedupe_key", flat=True)) == {
        "transfer.success:860000001",
        "transfer.reversed:860000001",
    }


def test_events_without_an_id_are_told_apart_by_their_bytes():
    """Refunds name the transaction and have no id: two part refunds differ in their own reference only."""
    for refund in ("1", "2", "2"):
        data = {"status": "processed", "transaction_reference": "contri-0001", "refund_reference": refund}
        send_paystack(json.dumps({"event": "refund.processed", "data": data}).encode())

    events = InboundEvent.objects.order_by("created_at")
    assert [(event.reference, event.deliveries) for event in events] == [("contri-0001", 1), ("contri-0001", 2)]


@pytest.mark.parametrize("signature", ["", "0" * 128, "é" * 128, "nonsense", "x" * 10_000], ids=lambda text: text[:12])
def test_a_wrong_signature_is_401_and_leaves_a_count_only(signature):
    for _ in range(2):
        answer = send_paystack(charge_success(), signature=signature)
        assert (answer.status_code, answer.json()["code"]) == (401, "signature_invalid")

    assert not InboundEvent.objects.exists()
    assert WebhookRefusal.objects.values("provider", "day", "count").get() == {
        "provider": "paystack",
        "day": timezone.now().date(),
        "count": 2,
    }


def test_a_missing_signature_is_401(api):
    answer = api.generic("POST", PAYSTACK, charge_success(), content_type="application/json")

    assert (answer.status_code, answer["Content-Type"]) == (401, "application/problem+json")
    assert not InboundEvent.objects.exists()


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'"charge.success"',
        b"{}",
        b'{"event":7}',
        b'{"event":""}',
        b'{"event":"a b"}',
        b'{"event":"\\u0000"}',
        b'{"event":"\\ud800"}',
        b'{"event":"' + b"x" * 81 + b'"}',
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"event":"x","data":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
        b'{"event":"x","n":' + b"9" * 5000 + b"}",
    ],
    ids=lambda body: repr(body[:24]),
)
def test_signed_and_unreadable_is_400_and_nothing_is_kept(body):
    answer = send_paystack(body)

    assert (answer.status_code, answer.json()["code"]) == (400, "event_unreadable")
    assert not InboundEvent.objects.exists()


@pytest.mark.parametrize(
    ("body", "reference", "key"),
    [
        ({"event": "subscription.expiring_cards", "data": [{"id": 1}]}, "", None),
        ({"event": "charge.success", "data": None}, "", None),
        ({"event": "charge.success", "data": {"id": 2**70, "reference": 7}}, "", f"charge.success:{2**70}"),
        ({"event": "refund.needs-attention", "data": {"id": "123456"}}, "", "refund.needs-attention:123456"),
        ({"event": "charge.success", "data": {"id": True, "reference": "\u0000"}}, "", None),
        ({"event": "charge.success", "data": {"id": {}, "reference": "\ud800"}}, "", None),
        ({"event": "charge.success", "data": {"id": 1.5, "reference": "x" * 101}}, "", None),
        ({"event": "made.up", "data": {"id": 5, "reference": "contri-1"}}, "contri-1", "made.up:5"),
    ],
)
def test_strange_shapes_are_kept_as_they_are(body, reference, key):
    assert send_paystack(json.dumps(body).encode()).status_code == 200

    event = InboundEvent.objects.get()
    assert event.reference == reference
    assert key is None or event.dedupe_key == key


def test_more_than_paystack_ever_sends_is_413():
    body = charge_success() + b" " * 256 * 1024

    answer = send_paystack(body)

    assert (answer.status_code, answer.json()["code"]) == (413, "payload_too_large")
    assert not InboundEvent.objects.exists()


def test_what_the_caller_says_it_accepts_does_not_matter():
    assert send_paystack(charge_success(), HTTP_ACCEPT="text/html").status_code == 200


def test_a_content_type_that_is_not_json_does_not_matter(api):
    body = charge_success()

    answer = api.generic("POST", PAYSTACK, body, content_type="text/plain", HTTP_X_PAYSTACK_SIGNATURE=signed(body))

    assert answer.status_code == 200


def test_only_posting_is_offered(api):
    assert api.get(PAYSTACK).status_code == 405


def test_keeping_an_event_costs_a_write_and_a_look(django_assert_num_queries):
    with django_assert_num_queries(4):  # savepoint, insert, was it there, release
        send_paystack(charge_success())
