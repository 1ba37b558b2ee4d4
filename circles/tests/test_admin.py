"""What staff see of circles, and what they may do."""

import json

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Role, User
from circles.tests.world import DUE, live_until, people, person, started, state_of

pytestmark = pytest.mark.django_db
LIST = "/admin/circles/circle/"


@pytest.fixture
def boss(client):
    client.force_login(User.objects.create_superuser("boss@example.ng", "x"))
    return client


def act(client, action, circle, reason="a flood"):
    return client.post(LIST, {"action": action, "_selected_action": str(circle.pk), "reason": reason})


def test_staff_pause_and_resume_with_a_reason_that_is_kept(boss):
    circle = started(people(2))

    act(boss, "pause", circle)
    assert state_of(circle) == "paused"
    act(boss, "resume", circle, reason="dry again")

    assert state_of(circle) == "scheduled"
    entries = LogEntry.objects.filter(object_id=str(circle.pk), user__email="boss@example.ng").order_by("pk")
    assert [json.loads(entry.change_message)["reason"] for entry in entries] == ["a flood", "dry again"]


def test_without_a_reason_nothing_is_done(boss):
    circle = started(people(2))

    act(boss, "pause", circle, reason=" ")

    assert state_of(circle) == "scheduled"


def test_staff_cancel_a_circle_that_has_not_begun(boss):
    circle = started(people(2))

    act(boss, "cancel", circle)

    assert state_of(circle) == "cancelled"


def test_who_may_only_look_can_do_nothing(client):
    support = person(role=Role.SUPPORT, is_staff=True)
    support.user_permissions.add(Permission.objects.get(codename="view_circle"))
    client.force_login(support)
    circle = started(people(2))

    assert client.get(LIST).status_code == 200
    act(client, "pause", circle)
    assert state_of(circle) == "scheduled"


@pytest.mark.parametrize("circles", [1, 3])
def test_the_list_costs_the_same_however_long(boss, circles):
    for _ in range(circles):
        started(people(2, "2000.00"))
    live_until(DUE)
    boss.get(LIST)

    with CaptureQueriesContext(connection) as queries:
        page = boss.get(LIST)

    assert page.status_code == 200
    assert len(queries) == 5


@pytest.mark.parametrize("table", ["contribution", "payout", "debt", "refund", "scheduledact"])
def test_every_list_opens(boss, table):
    started([*people(1, "2000.00"), person()])
    live_until(DUE)

    assert boss.get(f"/admin/circles/{table}/").status_code == 200


def test_a_circles_page_shows_everything_and_no_seed(boss):
    circle = started(people(2), payout_order="random")

    page = boss.get(f"{LIST}{circle.pk}/change/")

    assert page.status_code == 200
    assert "sealed_seed" not in page.content.decode()
