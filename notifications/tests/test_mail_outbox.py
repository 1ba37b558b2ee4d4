"""The mail outbox: what it sends, what it forgets, and what it does when a mail server says no."""

from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.utils import timezone

from contri.core import crypto
from contri.core.work import WorkState, finish
from notifications import kinds, services
from notifications.errors import MailAlreadySentError, MailNotFoundError
from notifications.kinds import MailKind
from notifications.models import MailDelivery
from notifications.tests.people import a_person
from notifications.tests.smtp import mail_server

KEY = "MTk:1vNcrA:secret-key"
FACTS = {"first_name": "Ada <b>", "key": KEY, "link": f"http://testserver/verify-email?key={KEY}&x=1"}

pytestmark = pytest.mark.django_db


@pytest.fixture
def postbox(settings):
    with mail_server(settings) as postbox:
        yield postbox


def queue_mail(to="ada@example.com"):
    return services.send_mail(to=to, kind=kinds.VERIFY_EMAIL, facts=FACTS)


def part(mail, kind):
    return mail.get_body((kind,)).get_content()


def test_a_mail_arrives_as_text_and_html_under_the_rows_own_message_id(postbox):
    delivery = queue_mail()

    assert services.deliver_mail(delivery_id=delivery.id)

    (mail,) = postbox.mails
    assert (mail["To"], mail["Subject"]) == ("ada@example.com", "Confirm your email address")
    assert mail["Message-ID"] == delivery.message_id
    assert str(delivery.id) in mail["Message-ID"]
    # Text is text; HTML is escaped. A key must come through unharmed in both.
    assert "Hello Ada <b>," in part(mail, "plain")
    assert FACTS["link"] in part(mail, "plain")
    assert "Hello Ada &lt;b&gt;," in part(mail, "html")
    assert f'href="http://testserver/verify-email?key={KEY}&amp;x=1"' in part(mail, "html")
    assert KEY in part(mail, "plain").split()


def test_mails_load_nothing_from_anywhere(postbox):
    services.deliver_mail(delivery_id=queue_mail().id)

    html = part(postbox.mails[0], "html")
    assert "src=" not in html
    assert "url(" not in html
    assert "<link" not in html


def test_secrets_are_unreadable_in_the_table_and_gone_once_sent(postbox):
    delivery = queue_mail()
    assert KEY.encode() not in bytes(MailDelivery.objects.get().sealed_facts or b"")

    services.deliver_mail(delivery_id=delivery.id)

    kept = MailDelivery.objects.get()
    assert (kept.state, kept.sealed_facts, kept.last_error) == (WorkState.DONE, None, "")


def test_a_mail_is_sent_once_however_often_it_is_asked_for(postbox):
    delivery = queue_mail()

    assert services.deliver_mail(delivery_id=delivery.id)
    assert not services.deliver_mail(delivery_id=delivery.id)
    assert services.deliver_due_mail() == 0

    assert len(postbox.mails) == 1


def test_a_sweep_sends_whatever_is_due(postbox):
    for address in ("a@example.com", "b@example.com", "c@example.com"):
        queue_mail(address)

    assert services.deliver_due_mail() == 3

    assert [mail["To"] for mail in postbox.mails] == ["a@example.com", "b@example.com", "c@example.com"]


def test_a_server_that_is_away_loses_nothing_and_is_asked_once_a_sweep(settings, postbox):
    first, second = queue_mail(), queue_mail("bola@example.com")
    settings.EMAIL_PORT, real_port = 1, settings.EMAIL_PORT

    assert services.deliver_due_mail() == 0

    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, first.attempts, first.last_error) == (WorkState.READY, 1, "ConnectionRefusedError")
    assert (second.state, second.attempts) == (WorkState.READY, 0)
    assert first.due_at > timezone.now()

    settings.EMAIL_PORT = real_port
    MailDelivery.objects.update(due_at=timezone.now() - timedelta(seconds=1))
    assert services.deliver_due_mail() == 2


def test_a_server_that_says_later_is_asked_later(postbox):
    postbox.replies["ada@example.com"] = "451 try again"
    delivery = queue_mail()

    assert not services.deliver_mail(delivery_id=delivery.id)

    delivery.refresh_from_db()
    assert (delivery.state, delivery.last_error) == (WorkState.READY, "SMTPRecipientsRefused")
    assert delivery.sealed_facts is not None


