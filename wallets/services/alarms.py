"""What has been under way for too long: said out loud each hour, so that people look before customers ask."""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from contri.core import metrics
from wallets.models import Deposit, Dispute, Withdrawal

logger = logging.getLogger(__name__)

# A bank transfer takes minutes; a checkout is over after an hour, so a deposit that is still open has had no answer.
WITHDRAWAL_LATE = timedelta(hours=1)
DEPOSIT_LATE = timedelta(hours=3)
DISPUTE_SOON = timedelta(hours=4)


@dataclass(frozen=True, slots=True)
class Alarm:
    """How many of something wait too long, and the oldest reference, to begin with."""

    what: str
    count: int
    oldest: str


def sound_alarms(*, at: datetime) -> list[Alarm]:
    """Log an error for each kind of work that is late at `at`, and return them."""
    late = [
        ("withdrawals under way for over an hour", _withdrawals(at)),
        ("deposits without an answer for hours", _deposits(at)),
        ("disputes to be answered within four hours", _disputes(at)),
    ]
    alarms = [Alarm(what, len(references), references[0]) for what, references in late if references]
    for alarm in alarms:
        metrics.happened("late_work", times=alarm.count)
        logger.error("%d %s, the oldest is %s", alarm.count, alarm.what, alarm.oldest)
    return alarms


def _withdrawals(at: datetime) -> list[str]:
    open_ = (Withdrawal.Status.REQUESTED, Withdrawal.Status.SUBMITTED)
    late = Withdrawal.objects.filter(status__in=open_, created_at__lt=at - WITHDRAWAL_LATE)
    return list(late.order_by("created_at").values_list("reference", flat=True))


def _deposits(at: datetime) -> list[str]:
    late = Deposit.objects.filter(status=Deposit.Status.PENDING, created_at__lt=at - DEPOSIT_LATE)
    return list(late.order_by("created_at").values_list("reference", flat=True))


def _disputes(at: datetime) -> list[str]:
    soon = Dispute.objects.filter(status=Dispute.Status.OPEN, respond_by__lt=at + DISPUTE_SOON)
    return list(soon.order_by("respond_by").values_list("reference", flat=True))
