"""What is not kept for ever."""

from datetime import datetime, timedelta

from contri.core.work import WorkState
from webhooks.models import InboundEvent

BODIES_KEPT = timedelta(days=30)


def forget_old_bodies(*, at: datetime) -> int:
    """Empty the raw bodies of events that were dealt with a month before `at`; returns how many.

    The row stays: it is what makes a repeat a repeat. Events that wait for a person keep their bodies.
    """
    old = InboundEvent.objects.filter(state=WorkState.DONE, finished_at__lt=at - BODIES_KEPT)
    return old.exclude(sealed_body=None).update(sealed_body=None)
