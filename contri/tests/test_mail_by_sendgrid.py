"""Mail through django-anymail and the sandbox's SendGrid: it arrives once, and what bounces comes back signed."""

import os

import pytest
from django.conf import settings as configured
from django.db import transaction

from notifications import kinds, services
from notifications.models import MailDelivery, UnreachableAddress

pytestmark = pytest.mark.django_db
FACTS = {"title": "Money is in", "body": "₦5.00 came.", "action_url": ""}


@pytest.fixture(autouse=True)
def by_sendgrid(settings, sandbox):
    settings.EMAIL_BACKEND = "anymail.backends.sendgrid.EmailBackend"
    settings.ANYMAIL = {
        "SENDGRID_API_KEY": os.environ["SANDBOX_SENDGRID_API_KEY"],
        "SENDGRID_API_URL": f"{sandbox.base_url}/sendgrid/v3/",
        "IGNORE_UNSUPPORTED_FEATURES": False,
    }


def mail(to):
    with transaction.atomic():
        delivery = services.send_mail(to=to, kind=kinds.NOTICE_MAIL, facts=FACTS)
    return delivery, services.deliver_mail(delivery_id=delivery.pk)


def events(sandbox, client):
    return [
        client.post("/api/v1/webhooks/sendgrid", hook.body, content_type="application/json", headers=hook.headers)
        for hook in sandbox.new_webhooks()
        if hook.provider == "sendgrid"
    ]


def test_a_mail_arrives_as_text_and_html(sandbox, client):
    _, is_sent = mail("ada@example.com")

    arrived = sandbox.mails("ada@example.com")
    assert is_sent
    assert [(one.subject, one.sender) for one in arrived] == [("Money is in", configured.DEFAULT_FROM_EMAIL)]
    assert "₦5.00 came." in arrived[0].text
    assert "₦5.00 came." in arrived[0].html
    assert [answer.status_code for answer in events(sandbox, client)] == [200]
    assert not UnreachableAddress.objects.exists()


def test_what_bounces_comes_back_and_is_written_to_no_more(sandbox, client):
    mail("bounce-1@example.com")
    assert [answer.status_code for answer in events(sandbox, client)] == [200]

    delivery, is_sent = mail("bounce-1@example.com")

    assert not is_sent
    assert MailDelivery.objects.get(pk=delivery.pk).state == "needs_review"
    assert UnreachableAddress.objects.get().why == "bounced"


@pytest.mark.parametrize("fault", ["error_500", "reset", "html_502"])
def test_when_sendgrid_is_away_the_mail_waits(sandbox, fault):
    sandbox.inject_fault("sendgrid.mail.send", fault)

    delivery, is_sent = mail("ada@example.com")

    assert not is_sent
    assert MailDelivery.objects.get(pk=delivery.pk).state == "ready"
