"""The queues that every app names, and who sees them."""

import pytest
from django.core.cache import cache

from accounts.models import User
from accounts.tests.factories import UserFactory
from contri.core.desk.queues import queues_for, standing_of
from wallets.models import BankAccount
from wallets.tests.factories import link_bank

pytestmark = pytest.mark.django_db


@pytest.fixture
def root():
    cache.clear()
    return User.objects.create_superuser("root@example.ng", "x")


def test_every_queue_leads_to_a_list_that_opens(root, client):
    client.force_login(root)
    queues = queues_for(root)

    assert len(queues) >= 9
    assert {queue.name: client.get(queue.url).status_code for queue in queues} == {queue.name: 200 for queue in queues}


def test_who_may_not_see_the_rows_does_not_see_the_queue():
    assert queues_for(UserFactory.create(is_staff=True)) == []


@pytest.mark.parametrize("waiting", [1, 3])
def test_a_queue_is_counted_in_one_query_however_long(root, django_assert_num_queries, waiting):
    accounts = [link_bank(UserFactory.create(), status=BankAccount.Status.PENDING) for _ in range(waiting)]
    link_bank(UserFactory.create())
    queue = next(queue for queue in queues_for(root) if queue.name == "Bank names to confirm")

    with django_assert_num_queries(1):
        standing = standing_of(queue)

    assert (standing.count, standing.oldest) == (waiting, accounts[0].created_at)
