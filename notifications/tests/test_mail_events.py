"""What SendGrid tells of mails: only under its signature, and a dead address is written to no more."""

import base64
import json

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from notifications import kinds, services
from notifications.models import MailDelivery, Notification, UnreachableAddress
from notifications.tests.people import a_person

PATH = "/api/v1/webhooks/sendgrid"
# The official helper's own vector.
VECTOR_KEY = (
    "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEEDr2LjtURuePQzplybdC+u4CwrqDqBaWjcMMsTbhdbcwHBcepxo7yAQGhHPTnlvFYPAZFceEu/"
    "1FwCM/QmGUhA=="
)
VECTOR_SIGNATURE = "MEUCIQCtIHJeH93Y+qpYeWrySphQgpNGNr/U+UyUlBkU6n7RAwIgJTz2C+8a8xonZGi6BpSzoQsbVRamr2nlxFDWYNH2j/0="
VECTOR_BODY = '{"category":"example_payload","event":"test_event","message_id":"message_id"}'

pytestmark = pytest.mark.django_db


@pytest.fixture
def key(settings):
    key = ec.generate_private_key(ec.SECP256R1())
    public = key.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    settings.SENDGRID_WEBHOOK_KEY = base64.b64encode(public).decode()
    return key


def post(client, body, signature, timestamp="1795166104"):
    headers = {
        "X-Twilio-Email-Event-Webhook-Signature": signature,
        "X-Twilio-Email-Event-Webhook-Timestamp": timestamp,
    }
    return client.post(PATH, body, content_type="application/json", headers=headers)


def tell(client, key, *events, timestamp="1795166104"):
    body = json.dumps([{"email": "Ada@Example.com", "timestamp": 1795166104, **event} for event in events])
    signature = key.sign(timestamp.encode() + body.encode(), ec.ECDSA(hashes.SHA256()))
    return post(client, body, base64.b64encode(signature).decode(), timestamp)


@pytest.mark.parametrize(
    ("event", "why"),
    [
        ({"event": "bounce", "type": "bounce", "status": "5.1.1"}, "bounced"),
        ({"event": "dropped", "reason": "Bounced Address"}, "rejected"),
        ({"event": "dropped", "reason": "Invalid"}, "rejected"),
        ({"event": "spamreport"}, "complained"),
    ],
)
def test_an_address_that_is_dead_is_written_to_no_more_and_its_owner_told_in_the_app(client, key, event, why):
    ada = a_person()
    ada.email = "ada@example.com"
    ada.save()

    for _ in range(2):
        assert tell(client, key, event).status_code == 200

    assert list(UnreachableAddress.objects.values_list("address", "why")) == [("ada@example.com", why)]
    assert Notification.objects.get().title == "We cannot reach you by mail"
    delivery = services.send_mail(to="ada@example.com", kind=kinds.VERIFY_EMAIL, facts={})
    assert services.deliver_mail(delivery_id=delivery.pk) is False
    assert MailDelivery.objects.get(pk=delivery.pk).last_error == "the address is unreachable"


@pytest.mark.parametrize(
    "event",
    [
        {"event": "processed"},
        {"event": "delivered"},
        {"event": "deferred"},
        {"event": "open"},
        {"event": "bounce", "type": "blocked"},
        {"event": "dropped", "reason": "Unsubscribed Address"},
        {"event": "of a kind that is new"},
    ],
)
def test_whatever_else_happens_to_a_mail_changes_nothing(client, key, event):
    assert tell(client, key, event).status_code == 200
    assert not UnreachableAddress.objects.exists()


def test_a_signature_that_does_not_hold_is_turned_away(client, key, settings):
    other = ec.generate_private_key(ec.SECP256R1())
    dead = {"event": "bounce", "type": "bounce"}

    assert tell(client, other, dead).status_code == 401
    for signature in ("", "junk", "é", "AAAA"):
        assert post(client, json.dumps([dead]), signature).status_code == 401
    assert client.post(PATH, "[]", content_type="application/json").status_code == 401
    settings.SENDGRID_WEBHOOK_KEY = ""
    assert tell(client, key, dead).status_code == 404
    assert not UnreachableAddress.objects.exists()


def test_sendgrids_own_vector_holds_over_the_raw_bytes(client, settings):
    settings.SENDGRID_WEBHOOK_KEY = VECTOR_KEY

    # Its signature holds, its body is no list of events.
    assert post(client, VECTOR_BODY, VECTOR_SIGNATURE, "1588788367").status_code == 400
    assert post(client, VECTOR_BODY.replace(":", ": "), VECTOR_SIGNATURE, "1588788367").status_code == 401


def test_staff_have_an_address_written_to_again(client, key, django_user_model):
    tell(client, key, {"event": "bounce", "type": "bounce"})
    boss = django_user_model.objects.create_superuser("boss@example.ng", "x")

    services.trust_address(actor=boss, address="ada@example.com", reason="they cleared their mailbox")

    assert not UnreachableAddress.objects.exists()
