"""Facts, told after commit. A fact carries ids only; whoever hears it looks the rest up."""

from functools import partial

from django.db import transaction
from django.dispatch import Signal


def announce(fact: Signal, **ids: object) -> None:
    """Send `fact` once the current transaction has committed; never if it rolls back.

    Receivers only nudge (queue a task, wake a socket): one that fails is logged and stops nobody else.
    """
    transaction.on_commit(partial(fact.send_robust, sender=None, **ids), robust=True)
