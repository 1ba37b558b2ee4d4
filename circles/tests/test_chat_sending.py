"""What came together is written together: in order, once each, and nobody's letter is kept back by somebody else's."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from circles import services
from circles.errors import CircleNotFoundError
from circles.errors.chat import SilencedError
from circles.models import ChatMessage, MessageKind
from circles.services import Letter, Sent
from circles.services.chat import place_of
from circles.tests import world

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada_and_bola():
    return world.people(2)


@pytest.fixture
def circle(ada_and_bola):
    return world.forming(ada_and_bola, size=3)


@pytest.fixture
def send(circle):
    def send_letters(*letters):
        return services.send_messages(circle_id=circle.pk, letters=letters, at=timezone.now())

    return send_letters


def said(circle):
    spoken = ChatMessage.objects.filter(circle=circle, kind=MessageKind.TEXT).order_by("number")
    return list(spoken.values_list("body", flat=True))


def test_letters_stand_in_the_order_in_which_they_came(circle, send, ada_and_bola):
    ada, bola = ada_and_bola

    outcomes = send(Letter(ada, "one"), Letter(bola, "two", "b-1"), Letter(ada, "three", "a-1"))

    assert [(outcome.message.body, outcome.is_new) for outcome in outcomes] == [
        ("one", True),
        ("two", True),
        ("three", True),
    ]
    first = outcomes[0].message.number
    assert [outcome.message.number for outcome in outcomes] == [first, first + 1, first + 2]
    assert said(circle) == ["one", "two", "three"]


def test_what_was_sent_before_or_twice_together_stands_once(circle, send, ada_and_bola):
    ada, bola = ada_and_bola
    [before] = send(Letter(ada, "one", "a-1"))

    outcomes = send(Letter(ada, "again", "a-1"), Letter(ada, "two", "a-2"), Letter(ada, "twice", "a-2"))
    [other] = send(Letter(bola, "mine", "a-1"))

    assert outcomes == [
        Sent(before.message, is_new=False),
        Sent(outcomes[1].message, is_new=True),
        Sent(outcomes[1].message, is_new=False),
    ]
    assert other.is_new
    assert said(circle) == ["one", "two", "mine"]


def test_who_may_not_write_is_refused_and_the_others_letters_are_sent(circle, send, ada_and_bola):
    ada, bola = ada_and_bola
    place = place_of(circle.memberships.get(user=bola))
    place.silenced_until = timezone.now() + timedelta(hours=1)
    place.save()

    outcomes = send(Letter(bola, "hush"), Letter(world.person(), "who, me?"), Letter(ada, "hello"))

    assert [type(outcome) for outcome in outcomes] == [SilencedError, CircleNotFoundError, Sent]
    assert said(circle) == ["hello"]


@pytest.mark.parametrize("count", [1, 3])
def test_many_cost_as_many_statements_as_one(circle, send, ada_and_bola, count):
    letters = [Letter(ada_and_bola[number % 2], str(number), f"c-{number}") for number in range(count)]

    with CaptureQueriesContext(connection) as queries:
        send(*letters)

    # Members, the counter, what was sent before, the rows; a savepoint for the transaction, and its end.
    assert len(queries) == 6
