"""No door tells whether an address has an account; `benchmarks.accounts` also takes the time."""

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from benchmarks.accounts.answers import DOORS, people, told

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("door", DOORS, ids=lambda door: door.name)
def test_a_known_and_an_unknown_address_get_one_answer_for_as_many_queries(door):
    cache.clear()
    known, client = people(2), Client()
    # Whatever Django looks up once is looked up here.
    door.ask(client, known[0], "10.0.0.1")

    answers, costs = set(), []
    for number, email in enumerate([known[1], "stranger@example.ng"]):
        with CaptureQueriesContext(connection) as queries:
            answers.add(told(door.ask(client, email, f"10.0.1.{number}"), email))
        costs.append(len(queries))

    assert (len(answers), costs[0]) == (1, costs[1])
