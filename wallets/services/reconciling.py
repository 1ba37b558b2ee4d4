"""A provider's lists against the books: what differs is written down, and fixed only along verbs that ask again."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Model

from contri.core import audit
from contri.core.errors import refuse_if
from contri.core.locking import lock_row
from contri.core.moments import lagos_day, lagos_moment
from wallets import chart, ledger
from wallets.errors import NotWaitingForReviewError, ProviderUnavailableError, ReconciliationItemNotFoundError
from wallets.models import ReconciliationItem, ReconciliationRun
from wallets.providers.base import PaymentProvider, Succeeded
from wallets.providers.registry import offered_providers, provider_named
from wallets.services.comparing import CHARGE, COMPARING, MISSING, PAYMENT, Difference
from wallets.services.deposits import settle_deposit
from wallets.services.payments_out import resolve_withdrawal

logger = logging.getLogger(__name__)

# The provider's clock and ours differ, and a row is written before the call: its list is asked for a little more.
MARGIN = timedelta(hours=1)
# A bank sends a payment back days after it was made.
SENT_BACK_WITHIN = timedelta(days=7)
# A missed night is made up for this long.
MOST_DAYS_BACK = 31
# A hundred entries each; a list that never ends is a mistake.
MOST_PAGES = 10_000

OnPage = Callable[[str, int], object]


@dataclass(slots=True)
class Reconciliation:
    """What came of a comparison. `stopped` is why it is incomplete, or ""."""

    provider: str
    since: datetime
    until: datetime
    compared: int = 0
    stopped: str = ""
    open: list[Difference] = field(default_factory=list)
    fixed: list[Difference] = field(default_factory=list)
    balance_kobo: int | None = None
    clearing_kobo: int | None = None
    run_id: UUID | None = None


def reconcile(
    *,
    provider: str,
    since: datetime,
    until: datetime,
    at: datetime,
    fix: bool = False,
    keep: bool = True,
    looks_back: timedelta = timedelta(0),
    on_page: OnPage = lambda kind, entries: None,
) -> Reconciliation:
    """Compare what the provider lists from `since` to `until` with the books; payments out from `looks_back` before.

    With `fix` each difference that asking about its reference may end is asked about; nothing is ever booked on the
    word of a list. With `keep` the run and its differences become rows. `on_page` hears of each page as it is compared.

    Raises:
        KeyError: we have no account with this provider.
    """
    found = Reconciliation(provider, since, until)
    theirs = provider_named(provider)
    for kind, earlier in ((CHARGE, timedelta(0)), (PAYMENT, looks_back)):
        if not _compare(theirs, kind, found, since - earlier, on_page):
            break
    _read_balances(theirs, found)
    if fix:
        _fix(found, at)
    if keep:
        _keep(found, fixes=fix, at=at)
    if found.open:
        logger.error("%s and the books differ in %d places", provider, len(found.open))
    return found


def reconcile_yesterday(*, at: datetime) -> list[Reconciliation]:
    """Reconcile the Lagos day before `at` with every provider that we have an account with, and fix what is safe.

    With it the days before it whose comparison was missed, or not complete, and a week of payments out: what no webhook
    told of, a payment that nobody had asked for or one that a bank sent back days later, is noticed here or nowhere.
    """
    today = lagos_day(at)
    until = lagos_moment(today, time.min)
    return [
        reconcile(
            provider=provider,
            since=_first_missed(provider, today),
            until=until,
            at=at,
            fix=True,
            looks_back=SENT_BACK_WITHIN,
        )
        for provider in offered_providers()
    ]


def _first_missed(provider: str, today: date) -> datetime:
    """Where yesterday's comparison has to begin, so that no day since the first one is left out."""
    midnights = [lagos_moment(today - timedelta(days=days), time.min) for days in range(1, 1 + MOST_DAYS_BACK)]
    runs = ReconciliationRun.objects.filter(provider=provider, fixes=True, until__gt=midnights[-1])
    made = list(runs.values_list("since", "until", "stopped"))
    since = midnights[0]
    for day_before in midnights[1:]:
        is_first = all(begun >= since for begun, _, _ in made)
        is_compared = any(begun <= day_before and since <= ended and not stopped for begun, ended, stopped in made)
        if is_first or is_compared:
            break
        since = day_before
    return since


