"""Raw bodies are not kept for ever; what makes a repeat a repeat is."""

from datetime import timedelta

import pytest
from django.utils import timezone

from contri.core.work import WorkState
from webhooks import services
from webhooks.models import InboundEvent
from webhooks.tests.senders import charge_success, send_paystack

pytestmark = pytest.mark.django_db

NOW = timezone.now()


def event(reference, state, days_ago):
    send_paystack(charge_success(reference, number=days_ago))
    InboundEvent.objects.filter(reference=reference).update(state=state, finished_at=NOW - timedelta(days=days_ago))
    return InboundEvent.objects.get(reference=reference)


def test_a_month_after_it_was_dealt_with_an_event_forgets_what_it_said():
    old, recent = event("old", WorkState.DONE, 31), event("recent", WorkState.DONE, 29)
    waiting = event("waiting", WorkState.NEEDS_REVIEW, 300)

    assert services.forget_old_bodies(at=NOW) == 1
    assert services.forget_old_bodies(at=NOW) == 0

    for kept in (old, recent, waiting):
        kept.refresh_from_db()
    assert (old.body, bool(recent.body), bool(waiting.body)) == ("", True, True)


def test_a_repeat_of_an_event_that_has_forgotten_is_still_a_repeat():
    event("old", WorkState.DONE, 31)
    services.forget_old_bodies(at=NOW)

    send_paystack(charge_success("old", number=31))

    assert (InboundEvent.objects.get().deliveries, InboundEvent.objects.get().state) == (2, WorkState.DONE)
