"""The list of notices over HTTP, and reading it."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import transaction
from django.utils import timezone

from contri.core.moments import rfc3339
from notifications.kinds import NoticeKind, NoticeType, Priority, Topic
from notifications.models import Notification
from notifications.services import notify
from notifications.tests.people import a_person

LATE = NoticeKind(
    "test_late",
    "You are late",
    "Pay ₦{amount} today.",
    type=NoticeType.ACTION_REQUIRED,
    priority=Priority.HIGH,
    action_url="/circles/1",
    topic=Topic.MONEY,
)

pytestmark = pytest.mark.django_db


def tell(person, amount="500.00"):
    with transaction.atomic():
        return notify(recipient_id=person.id, kind=LATE, facts={"amount": amount})


def test_a_notice_reads_as_the_contract_says(signed_in):
    ada = a_person()
    notice = tell(ada)

    answer = signed_in(ada).get("/api/v1/notifications")

    assert answer.status_code == 200
    assert answer.json() == {
        "results": [
            {
                "id": str(notice.id),
                "title": "You are late",
                "body": "Pay ₦500.00 today.",
                "type": "action_required",
                "is_read": False,
                "action_url": "/circles/1",
                "priority": "high",
                "created_at": rfc3339(notice.created_at),
            }
        ],
        "next": None,
        "previous": None,
        "unread_count": 1,
    }


def test_other_peoples_notices_are_nowhere(signed_in):
    ada, bola = a_person(), a_person()
    tell(bola)

    assert signed_in(ada).get("/api/v1/notifications").json() == {
        "results": [],
        "next": None,
        "previous": None,
        "unread_count": 0,
    }


def test_a_page_counts_everything_unread_and_leads_to_the_next(signed_in):
    ada = a_person()
    told = [tell(ada, f"{number}.00") for number in (1, 2, 3)]
    client = signed_in(ada)

    first = client.get("/api/v1/notifications?page_size=2").json()
    second = client.get(first["next"]).json()

    assert [notice["id"] for notice in first["results"]] == [str(told[2].id), str(told[1].id)]
    assert [notice["id"] for notice in second["results"]] == [str(told[0].id)]
    assert (first["unread_count"], second["unread_count"]) == (3, 3)


@pytest.mark.parametrize("notices", [1, 3])
def test_the_list_costs_three_queries_however_long_it_is(signed_in, django_assert_num_queries, notices):
    ada = a_person()
    for _ in range(notices):
        tell(ada)
    client = signed_in(ada)

    with django_assert_num_queries(3):  # session and user, unread count, page
        client.get("/api/v1/notifications")


@pytest.mark.parametrize(("wanted", "found"), [("true", ["read"]), ("false", ["unread"])])
def test_the_list_can_be_narrowed_by_reading(signed_in, wanted, found):
    ada = a_person()
    notices = {"read": tell(ada), "unread": tell(ada)}
    Notification.objects.filter(pk=notices["read"].pk).update(read_at=timezone.now())

    answer = signed_in(ada).get(f"/api/v1/notifications?is_read={wanted}").json()

    assert [notice["id"] for notice in answer["results"]] == [str(notices[name].id) for name in found]
    assert answer["unread_count"] == 1


def test_marking_some_as_read_counts_only_what_was_unread_and_ones_own(signed_in):
    ada, bola = a_person(), a_person()
    mine, other, theirs = tell(ada), tell(ada), tell(bola)
    client = signed_in(ada)
    body = {"ids": [str(mine.id), str(theirs.id), str(uuid4())]}

    assert client.post("/api/v1/notifications/read", body).json() == {"updated": 1, "unread_count": 1}
    assert client.post("/api/v1/notifications/read", body).json() == {"updated": 0, "unread_count": 1}

    assert Notification.objects.get(pk=mine.pk).is_read
    assert not Notification.objects.get(pk=other.pk).is_read
    assert not Notification.objects.get(pk=theirs.pk).is_read


def test_marking_all_as_read_keeps_when_the_earlier_ones_were(signed_in):
    ada = a_person()
    earlier, later = tell(ada), tell(ada)
    yesterday = timezone.now() - timedelta(days=1)
    Notification.objects.filter(pk=earlier.pk).update(read_at=yesterday)

    answer = signed_in(ada).post("/api/v1/notifications/read", {"all": True})

    assert answer.json() == {"updated": 1, "unread_count": 0}
    assert Notification.objects.get(pk=earlier.pk).read_at == yesterday
    assert Notification.objects.get(pk=later.pk).is_read


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"all": False},
        {"all": True, "ids": []},
        {"ids": "all"},
        {"ids": ["1"]},
        {"ids": [10**40]},
        {"ids": None},
        {"all": None},
        {"all": "perhaps"},
        {"ids": [str(uuid4())] * 501},
        [],
        "all",
        7,
        None,
    ],
)
def test_what_cannot_be_marked_is_refused_and_marks_nothing(signed_in, body):
    ada = a_person()
    tell(ada)

    answer = signed_in(ada).post("/api/v1/notifications/read", body)

    assert (answer.status_code, answer.json()["code"]) == (400, "validation_error")
    assert Notification.objects.get().read_at is None


@pytest.mark.parametrize("query", ["is_read=maybe", "is_read=", "is_read=%00", "is_read=1"])
def test_a_filter_that_means_nothing_is_refused(signed_in, query):
    answer = signed_in(a_person()).get(f"/api/v1/notifications?{query}")

    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "is_read")


@pytest.mark.parametrize("cursor", ["x", "%00", "cD1qdW5r", "cD0lMDA=", "cj0xJnA9MjAyNg==", "bz05OTk5OTk5OTk5OTk5"])
def test_a_cursor_that_we_did_not_give_is_never_a_crash(signed_in, cursor):
    ada = a_person()
    tell(ada)

    answer = signed_in(ada).get(f"/api/v1/notifications?cursor={cursor}")

    assert answer.status_code in (200, 400, 404)
    assert answer.status_code == 200 or answer["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("get", "notifications"),
        ("post", "notifications/read"),
        ("get", "notifications/preferences"),
        ("patch", "notifications/preferences"),
        ("post", "devices"),
        ("delete", "devices/x"),
    ],
)
def test_nobody_is_told_anything_without_signing_in(api, method, path):
    answer = getattr(api, method)(f"/api/v1/{path}", {})

    assert (answer.status_code, answer.json()["code"]) == (401, "not_authenticated")
    assert answer["WWW-Authenticate"] == "Bearer"
