"""What the desk itself shows: requests that take two people, and the audit trail."""

from collections.abc import Callable

from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django_celery_beat.models import ClockedSchedule, CrontabSchedule, IntervalSchedule, PeriodicTask, SolarSchedule

from contri.core import audit
from contri.core.admin import ReadOnlyAdmin, ReasonedActionForm, act_on_each, acting_staff
from contri.core.errors import ForbiddenError, refuse_if
from contri.core.masking import masked_address
from contri.core.models import StaffRequest
from contri.core.two_people import act_of, approve, decline, take_back

# What a group may do is written in contri/desk/roles.py; edited here, it would last until the next migration.
admin.site.unregister(Group)
# The schedule is written in contri/settings; edited here, no reason and no reviewer would stand behind it.
admin.site.unregister([PeriodicTask, CrontabSchedule, IntervalSchedule, SolarSchedule, ClockedSchedule])


class MayNotDecideError(ForbiddenError):
    """Your role does not decide on requests of this kind."""

    code = "may_not_decide"
    title = "Not yours to decide"


@admin.register(StaffRequest)
class StaffRequestAdmin(ReadOnlyAdmin[StaffRequest]):
    """A queue: what one person of staff asked for, and another one approves or declines."""

    list_display = ["created_at", "what", "target_repr", "detail", "status", "asked_by", "asked_reason", "decided_by"]
    list_filter = ["status", "kind"]
    list_select_related = ["asked_by", "decided_by"]
    search_fields = ["=target_id", "=asked_by__email"]
    action_form = ReasonedActionForm
    actions = ["approve", "decline", "take_back"]

    @admin.display(description="what")
    def what(self, request: StaffRequest) -> str:
        """In words."""
        return act_of(request.kind).title

    @admin.display(description="in detail")
    def detail(self, request: StaffRequest) -> str:
        """Amounts, days, to whom."""
        return act_of(request.kind).describe(request.terms)

    @admin.action(description="Approve: it is done at once", permissions=["view"])
    def approve(self, request: HttpRequest, requests: QuerySet[StaffRequest]) -> None:
        """Each that somebody else asked for, and that is this person's to decide."""
        self._decide(request, requests, approve)

    @admin.action(description="Decline", permissions=["view"])
    def decline(self, request: HttpRequest, requests: QuerySet[StaffRequest]) -> None:
        """Each that somebody else asked for, and that is this person's to decide."""
        self._decide(request, requests, decline)

    @admin.action(description="Take back what I asked for", permissions=["view"])
    def take_back(self, request: HttpRequest, requests: QuerySet[StaffRequest]) -> None:
        """Each of their own."""
        actor, at = acting_staff(request), timezone.now()
        act_on_each(
            request,
            requests,
            lambda asked, reason: take_back(actor=actor, request_id=asked.pk, reason=reason, at=at),
        )

    def _decide(
        self, request: HttpRequest, requests: QuerySet[StaffRequest], decision: Callable[..., StaffRequest]
    ) -> None:
        actor, at = acting_staff(request), timezone.now()

        def decide(asked: StaffRequest, reason: str) -> StaffRequest:
            refuse_if(not request.user.has_perm(act_of(asked.kind).approve_permission), MayNotDecideError)
            return decision(actor=actor, request_id=asked.pk, reason=reason, at=at)

        act_on_each(request, requests, decide)


@admin.register(PeriodicTask)
class PeriodicTaskAdmin(ReadOnlyAdmin[PeriodicTask]):
    """What Contri does by the clock, and when it did it last."""

    list_display = ["name", "task", "interval", "crontab", "enabled", "last_run_at", "total_run_count"]
    list_select_related = ["interval", "crontab"]
    search_fields = ["=name", "=task"]


@admin.register(LogEntry)
class AuditAdmin(ReadOnlyAdmin[LogEntry]):
    """The audit trail. The database lets nobody change or delete a row of it; `manage.py verify_audit` proves it."""

    list_display = ["action_time", "user", "what", "on", "reason", "changes", "address", "request_id"]
    list_filter = ["action_time", "content_type"]
    list_select_related = ["user", "content_type"]
    search_fields = ["=object_id", "=user__email"]
    ordering = ("-pk",)
    fields = ("action_time", "user", "what", "on", "object_id", "reason", "changes", "address", "request_id")
    readonly_fields = fields

    @admin.display(description="what")
    def what(self, entry: LogEntry) -> str:
        """What was done."""
        return str(audit.details_of(entry).get("what", ""))

    @admin.display(description="on what")
    def on(self, entry: LogEntry) -> str:
        """The kind of thing, and which."""
        return f"{entry.content_type}: {entry.object_repr}"

    @admin.display(description="why")
    def reason(self, entry: LogEntry) -> str:
        """The reason that was given."""
        return str(audit.details_of(entry).get("reason", ""))

    @admin.display(description="before → after")
    def changes(self, entry: LogEntry) -> SafeString:
        """Each field that changed."""
        details = audit.details_of(entry)
        after = details.get("after", {})
        pairs = [(name, was, after.get(name)) for name, was in details.get("before", {}).items()]
        return format_html_join("", "<div>{}: {} → {}</div>", pairs)

    @admin.display(description="from")
    def address(self, entry: LogEntry) -> str:
        """The address that the call came from; of members, only about where."""
        address = str(audit.details_of(entry).get("address", ""))
        return address if entry.user.is_staff else masked_address(address)

    @admin.display(description="request")
    def request_id(self, entry: LogEntry) -> str:
        """The id that every log line of the call carries."""
        return str(audit.details_of(entry).get("request_id", ""))
