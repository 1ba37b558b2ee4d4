"""The first screen, what to do next and an export cost as many queries for many circles as for one."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from circles.tests.world import people, started

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("path", ["users/dashboard", "users/me", "users/me/export"])
def test_three_circles_cost_as_much_as_one(signed_in, path):
    friends = people(3, "9000.00")
    client, counts = signed_in(friends[0]), []
    # What a process looks up once, such as kinds of rows in the audit trail, is none of these.
    client.get(f"/api/v1/{path}")
    for _ in range(3):
        started(friends)
        with CaptureQueriesContext(connection) as queries:
            answer = client.get(f"/api/v1/{path}")
        assert answer.status_code == 200
        counts.append(len(queries))

    assert counts[0] == counts[2], counts
