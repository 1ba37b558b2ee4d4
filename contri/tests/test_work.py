"""The queue of rows: claimed once, retried with patience, given to a person in the end."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.utils import timezone

from contri.core.work import WorkState, claim_work, finish, park, retry
from webhooks.models import InboundEvent, Provider

pytestmark = pytest.mark.django_db


def an_event() -> InboundEvent:
    return InboundEvent.objects.create(
        provider=Provider.PAYSTACK, event="charge.success", dedupe_key=uuid4().hex, sealed_body=b"", signature=""
    )


def test_claimed_work_is_not_due_again_until_its_lease_ends() -> None:
    event = an_event()

    assert [work.pk for work in claim_work(InboundEvent.objects.all())] == [event.pk]
    assert claim_work(InboundEvent.objects.all()) == []

    InboundEvent.objects.update(due_at=timezone.now() - timedelta(seconds=1))
    assert [work.attempts for work in claim_work(InboundEvent.objects.all())] == [2]


def test_finished_work_never_comes_back() -> None:
    an_event()
    [work] = claim_work(InboundEvent.objects.all())

    assert finish(work)
    InboundEvent.objects.update(due_at=timezone.now() - timedelta(days=1))
    assert claim_work(InboundEvent.objects.all()) == []


def test_a_worker_that_lost_its_lease_cannot_end_the_work_of_another() -> None:
    an_event()
    [late] = claim_work(InboundEvent.objects.all())
    InboundEvent.objects.update(due_at=timezone.now() - timedelta(seconds=1))
    [current] = claim_work(InboundEvent.objects.all())

    assert not finish(late)
    assert retry(current, "provider away")
    assert InboundEvent.objects.get().state == WorkState.READY


def test_each_retry_waits_longer_and_the_last_one_asks_for_a_person() -> None:
    an_event()
    pauses = []
    for _ in range(InboundEvent.attempt_cap):
        InboundEvent.objects.update(due_at=timezone.now() - timedelta(seconds=1))
        [work] = claim_work(InboundEvent.objects.all())
        retry(work, "provider away")
        pauses.append(round((InboundEvent.objects.get().due_at - timezone.now()).total_seconds()))

    assert pauses[:4] == [5, 10, 20, 40]
    assert max(pauses) <= 1800
    assert InboundEvent.objects.get().state == WorkState.NEEDS_REVIEW


def test_parked_work_waits_for_a_person() -> None:
    an_event()
    [work] = claim_work(InboundEvent.objects.all())

    assert park(work, "signed, but makes no sense")
    assert InboundEvent.objects.get().state == WorkState.NEEDS_REVIEW


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_workers_at_once_share_the_work_without_overlap() -> None:
    for _ in range(20):
        an_event()

    def claim_some(_: int) -> list[UUID]:
        try:
            return [work.pk for work in claim_work(InboundEvent.objects.all(), limit=5)]
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as threads:
        claimed = [pk for batch in threads.map(claim_some, range(12)) for pk in batch]

    assert len(claimed) == len(set(claimed)) == 20
