"""Digests instead of floods: what can wait waits for others, and goes as one mail."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from contri.core.work import WorkState
from notifications import services
from notifications.kinds import NoticeKind, Priority
from notifications.models import MailDelivery
from notifications.services import notify
from notifications.tests.people import a_person
from notifications.tests.smtp import mail_server

NEWS = NoticeKind("test_news", "News of {day}", "There is <some>.", mails=True)
ALARM = NoticeKind("test_alarm", "Look", "Now.", priority=Priority.HIGH, mails=True)

pytestmark = pytest.mark.django_db


@pytest.fixture
def postbox(settings):
    with mail_server(settings) as postbox:
        yield postbox


@pytest.fixture
def ada():
    return a_person()


def tell(person, *days, kind=NEWS):
    with transaction.atomic():
        for day in days:
            notify(recipient_id=person.id, kind=kind, facts={"day": day})


def ten_minutes_pass():
    MailDelivery.objects.update(due_at=timezone.now() - timedelta(seconds=1))


def subjects(postbox):
    return [(mail["To"], mail["Subject"]) for mail in postbox.mails]


def states():
    return set(MailDelivery.objects.values_list("state", flat=True))


def test_what_gathers_for_one_person_is_one_mail_that_tells_all_of_it(postbox, ada):
    tell(ada, "Monday", "Tuesday", "Wednesday")
    assert services.deliver_due_mail() == 0
    ten_minutes_pass()

    assert services.deliver_due_mail() == 1

    assert subjects(postbox) == [(ada.email, "3 notices for you")]
    (mail,) = postbox.mails
    plain, html = (mail.get_body((kind,)).get_content() for kind in ("plain", "html"))
    for day in ("Monday", "Tuesday", "Wednesday"):
        assert f"News of {day}\nThere is <some>." in plain.replace("\r", "")
        assert f"<strong>News of {day}</strong><br>There is &lt;some&gt;." in html
    assert set(MailDelivery.objects.values_list("state", "sealed_facts")) == {(WorkState.DONE, None)}


def test_one_that_waited_alone_is_the_mail_it_would_have_been(postbox, ada):
    tell(ada, "Monday")
    ten_minutes_pass()

    services.deliver_due_mail()

    assert subjects(postbox) == [(ada.email, "News of Monday")]


def test_later_ones_go_along_with_the_first(postbox, ada):
    tell(ada, "Monday")
    ten_minutes_pass()
    tell(ada, "Tuesday")

    assert services.deliver_due_mail() == 1

    assert subjects(postbox) == [(ada.email, "2 notices for you")]
    assert states() == {WorkState.DONE}


def test_everybody_has_a_mail_of_their_own(postbox, ada):
    bola = a_person()
    tell(ada, "Monday", "Tuesday")
    tell(bola, "Monday", "Tuesday")
    ten_minutes_pass()

    assert services.deliver_due_mail() == 2

    assert set(subjects(postbox)) == {(ada.email, "2 notices for you"), (bola.email, "2 notices for you")}


def test_what_cannot_wait_neither_waits_nor_shares(postbox, ada):
    tell(ada, "Monday")
    tell(ada, "any day", kind=ALARM)

    assert services.deliver_due_mail() == 1
    assert subjects(postbox) == [(ada.email, "Look")]


def test_while_the_server_is_away_all_of_it_waits_and_goes_together_later(postbox, settings, ada):
    tell(ada, "Monday", "Tuesday")
    ten_minutes_pass()
    port, settings.EMAIL_PORT = settings.EMAIL_PORT, 1
    assert services.deliver_due_mail() == 0
    assert set(MailDelivery.objects.values_list("state", "attempts")) == {(WorkState.READY, 1)}

    settings.EMAIL_PORT = port
    ten_minutes_pass()
    assert services.deliver_due_mail() == 1

    assert subjects(postbox) == [(ada.email, "2 notices for you")]


def test_what_another_worker_is_sending_is_left_to_it(postbox, ada):
    tell(ada, "Monday", "Tuesday")
    first = MailDelivery.objects.earliest("created_at", "pk")
    ten_minutes_pass()
    MailDelivery.objects.filter(pk=first.pk).update(attempts=1, due_at=timezone.now() + timedelta(seconds=60))

    assert services.deliver_due_mail() == 1

    assert subjects(postbox) == [(ada.email, "News of Tuesday")]
    first.refresh_from_db()
    assert first.state == WorkState.READY
