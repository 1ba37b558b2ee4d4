"""Writing notices: once, in the caller's transaction, in a fixed number of queries."""

import pytest
from django.db import transaction

from contri.core.locking import NoTransactionError
from notifications.kinds import NoticeKind, NoticeType, Priority, Topic
from notifications.models import MailDelivery, Notification, SwitchedOff
from notifications.services import notify, notify_all
from notifications.tests.people import a_person

PAID = NoticeKind(
    "test_paid",
    "{name} paid",
    "{name} paid ₦{amount}.",
    type=NoticeType.SUCCESS,
    action_url="/circles/{circle_id}",
)
ALARM = NoticeKind("test_alarm", "Look", "Now.", priority=Priority.HIGH, mails=True, topic=Topic.SECURITY)
NEWS = NoticeKind("test_news", "News", "There is some.", mails=True)
FACTS = {"name": "Bola", "amount": "500.00", "circle_id": "7"}

pytestmark = pytest.mark.django_db


def test_a_notice_says_what_its_kind_says_with_the_facts_put_in():
    person = a_person()

    notice = notify(recipient_id=person.id, kind=PAID, facts=FACTS)

    kept = Notification.objects.values("recipient_id", "kind", "title", "body", "type", "priority", "action_url").get()
    assert kept == {
        "recipient_id": person.id,
        "kind": "test_paid",
        "title": "Bola paid",
        "body": "Bola paid ₦500.00.",
        "type": "success",
        "priority": "normal",
        "action_url": "/circles/7",
    }
    assert not notice.is_read


def test_a_fact_that_looks_like_a_template_stays_text():
    notice = notify(recipient_id=a_person().id, kind=PAID, facts={**FACTS, "name": "{0.__class__} {amount}"})

    assert notice.title == "{0.__class__} {amount} paid"


def test_a_long_name_shortens_the_notice_and_stops_nothing():
    notice = notify(recipient_id=a_person().id, kind=PAID, facts={**FACTS, "name": "Ọlá" * 500})

    assert (len(notice.title), len(notice.body)) == (200, 1000)
    assert notice.title.endswith("…")


def test_a_missing_fact_is_our_mistake_and_tells_nobody():
    with pytest.raises(KeyError):
        notify(recipient_id=a_person().id, kind=PAID, facts={})

    assert not Notification.objects.exists()


def test_one_event_tells_a_person_once():
    ada, bola = a_person(), a_person()

    first = notify(recipient_id=ada.id, kind=ALARM, key="event-1")
    again = notify(recipient_id=ada.id, kind=ALARM, key="event-1")
    notify(recipient_id=ada.id, kind=ALARM, key="event-2")
    notify(recipient_id=bola.id, kind=ALARM, key="event-1")

    assert again.id == first.id
    assert Notification.objects.filter(recipient=ada).count() == 2
    assert Notification.objects.filter(recipient=bola).count() == 1
    assert MailDelivery.objects.count() == 3


def test_events_without_a_key_are_each_an_event():
    ada = a_person()

    notify(recipient_id=ada.id, kind=PAID, facts=FACTS)
    notify(recipient_id=ada.id, kind=PAID, facts=FACTS)

    assert Notification.objects.count() == 2


def test_those_who_were_told_before_are_left_out_and_the_answer_keeps_the_order():
    ada, bola, chidi = a_person(), a_person(), a_person()
    before = notify(recipient_id=bola.id, kind=NEWS, key="n")

    told = notify_all(recipient_ids=[chidi.id, bola.id, ada.id, chidi.id], kind=NEWS, key="n")

    assert [notice.recipient_id for notice in told] == [chidi.id, bola.id, ada.id]
    assert told[1].id == before.id
    assert Notification.objects.count() == 3


@pytest.mark.parametrize("people", [1, 3])
@pytest.mark.parametrize(("key", "queries"), [("", 1), ("k", 2)])
def test_telling_many_costs_what_telling_one_costs(django_assert_num_queries, people, key, queries):
    ids = [a_person().id for _ in range(people)]

    with django_assert_num_queries(queries):
        notify_all(recipient_ids=ids, kind=PAID, facts=FACTS, key=key)


@pytest.mark.parametrize("people", [1, 3])
def test_mailing_many_costs_what_mailing_one_costs(django_assert_num_queries, people):
    ids = [a_person().id for _ in range(people)]

    with django_assert_num_queries(3):  # notices, addresses, mails
        notify_all(recipient_ids=ids, kind=NEWS)

    assert MailDelivery.objects.count() == people


def test_mail_is_not_sent_to_those_who_switched_the_kind_off():
    ada, bola = a_person(), a_person()
    SwitchedOff.objects.create(user=ada, channel="email", kind=NEWS.code)

    notify_all(recipient_ids=[ada.id, bola.id], kind=NEWS)

    assert list(MailDelivery.objects.values_list("to", flat=True)) == [bola.email]
    assert Notification.objects.count() == 2


def test_security_gets_through_whatever_is_switched_off():
    ada = a_person()
    SwitchedOff.objects.create(user=ada, channel="email", kind=ALARM.code)

    notify(recipient_id=ada.id, kind=ALARM)

    assert MailDelivery.objects.get().to == ada.email


@pytest.mark.django_db(transaction=True)
def test_a_notice_belongs_to_the_callers_transaction():
    ada = a_person()

    with pytest.raises(NoTransactionError):
        notify(recipient_id=ada.id, kind=ALARM)
    with transaction.atomic():
        notify(recipient_id=ada.id, kind=ALARM)
        transaction.set_rollback(True)

    assert not Notification.objects.exists()
    assert not MailDelivery.objects.exists()
