"""Sealing: one hash over each finished day of the books, chained to the day before.

Never inline: posting knows nothing of it. Whoever keeps a copy of the last seal elsewhere can prove later that no row
before it was changed, added or taken away, not even by the database's administrator.
"""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db import connection, transaction
from django.db.models import Min

from contri.core.moments import lagos_day, lagos_moment
from wallets.models.ledger import LedgerSeal, LedgerTransfer

GENESIS = bytes(32)
# Longer than any transaction may take: by then nobody can still write a row of the day before.
SETTLING = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class BrokenSeal:
    """A sealed day whose rows, or whose place in the chain, are not what they were."""

    day: date
    finding: str


def seal_ledger(*, at: datetime, on_day: Callable[[date], None] = lambda day: None) -> list[LedgerSeal]:
    """Seal every finished Lagos day that is not sealed yet, oldest first; returns the new seals.

    Days without a transfer are sealed too, so that a missing one shows.
    """
    new = []
    last = LedgerSeal.objects.order_by("-day").first()
    for day in _days_to_seal(last, at):
        on_day(day)
        last = _seal(day, bytes(last.digest) if last else GENESIS)
        new.append(last)
    return new


def broken_seals() -> Iterator[BrokenSeal]:
    """Every sealed day that does not hash to its seal any more, or is not chained to the day before it."""
    previous, expected_day = GENESIS, None
    for seal in LedgerSeal.objects.order_by("day"):
        if expected_day is not None and seal.day != expected_day:
            yield BrokenSeal(expected_day, "the seal of this day is missing")
        if bytes(seal.previous) != previous:
            yield BrokenSeal(seal.day, "the seal does not follow the one before it")
        transfers, digest = _digest(seal.day, bytes(seal.previous))
        if (transfers, digest) != (seal.transfers, bytes(seal.digest)):
            yield BrokenSeal(seal.day, f"sealed with {seal.transfers} transfers, now there are {transfers} or others")
        previous, expected_day = bytes(seal.digest), seal.day + timedelta(days=1)


@transaction.atomic
def _seal(day: date, previous: bytes) -> LedgerSeal:
    with connection.cursor() as cursor:
        # A busy day takes longer to hash than any request may take.
        cursor.execute("SET LOCAL statement_timeout = 0")
        transfers, digest = _digest(day, previous)
        cursor.execute(
            "INSERT INTO ledger_seal (day, transfers, previous, digest) VALUES (%s, %s, %s, %s)",
            [day, transfers, previous, digest],
        )
    return LedgerSeal.objects.get(pk=day)


def _days_to_seal(last: LedgerSeal | None, at: datetime) -> Iterator[date]:
    if last is not None:
        day = last.day + timedelta(days=1)
    else:
        first = LedgerTransfer.objects.aggregate(first=Min("created_at"))["first"]
        if first is None:
            return
        day = lagos_day(first)
    while at >= _start_of(day + timedelta(days=1)) + SETTLING:
        yield day
        day += timedelta(days=1)


def _digest(day: date, previous: bytes) -> tuple[int, bytes]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT transfers, digest FROM ledger_digest(%s, %s)", [_start_of(day), _start_of(day + timedelta(days=1))]
        )
        transfers, rows = cursor.fetchone()
    chained = b"|".join([previous, day.isoformat().encode(), str(transfers).encode(), bytes(rows)])
    return transfers, hashlib.sha256(chained).digest()


def _start_of(day: date) -> datetime:
    return lagos_moment(day, time.min)
