"""The inbox, as staff see it."""

from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest

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
    )
    readonly_fields = fields
    concealed = ("sealed_body",)
    reveal_permission = "webhooks.view_raw_body"
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

    def disclose(self, *, actor: Model, row: InboundEvent, reason: str) -> list[tuple[str, str]]:
        """The body as it arrived."""
        return [("Raw body", services.disclose_body(actor=actor, event_id=row.pk, reason=reason))]


@admin.register(WebhookRefusal)
class WebhookRefusalAdmin(ReadOnlyAdmin[WebhookRefusal]):
    """Calls that were turned away, by day."""

    list_display = ["day", "provider", "count"]
    list_filter = ["provider"]
    ordering = ("-day", "provider")
