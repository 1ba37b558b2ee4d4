"""Declared outages of a provider: every circle's clocks stand still meanwhile, and nobody is late because of one."""

from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet

from accounts.models import User
from circles.errors import OutageDeclaredError, OutageUnknownError
from circles.models import Outage
from contri.core import audit


@transaction.atomic
def declare_outage(*, actor: User, provider: str, reason: str, at: datetime) -> Outage:
    """Say that a provider is away: from here on nothing falls due in any circle. For staff: the door checks that.

    Raises:
        OutageDeclaredError: that is known already.
    """
    try:
        with transaction.atomic():
            outage = Outage.objects.create(provider=provider, reason=reason, started_at=at, declared_by=actor)
    except IntegrityError as known:
        raise OutageDeclaredError from known
    audit.record(actor, outage, "declared an outage", reason=reason, flag=audit.ADDITION)
    return outage


@transaction.atomic
def end_outage(*, actor: User, provider: str, at: datetime) -> Outage:
    """Say that a provider is back: what was to happen meanwhile happens now, and grace is longer by the outage.

    Raises:
        OutageUnknownError: none is declared.
    """
    outage = Outage.objects.select_for_update(no_key=True).filter(provider=provider, ended_at=None).first()
    if outage is None:
        raise OutageUnknownError
    outage.ended_at, outage.ended_by = at, actor
    outage.save(update_fields=["ended_at", "ended_by"])
    audit.record(actor, outage, "ended an outage")
    return outage


def is_outage_open(at: datetime) -> bool:
    """Whether a provider is away at this moment, as far as staff have said."""
    return _open_at(at).exists()


def after_outages(at: datetime) -> datetime | None:
    """The first moment from `at` on that is in no outage; None when one is open still."""
    while (outage := _open_at(at).first()) is not None:
        if outage.ended_at is None:
            return None
        at = outage.ended_at
    return at


def lost_to_outages(since: datetime, until: datetime) -> timedelta:
    """How much of this stretch of time was in outages; what two of them share counts once."""
    meeting = Outage.objects.filter(Q(ended_at=None) | Q(ended_at__gt=since), started_at__lt=until)
    lost, counted_to = timedelta(), since
    for started_at, ended_at in meeting.order_by("started_at").values_list("started_at", "ended_at"):
        begins, ends = max(started_at, counted_to), min(ended_at or until, until)
        if ends > begins:
            lost += ends - begins
            counted_to = ends
    return lost


def _open_at(at: datetime) -> QuerySet[Outage]:
    return Outage.objects.filter(Q(ended_at=None) | Q(ended_at__gt=at), started_at__lte=at)