@transaction.atomic
def explain_difference(*, actor: Model, item_id: UUID, reason: str) -> ReconciliationItem:
    """Write down why a difference is as it is, so that nobody has to look at it again.

    Raises:
        ReconciliationItemNotFoundError: there is no such difference.
        NotWaitingForReviewError: it is fixed or explained.
    """
    try:
        item = lock_row(ReconciliationItem.objects.all(), item_id)
    except ReconciliationItem.DoesNotExist:
        raise ReconciliationItemNotFoundError from None
    refuse_if(item.status != ReconciliationItem.Status.OPEN, NotWaitingForReviewError)
    item.status, item.explanation = ReconciliationItem.Status.EXPLAINED, reason[:300]
    item.save(update_fields=["status", "explanation"])
    audit.record(actor, item, "explained a difference to the provider", reason=reason)
    return item


def _compare(theirs: PaymentProvider, kind: str, found: Reconciliation, since: datetime, on_page: OnPage) -> bool:
    """Compare one list to its end; False when the provider stopped answering."""
    seen: set[str] = set()
    for number in range(1, MOST_PAGES + 1):
        answer = theirs.listed(kind=kind, since=since - MARGIN, until=found.until + MARGIN, page=number)
        if not isinstance(answer, Succeeded):
            found.stopped = f"{kind}s, page {number}: {answer.detail}"[:200]
            return False
        entries = answer.value.entries
        seen.update(entry.reference for entry in entries)
        found.compared += len(entries)
        found.open += COMPARING[kind](found.provider, entries)
        on_page(kind, len(entries))
        if answer.value.is_last:
            break
    found.open += MISSING[kind](found.provider, found.since, found.until, seen)
    return True


def _read_balances(theirs: PaymentProvider, found: Reconciliation) -> None:
    answer = theirs.balance()
    found.balance_kobo = answer.value if isinstance(answer, Succeeded) else None
    with transaction.atomic():
        clearing = chart.clearing_account(found.provider)
    # The clearing account is in debit by what the provider holds for us.
    found.clearing_kobo = -ledger.balances([clearing])[clearing].total


def _fix(found: Reconciliation, at: datetime) -> None:
    still_open = []
    for difference in found.open:
        if difference.can_be_fixed and _is_settled(difference, found, at):
            found.fixed.append(difference)
        else:
            still_open.append(difference)
    found.open = still_open


def _is_settled(difference: Difference, found: Reconciliation, at: datetime) -> bool:
    """Ask about the reference, book what the provider confirms, and see whether that ends the difference."""
    provider = found.provider
    try:
        if difference.kind == CHARGE:
            settle_deposit(reference=difference.reference, at=at, provider=provider)
        else:
            resolve_withdrawal(reference=difference.reference, at=at)
    except ProviderUnavailableError as away:
        # Not complete: the next night asks again.
        found.stopped = found.stopped or f"{difference.kind} {difference.reference}: {away.detail}"[:200]
        return False
    return difference.entry is not None and not COMPARING[difference.kind](provider, [difference.entry])


@transaction.atomic
def _keep(found: Reconciliation, *, fixes: bool, at: datetime) -> None:
    run = ReconciliationRun.objects.create(
        provider=found.provider,
        since=found.since,
        until=found.until,
        fixes=fixes,
        compared=found.compared,
        stopped=found.stopped,
        balance_kobo=found.balance_kobo,
        clearing_kobo=found.clearing_kobo,
        finished_at=at,
    )
    told_before = set(
        ReconciliationItem.objects.filter(reference__in=[one.reference for one in found.open])
        .exclude(status=ReconciliationItem.Status.FIXED)
        .values_list("kind", "reference", "what")
    )
    opened = [one for one in found.open if (one.kind, one.reference, one.what.value) not in told_before]
    ReconciliationItem.objects.bulk_create(
        [_item(run, one, ReconciliationItem.Status.OPEN) for one in opened]
        + [_item(run, one, ReconciliationItem.Status.FIXED) for one in found.fixed]
    )
    found.run_id = run.pk


def _item(run: ReconciliationRun, one: Difference, status: ReconciliationItem.Status) -> ReconciliationItem:
    return ReconciliationItem(
        run=run,
        kind=one.kind,
        reference=one.reference,
        what=one.what,
        theirs=one.theirs[:60],
        ours=one.ours[:60],
        status=status,
    )
