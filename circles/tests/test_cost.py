"""What time does to a circle costs as many queries for many members as for few."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from accounts.tests.factories import UserFactory
from benchmarks.circles import due_moment, idle_tick
from circles import services
from circles.models import CharterAcceptance, Membership
from circles.tests.world import DUE, FOUNDED, HOUR, beat, forming, live_until, people, started

pytestmark = pytest.mark.django_db
# The first circle of each test fills what Django remembers (content types); the other two are compared.


def queries_of(act):
    with CaptureQueriesContext(connection) as queries:
        act()
    return len(queries)


def test_a_payday_costs_the_same_for_nine_members_as_for_three():
    costs = []
    for size in (2, 3, 9):
        started(people(size, "1000.00"))
        live_until(DUE - HOUR)
        costs.append(queries_of(lambda: beat(DUE)))

    assert costs[1] == costs[2], costs


def test_locking_costs_the_same_for_nine_members_as_for_three():
    costs = []
    for size in (2, 3, 9):
        circle = forming(people(size))
        costs.append(
            queries_of(
                lambda circle=circle: services.start_circle(actor=circle.host, circle_id=circle.pk, at=FOUNDED + HOUR)
            )
        )

    assert costs[1] == costs[2], costs


def test_a_reminder_costs_the_same_for_nine_members_as_for_three():
    costs = []
    for size in (2, 3, 9):
        circle = started(people(size))
        reminder = circle.acts.filter(kind=20).earliest("due_at")
        live_until(reminder.due_at - HOUR)
        costs.append(queries_of(lambda at=reminder.due_at: beat(at)))

    assert costs[1] == costs[2], costs


def test_a_circle_of_a_hundred_is_read_in_as_many_queries_as_one_of_three(signed_in):
    costs = []
    for size in (2, 3, 100):
        circle = full_circle(size)
        client, path = signed_in(circle.host), f"/api/v1/circles/{circle.pk}"
        # What is remembered for a while, such as the limits of tiers, is read anew before, not in between.
        client.get(path)
        costs.append(queries_of(lambda client=client, path=path: client.get(path)))

    assert costs[1] == costs[2], costs


def full_circle(size):
    """A locked circle of so many, without each of them joining by themselves."""
    circle = forming(people(1), size=size)
    members = UserFactory.build_batch(size - 1)
    User.objects.bulk_create(members)
    places = [Membership(circle=circle, user=member, status="active", joined_at=FOUNDED) for member in members]
    Membership.objects.bulk_create(places)
    charter = circle.charters.get()
    CharterAcceptance.objects.bulk_create(
        CharterAcceptance(charter=charter, membership=place, accepted_at=FOUNDED) for place in places
    )
    return services.start_circle(actor=circle.host, circle_id=circle.pk, at=FOUNDED + HOUR)


@pytest.mark.breaks_circles
def test_the_benchmarks_fill_the_tables_as_they_are_today():
    due_moment.fill("engine", 1, due_moment.DUE)
    with connection.cursor() as cursor:
        cursor.execute(idle_tick.FILL, {"first": 1, "last": 1, "done": 1})

    assert services.turn_circles(at=due_moment.DUE, limit=1).failed == []