def test_an_address_that_does_not_exist_is_left_to_a_person_and_holds_nobody_up(postbox):
    postbox.replies["gone@example.com"] = "550 no such user"
    gone = queue_mail("gone@example.com")
    queue_mail("ada@example.com")

    assert services.deliver_due_mail() == 1

    gone.refresh_from_db()
    assert gone.state == WorkState.NEEDS_REVIEW
    assert [mail["To"] for mail in postbox.mails] == ["ada@example.com"]


def test_a_mail_that_cannot_be_written_is_left_to_a_person_and_holds_nobody_up(postbox):
    broken = services.send_mail(to="ada@example.com", kind=MailKind("unknown", "", ""), facts={})
    queue_mail("bola@example.com")

    assert services.deliver_due_mail() == 1

    broken.refresh_from_db()
    assert (broken.state, broken.last_error) == (WorkState.NEEDS_REVIEW, "cannot be written: KeyError")


def test_a_line_break_in_a_fact_does_not_make_a_header(postbox):
    facts = {"title": "Ajo\r\nBcc: thief@example.com", "body": "Hello"}
    delivery = services.send_mail(to="ada@example.com", kind=kinds.NOTICE_MAIL, facts=facts)

    assert services.deliver_mail(delivery_id=delivery.id)

    assert postbox.mails[0]["Subject"] == "Ajo Bcc: thief@example.com"
    assert postbox.mails[0]["Bcc"] is None


def test_staff_can_have_a_mail_sent_again_and_it_is_on_record(postbox):
    postbox.replies["ada@example.com"] = "550 mailbox full"
    delivery = queue_mail()
    services.deliver_mail(delivery_id=delivery.id)
    postbox.replies.clear()
    staff = a_person(is_staff=True)

    services.retry_mail(actor=staff, delivery_id=delivery.id, reason="they emptied it")
    assert services.deliver_mail(delivery_id=delivery.id)

    entry = LogEntry.objects.get()
    assert (entry.user_id, entry.object_id) == (staff.id, str(delivery.id))
    assert "they emptied it" in entry.change_message
    assert len(postbox.mails) == 1


def test_a_sent_mail_cannot_be_sent_again(postbox):
    delivery = queue_mail()
    services.deliver_mail(delivery_id=delivery.id)

    with pytest.raises(MailAlreadySentError):
        services.retry_mail(actor=a_person(), delivery_id=delivery.id, reason="why not")

    with pytest.raises(MailNotFoundError):
        services.retry_mail(actor=a_person(), delivery_id=a_person().id, reason="why not")
    assert len(postbox.mails) == 1


def test_a_worker_that_lost_its_lease_does_not_undo_the_others_word(postbox):
    delivery = queue_mail()
    delivery.attempts = 4
    MailDelivery.objects.update(attempts=5)

    assert not finish(delivery)
    assert MailDelivery.objects.get().state == WorkState.READY


def test_every_kind_of_mail_can_be_written(postbox):
    facts = {"first_name": "Ada", "key": "k", "link": "http://testserver/", "title": "t", "body": "b"}
    for kind in kinds.mail_kinds().values():
        services.send_mail(to="ada@example.com", kind=kind, facts=facts)

    assert services.deliver_due_mail() == len(kinds.mail_kinds())


def test_facts_are_sealed_with_the_field_key():
    delivery = queue_mail()

    assert KEY in crypto.decrypt(bytes(delivery.sealed_facts))


def test_a_mail_arrives_in_the_sandboxs_mailbox(sandbox, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    services.deliver_mail(delivery_id=queue_mail("ada@example.com").id)

    (mail,) = sandbox.mails("ada@example.com")

    assert (mail.subject, mail.sender) == ("Confirm your email address", "Contri <hello@contri.ng>")
    assert FACTS["link"] in mail.links
    assert KEY in mail.text


def test_mails_sent_a_quarter_ago_are_forgotten_and_unsent_ones_are_not():
    now = timezone.now()
    for days, state in ((91, WorkState.DONE), (89, WorkState.DONE), (91, WorkState.NEEDS_REVIEW)):
        MailDelivery.objects.filter(pk=queue_mail().pk).update(state=state, finished_at=now - timedelta(days=days))

    assert services.forget_sent_mail(at=now) == 1

    assert set(MailDelivery.objects.values_list("state", flat=True)) == {WorkState.DONE, WorkState.NEEDS_REVIEW}
