"""Where is my money: one movement's whole life on one page, from the call that asked for it to the last notice."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone

from contri.core import audit
from contri.core.models import IdempotencyRecord, StaffRequest
from contri.core.moments import LAGOS
from contri.core.two_people import act_of
from contri.core.work import QueuedWork, WorkState
from notifications.models import Notification
from wallets.models import (
    Deposit,
    Dispute,
    LedgerJournal,
    LedgerTransfer,
    Refund,
    SuspenseItem,
    Transaction,
    Withdrawal,
)
from wallets.queries import timeline_of
from wallets.services.wording import naira
from webhooks.models import InboundEvent

# The call and the row that it wrote are one transaction: this much apart at most.
SAME_CALL = timedelta(seconds=30)
MOST = 200


@dataclass(frozen=True, slots=True)
class Moment:
    """Something that happened to the money."""

    at: datetime
    source: str
    what: str
    detail: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Trail:
    """A line of somebody's history and every row that belongs to the same movement."""

    line: Transaction
    work: tuple[QueuedWork, ...]

    @property
    def ids(self) -> list[str]:
        """The keys under which others know this movement."""
        return [str(self.line.pk), *(str(row.pk) for row in self.work)]


def trail_page(request: HttpRequest, transaction_id: UUID) -> HttpResponse:
    """The page."""
    if not request.user.has_perm("wallets.view_transaction"):
        raise PermissionDenied
    line = Transaction.objects.select_related("wallet__user", "counterparty").filter(pk=transaction_id).first()
    if line is None:
        raise Http404
    context = admin.site.each_context(request) | {
        "title": "Where is the money?",
        "line": line,
        "amount": naira(line.amount_kobo),
        "verdict": f"{verdict_on(line)} {what_comes_next(line)}".strip(),
        "moments": moments_of(line),
    }
    return TemplateResponse(request, "admin/desk/money_trail.html", context)


def moments_of(line: Transaction) -> list[Moment]:
    """Everything known of this movement, in the order in which it happened."""
    trail = Trail(line, _work_of(line))
    moments = [moment for source in SOURCES for moment in source(trail)]
    return sorted(moments, key=lambda moment: moment.at)


def verdict_on(line: Transaction) -> str:
    """One sentence for the telephone."""
    whose, amount = line.wallet.user.display_name, naira(line.amount_kobo)
    return {
        Transaction.Status.PENDING: f"Under way: {amount} of {whose} is neither lost nor through yet.",
        Transaction.Status.SUCCEEDED: f"Done: {amount} arrived where it was meant to.",
        Transaction.Status.FAILED: f"It did not happen: {amount} stayed with {whose}, or is back there.",
        Transaction.Status.REVERSED: f"It happened and was undone: {amount} went back.",
    }[Transaction.Status(line.status)]


def what_comes_next(line: Transaction) -> str:
    """Of money under way: who does something about it, and when; else nothing."""
    if line.status != Transaction.Status.PENDING:
        return ""
    states = {work.state: work.due_at for work in _work_of(line)}
    if WorkState.NEEDS_REVIEW in states:
        return "The worker has given up: a person has to decide."
    if WorkState.READY in states:
        at = timezone.localtime(states[WorkState.READY], LAGOS)
        return f"The provider is asked by itself, next at {at:%H:%M} on {at:%d %b}."
    return ""


def _work_of(line: Transaction) -> tuple[QueuedWork, ...]:
    return (
        *Deposit.objects.filter(transaction=line),
        *Withdrawal.objects.filter(transaction=line),
        *Refund.objects.filter(item__deposit__transaction=line),
    )


def _calls(trail: Trail) -> Iterator[Moment]:
    """The API call whose answer names this movement; answers are kept for thirty days."""
    began = trail.line.created_at
    nearby = IdempotencyRecord.objects.filter(
        user=trail.line.wallet.user, created_at__range=(began - SAME_CALL, began + SAME_CALL)
    )
    for record in nearby.order_by("pk")[:MOST]:
        if str(trail.line.pk).encode() in bytes(record.body or b""):
            yield Moment(record.created_at, "API call", f"Idempotency-Key {record.key}", f"answered {record.status}")


