"""Staff look at notices and mails; sending a mail again needs a permission and a reason."""

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.test import Client
from django.utils import timezone

from contri.core.work import WorkState
from notifications import kinds, services
from notifications.models import Device, MailDelivery
from notifications.tests.people import a_person

pytestmark = pytest.mark.django_db

MAILS = "/admin/notifications/maildelivery/"
SECRET = "a-key-that-opens-the-account"


@pytest.fixture
def mail():
    facts = {"first_name": "Ada", "key": SECRET, "link": "http://testserver/"}
    mail = services.send_mail(to="ada@example.com", kind=kinds.VERIFY_EMAIL, facts=facts)
    MailDelivery.objects.update(state=WorkState.NEEDS_REVIEW, attempts=60)
    return mail


def staff_with(*permissions):
    staff = a_person(is_staff=True)
    names = ("view_maildelivery", "view_notification", "view_device", *permissions)
    staff.user_permissions.set(Permission.objects.filter(codename__in=names, content_type__app_label="notifications"))
    client = Client()
    client.force_login(staff)
    return staff, client


def send_again(client, mail, reason):
    chosen = {"action": "send_again", "reason": reason, "_selected_action": [str(mail.id)]}
    return client.post(MAILS, chosen, follow=True).content.decode()


def test_staff_have_a_mail_sent_again_with_a_reason_on_record(mail):
    staff, client = staff_with("retry_mail")

    assert "Done for 1." in send_again(client, mail, "their mailbox was full")

    mail.refresh_from_db()
    assert (mail.state, mail.attempts) == (WorkState.READY, 0)
    assert (LogEntry.objects.get().user_id, LogEntry.objects.count()) == (staff.id, 1)


def test_without_a_reason_or_the_permission_nothing_is_sent_again(mail):
    _, permitted = staff_with("retry_mail")
    _, others = staff_with()

    assert "Say why" in send_again(permitted, mail, "")
    send_again(others, mail, "please")

    mail.refresh_from_db()
    assert mail.state == WorkState.NEEDS_REVIEW
    assert not LogEntry.objects.exists()


def test_a_mail_that_was_sent_is_refused_in_words(mail):
    MailDelivery.objects.update(state=WorkState.DONE)
    _, client = staff_with("retry_mail")

    assert "its facts are gone" in send_again(client, mail, "why not")


def test_no_page_shows_what_opens_an_account_or_reaches_a_device(mail):
    owner = a_person()
    device = Device.objects.create(user=owner, token="device-token-1", platform="ios", last_seen_at=timezone.now())
    services.notify(recipient_id=owner.id, kind=kinds.EMAIL_VERIFIED, facts={"email": owner.email})
    _, client = staff_with()
    sealed = bytes(mail.sealed_facts).decode()

    for path in (
        MAILS,
        f"{MAILS}{mail.id}/change/",
        "/admin/notifications/device/",
        "/admin/notifications/notification/",
    ):
        page = client.get(path)
        assert page.status_code == 200
        assert not any(secret in page.content.decode() for secret in (SECRET, sealed, device.token))


def test_nobody_can_write_or_delete_here(mail):
    _, client = staff_with("add_maildelivery", "change_maildelivery", "delete_maildelivery")

    assert client.get(f"{MAILS}add/").status_code == 403
    assert client.post(f"{MAILS}{mail.id}/delete/", {"post": "yes"}).status_code == 403
    client.post(f"{MAILS}{mail.id}/change/", {"to": "thief@example.com"})
    assert MailDelivery.objects.get().to == "ada@example.com"
