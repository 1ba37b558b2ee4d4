"""POST /webhooks/flutterwave: the secret hash says who calls and nothing about what is said."""

import json

import pytest
from django.conf import settings
from django.utils import timezone

import wallets.services
from accounts.tests.factories import UserFactory
from wallets.tests.factories import in_suspense, spendable
from webhooks import services
from webhooks.models import InboundEvent, WebhookRefusal
from webhooks.tests.senders import post

pytestmark = pytest.mark.django_db

PATH = "/api/v1/webhooks/flutterwave"


def send(body, secret_hash=None):
    secret_hash = settings.FLUTTERWAVE_SECRET_HASH if secret_hash is None else secret_hash
    return post(PATH, body, HTTP_VERIF_HASH=secret_hash)


def charge_completed(reference="contri-0001", number=285959875, **data):
    body = {"id": number, "tx_ref": reference, "amount": 5000, "status": "successful", **data}
    return json.dumps({"event": "charge.completed", "data": body}).encode()


def test_an_event_with_the_hash_is_kept_without_it():
    assert send(charge_completed()).json() == {"received": True}

    event = InboundEvent.objects.get()
    kept = (event.provider, event.event, event.reference, event.dedupe_key, event.signature)
    assert kept == (
        "flutterwave",
        "charge.completed",
        "contri-0001",
        "charge.completed:285959875:successful",
        "",
    )


@pytest.mark.parametrize("secret_hash", ["", "nonsense", "é"])
def test_without_the_hash_only_a_count_is_kept(secret_hash):
    answer = send(charge_completed(), secret_hash)

    assert (answer.status_code, answer.json()["code"]) == (401, "signature_invalid")
    refusal = WebhookRefusal.objects.get()
    assert (refusal.provider, refusal.count, InboundEvent.objects.count()) == ("flutterwave", 1, 0)


def test_where_no_hash_is_set_nobody_gets_in(settings):
    settings.FLUTTERWAVE_SECRET_HASH = ""

    assert send(charge_completed(), "").status_code == 401


@pytest.mark.parametrize("body", [b"", b"[]", b"nonsense", b'{"event": 7}'])
def test_what_is_no_event_is_refused(body):
    assert (send(body).status_code, InboundEvent.objects.count()) == (400, 0)


def test_a_repeat_is_counted_and_another_status_is_another_event():
    for body in (charge_completed(status="failed"), charge_completed(), charge_completed()):
        send(body)

    kept = InboundEvent.objects.order_by("created_at").values_list("dedupe_key", "deliveries")
    assert list(kept) == [("charge.completed:285959875:failed", 1), ("charge.completed:285959875:successful", 2)]


def test_what_it_claims_is_asked_about_before_anything_is_booked(sandbox):
    ada = UserFactory.create()
    kept = wallets.services.start_deposit(actor=ada, amount_kobo=5_000_00, provider="flutterwave", at=timezone.now())
    send(charge_completed(kept.reference))
    services.work_inbox(at=timezone.now())
    assert spendable(ada) == 0

    sandbox.pay(kept.authorization_url)
    (webhook,) = sandbox.webhooks("charge.completed")
    assert send(webhook.body, webhook.headers["verif-hash"]).status_code == 200
    services.work_inbox(at=timezone.now())

    assert spendable(ada) == 5_000_00


def test_money_that_nobody_asked_for_goes_to_suspense(sandbox):
    ada = UserFactory.create()
    kept = wallets.services.start_deposit(actor=ada, amount_kobo=5_000_00, provider="flutterwave", at=timezone.now())
    kept.delete()
    sandbox.pay(kept.authorization_url)
    (webhook,) = sandbox.webhooks("charge.completed")

    send(webhook.body, webhook.headers["verif-hash"])
    services.work_inbox(at=timezone.now())

    assert (spendable(ada), in_suspense()) == (0, 5_000_00)