def _steps(trail: Trail) -> Iterator[Moment]:
    for step in timeline_of(trail.line):
        yield Moment(step.at, "Status", step.status)


def _entries(trail: Trail) -> Iterator[Moment]:
    journals = LedgerJournal.objects.filter(Q(pk=trail.line.journal_id) | Q(source_id__in=trail.ids))
    keys = list(journals.values_list("pk", flat=True))
    entries = LedgerTransfer.objects.filter(journal__in=keys).select_related("debit_account", "credit_account")
    for entry in entries.order_by("created_at", "pk")[:MOST]:
        yield Moment(
            entry.created_at,
            "Ledger",
            f"{entry.phase} {entry.kind}: {naira(entry.amount)}",
            f"{entry.debit_account.purpose} → {entry.credit_account.purpose}",
            reverse("admin:wallets_ledgertransfer_change", args=[entry.pk]),
        )


def _attempts(trail: Trail) -> Iterator[Moment]:
    for work in trail.work:
        tries = "tried once" if work.attempts == 1 else f"tried {work.attempts} times"
        detail = f"{tries}, {work.get_state_display()}. {work.last_error}".strip()
        at = work.finished_at or work.due_at
        what = "the worker was done" if work.finished_at else "the worker tries again"
        name = f"admin:wallets_{work._meta.model_name}_change"
        yield Moment(at, "Worker", what, detail, reverse(name, args=[work.pk]))


def _events(trail: Trail) -> Iterator[Moment]:
    events = InboundEvent.objects.filter(reference=trail.line.reference).defer("sealed_body")
    for event in events.order_by("created_at")[:MOST]:
        detail = f"{event.state}, delivered {event.deliveries} times, {event.handled_by or 'nothing to do'}"
        url = reverse("admin:webhooks_inboundevent_change", args=[event.pk])
        yield Moment(event.created_at, "Provider", f"{event.provider}: {event.event}", detail, url)


def _oddities(trail: Trail) -> Iterator[Moment]:
    for item in SuspenseItem.objects.filter(reference=trail.line.reference):
        url = reverse("admin:wallets_suspenseitem_change", args=[item.pk])
        yield Moment(item.created_at, "Suspense", item.get_reason_display(), item.status, url)
    for dispute in Dispute.objects.filter(deposit__transaction=trail.line):
        url = reverse("admin:wallets_dispute_change", args=[dispute.pk])
        yield Moment(dispute.created_at, "Dispute", f"{dispute.code}: {dispute.status}", dispute.stage, url)


def _notices(trail: Trail) -> Iterator[Moment]:
    told = Notification.objects.filter(recipient=trail.line.wallet.user, key__in=trail.ids)
    for notice in told.order_by("created_at")[:MOST]:
        read = f"read {notice.read_at:%d %b %H:%M}" if notice.read_at else "not read yet"
        url = reverse("admin:notifications_notification_change", args=[notice.pk])
        yield Moment(notice.created_at, "Notice", notice.title, read, url)


def _acts(trail: Trail) -> Iterator[Moment]:
    entries = LogEntry.objects.filter(object_id__in=trail.ids).select_related("user")
    for entry in entries.order_by("pk")[:MOST]:
        details = audit.details_of(entry)
        url = reverse("admin:admin_logentry_change", args=[entry.pk])
        yield Moment(entry.action_time, "Audit", f"{entry.user}: {details['what']}", _said(details), url)
    for request in StaffRequest.objects.filter(target_id__in=trail.ids).select_related("asked_by"):
        url = reverse("admin:core_staffrequest_change", args=[request.pk])
        title = f"{request.asked_by} asked to {act_of(request.kind).title}"
        yield Moment(request.created_at, "Request", title, f"{request.status}: {request.asked_reason}", url)


def _said(details: dict[str, Any]) -> str:
    parts = [details.get("reason", ""), f"request {details.get('request_id', '-')}"]
    if "before" in details:
        after = details["after"]
        parts += [f"{name}: {was} → {after.get(name)}" for name, was in details["before"].items()]
    return "; ".join(part for part in parts if part)


SOURCES = (_calls, _steps, _entries, _attempts, _events, _oddities, _notices, _acts)
