"""A statement of account: what was booked on a wallet between two days, from the ledger itself.

Each row is one ledger entry, so opening balance plus rows is closing balance by construction. Promises (holds) are not
booked yet, so they do not appear; a withdrawal does on the day on which it was settled.
"""

import csv
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Protocol
from uuid import UUID

from django.db.models import Case, F, Q, QuerySet, Sum, When

from accounts.models import User
from contri.core.errors import FieldFault, ValidationFaultsError
from contri.core.moments import lagos_day, lagos_moment
from contri.core.money import CURRENCY, naira_from_kobo
from wallets import chart
from wallets.models import LedgerTransfer, Phase, Transaction, Wallet

LONGEST = timedelta(days=366)
# It is made while somebody waits, and kept in memory meanwhile.
MOST_LINES = 10_000
# Days beyond these have no moment in every time zone.
FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(9998, 12, 31)
HEADINGS = ("date", "type", "reference", "description", "debit", "credit", "balance", "currency")
# A spreadsheet takes a cell that begins with one of these for a formula.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class StatementLine:
    """One entry; `amount_kobo` is negative where money left. `balance_kobo` is what was booked after it."""

    at: datetime
    type: str
    reference: str
    description: str
    amount_kobo: int
    balance_kobo: int

    @property
    def debit_kobo(self) -> int:
        """What left; 0 where money came."""
        return max(-self.amount_kobo, 0)

    @property
    def credit_kobo(self) -> int:
        """What came; 0 where money left."""
        return max(self.amount_kobo, 0)


@dataclass(frozen=True, slots=True)
class Statement:
    """What was booked on one wallet from the beginning of `from_day` to the end of `to_day`, Lagos days."""

    holder: str
    from_day: date
    to_day: date
    opening_kobo: int
    closing_kobo: int
    lines: list[StatementLine]

    @property
    def debits_kobo(self) -> int:
        """All that left."""
        return sum(line.debit_kobo for line in self.lines)

    @property
    def credits_kobo(self) -> int:
        """All that came."""
        return sum(line.credit_kobo for line in self.lines)


class Writer(Protocol):
    """Where rows of text go."""

    def write(self, text: str, /) -> Any:
        """Add `text`."""


def statement_of(user: User, *, from_day: date, to_day: date) -> Statement:
    """The statement of `user`'s wallet; empty for somebody who has none yet.

    Raises:
        ValidationFaultsError: the days are the wrong way round or more than a year apart, or there are more than
            `MOST_LINES` entries between them.
    """
    _refuse_odd_range(from_day, to_day)
    wallet = Wallet.objects.filter(user=user, currency=CURRENCY).first()
    opening, lines = 0, list[StatementLine]()
    if wallet is not None:
        account = chart.wallet_account(wallet.pk)
        start = lagos_moment(from_day, time.min)
        end = lagos_moment(to_day + timedelta(days=1), time.min)
        opening = _booked_before(account, start)
        lines = list(_lines(wallet, account, start, end, opening))
    closing = lines[-1].balance_kobo if lines else opening
    return Statement(user.display_name, from_day, to_day, opening, closing, lines)


def write_csv(statement: Statement, out: Writer) -> None:
    """Write `statement` as CSV: an opening row, the entries, a closing row."""
    rows = csv.writer(out)
    rows.writerow(HEADINGS)
    rows.writerow(_balance_row(statement.from_day, "opening balance", statement.opening_kobo))
    for line in statement.lines:
        debit, credit = (naira_from_kobo(kobo) if kobo else "" for kobo in (line.debit_kobo, line.credit_kobo))
        texts = (line.type, line.reference, _harmless(line.description))
        rows.writerow([lagos_day(line.at), *texts, debit, credit, naira_from_kobo(line.balance_kobo), CURRENCY])
    rows.writerow(_balance_row(statement.to_day, "closing balance", statement.closing_kobo))


def _refuse_odd_range(from_day: date, to_day: date) -> None:
    if to_day < from_day:
        raise ValidationFaultsError(FieldFault("to", "before_from", "The last day is before the first."))
    if from_day < FIRST_DAY:
        raise ValidationFaultsError(FieldFault("from", "too_early", f"There is nothing before {FIRST_DAY}."))
    if to_day > LAST_DAY or to_day - from_day > LONGEST:
        raise ValidationFaultsError(FieldFault("to", "too_long", "Ask for at most a year."))


def _booked(account: UUID) -> QuerySet[LedgerTransfer]:
    touching = LedgerTransfer.objects.filter(Q(debit_account_id=account) | Q(credit_account_id=account))
    return touching.filter(phase__in=(Phase.SINGLE, Phase.SETTLE)).annotate(
        signed=Case(When(credit_account_id=account, then=F("amount")), default=-F("amount"))
    )


def _booked_before(account: UUID, moment: datetime) -> int:
    return _booked(account).filter(created_at__lt=moment).aggregate(total=Sum("signed"))["total"] or 0


def _lines(wallet: Wallet, account: UUID, start: datetime, end: datetime, opening: int) -> Iterator[StatementLine]:
    entries = _booked(account).filter(created_at__gte=start, created_at__lt=end)
    columns = ("created_at", "kind", "signed", "journal_id", "journal__source_id")
    rows = list(entries.order_by("created_at", "pk").values_list(*columns)[: MOST_LINES + 1])
    if len(rows) > MOST_LINES:
        raise ValidationFaultsError(FieldFault("to", "too_many", "Too many entries for one statement; ask for less."))
    told = _told(wallet, ((journal_id, source_id) for *_, journal_id, source_id in rows))
    balance = opening
    for at, kind, signed, journal_id, _source_id in rows:
        balance += signed
        line = told.get(journal_id)
        reference, description = (line.reference, line.description) if line else ("", "")
        yield StatementLine(at, kind, reference, description, signed, balance)


def _told(wallet: Wallet, events: Iterable[tuple[UUID, UUID]]) -> dict[UUID, Transaction]:
    """The line that tells of each journal: its own, or that of the withdrawal which the journal settles."""
    sources = dict(events)
    journals = defaultdict[UUID, list[UUID]](list)
    for journal, source in sources.items():
        journals[source].append(journal)
    lines = Transaction.objects.filter(wallet=wallet).select_related("withdrawal")
    found = {}
    for line in lines.filter(Q(journal_id__in=sources) | Q(withdrawal__pk__in=sources.values())):
        if line.journal_id is not None:
            found[line.journal_id] = line
        if withdrawal := getattr(line, "withdrawal", None):
            found |= {journal: found.get(journal, line) for journal in journals[withdrawal.pk]}
    return found


def _balance_row(day: date, what: str, kobo: int) -> list[object]:
    return [day, what, "", "", "", "", naira_from_kobo(kobo), CURRENCY]


def _harmless(text: str) -> str:
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text
