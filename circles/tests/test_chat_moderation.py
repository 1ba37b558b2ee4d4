"""The moderators' view: what was reported, and the verbs behind it."""

import json

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Role, User
from circles import services
from circles.models import ChatMessage, ChatReport
from circles.tests.world import forming, people, person

pytestmark = pytest.mark.django_db
LIST = "/admin/circles/chatmessage/"


@pytest.fixture
def boss(client):
    client.force_login(User.objects.create_superuser("boss@example.ng", "x"))
    return client


@pytest.fixture
def reported():
    ada, bola = people(2)
    circle = forming([ada, bola], size=3)
    message, _ = services.send_message(actor=ada, circle_id=circle.pk, body="Pay 0123456789", at=timezone.now())
    services.report_message(actor=bola, circle_id=circle.pk, message_id=message.pk, reason="a scam", at=timezone.now())
    return message


def act(client, action, message, reason="asks for money"):
    return client.post(LIST, {"action": action, "_selected_action": str(message.pk), "reason": reason})


def standing(message):
    message = ChatMessage.objects.get(pk=message.pk)
    return message.hidden_at is not None, ChatReport.objects.get(message=message).state


def test_what_is_reported_can_be_hidden_and_shown_again_with_reasons_that_are_kept(boss, reported):
    act(boss, "hide", reported)
    assert standing(reported) == (True, "upheld")

    act(boss, "let_stand", reported, reason="it was their own")

    assert standing(reported) == (False, "upheld")
    entries = LogEntry.objects.filter(object_id=str(reported.pk)).order_by("pk")
    assert [json.loads(entry.change_message)["reason"] for entry in entries] == ["asks for money", "it was their own"]


def test_a_report_can_be_dismissed_and_the_message_stands(boss, reported):
    act(boss, "let_stand", reported)

    assert standing(reported) == (False, "dismissed")


def test_without_a_reason_nothing_is_done(boss, reported):
    act(boss, "hide", reported, reason=" ")

    assert standing(reported) == (False, "open")


def test_who_may_only_look_can_do_nothing(client, reported):
    support = person(role=Role.SUPPORT, is_staff=True)
    support.user_permissions.add(Permission.objects.get(codename="view_chatmessage"))
    client.force_login(support)

    page = client.get(LIST, {"reports": "open"})
    act(client, "hide", reported)

    assert page.status_code == 200
    assert "Pay 0123456789" in page.content.decode()
    assert standing(reported) == (False, "open")


@pytest.mark.parametrize("query", [{"reports": "open"}, {"flag": "account_number"}, {"reports": "any"}])
def test_moderators_find_what_was_reported_and_what_is_flagged(boss, reported, query):
    page = boss.get(LIST, query)

    assert list(page.context["cl"].result_list) == [reported]


@pytest.mark.parametrize("more", [0, 3])
def test_the_list_costs_the_same_however_long(boss, reported, more):
    for number in range(more):
        services.send_message(actor=reported.sender, circle_id=reported.circle_id, body=str(number), at=timezone.now())

    with CaptureQueriesContext(connection) as queries:
        page = boss.get(LIST)

    assert page.status_code == 200
    assert len(queries) == 8
