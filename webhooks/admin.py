"""The inbox, as staff see it."""

from uuid import UUID

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html

from contri.core.admin import ReadOnlyAdmin, ReasonedActionForm, act_on_each, acting_staff
from webhooks import services
from webhooks.models import InboundEvent, WebhookRefusal


@admin.register(InboundEvent)
class InboundEventAdmin(ReadOnlyAdmin[InboundEvent]):
    """What came, what became of it; replaying it, and reading what it said, each by permission."""

    list_display = ["created_at", "provider", "event", "reference", "state", "attempts", "deliveries", "handled_by"]
    list_filter = ["state", "provider", "event", "created_at"]
    search_fields = ["=reference", "=id"]
    fields = (
        "id",
        "provider",
        "event",
        "reference",
        "state",
        "handled_by",
        "attempts",
        "last_error",
        "deliveries",
        "created_at",
        "due_at",
        "finished_at",
        "raw_body",
    )
    readonly_fields = fields
    action_form = ReasonedActionForm
    actions = ["replay"]

    @admin.action(description="Work off again", permissions=["replay"])
    def replay(self, request: HttpRequest, events: QuerySet[InboundEvent]) -> None:
        """Each of them, from its first try on."""
        act_on_each(
            request,
            events,
            lambda event, reason: services.replay_event(actor=acting_staff(request), event_id=event.id, reason=reason),
        )

    def has_replay_permission(self, request: HttpRequest) -> bool:
        """Who may have events worked off again."""
        return request.user.has_perm("webhooks.replay_event")

    @admin.display(description="raw body")
    def raw_body(self, event: InboundEvent) -> str:
        """A link, so that reading it is an act of its own, and on record."""
        return format_html(
            '<a href="{}">Read (goes on record)</a>', reverse("admin:webhooks_raw_body", args=[event.pk])
        )

    def get_urls(self) -> list[URLPattern]:
        """Django's own, and the raw body."""
        raw = path("<uuid:event_id>/raw", self.admin_site.admin_view(self.show_raw_body), name="webhooks_raw_body")
        return [raw, *super().get_urls()]

    def show_raw_body(self, request: HttpRequest, event_id: UUID) -> HttpResponse:
        """The body as it arrived, as plain text."""
        if not request.user.has_perm("webhooks.view_raw_body"):
            raise PermissionDenied
        body = services.disclose_body(actor=acting_staff(request), event_id=event_id)
        return HttpResponse(body, content_type="text/plain; charset=utf-8")


@admin.register(WebhookRefusal)
class WebhookRefusalAdmin(ReadOnlyAdmin[WebhookRefusal]):
    """Calls that were turned away, by day."""

    list_display = ["day", "provider", "count"]
    list_filter = ["provider"]
    ordering = ("-day", "provider")
