"""The chat as moderators see it: what was reported and flagged, and the verbs they may use on it."""

from collections.abc import Callable
from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.utils import timezone

from circles import services
from circles.admin_inlines import ReadOnlyInline
from circles.models import ChatEdit, ChatMessage, ChatReport, Flag, ReportState
from contri.core.admin import ReadOnlyAdmin, ReasonedActionForm, act_on_each, acting_staff


class FlagFilter(admin.SimpleListFilter):
    """Messages that name an account number or a link."""

    title = "flag"
    parameter_name = "flag"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Each flag there is."""
        return list(Flag.choices)

    def queryset(self, request: HttpRequest, messages: QuerySet[ChatMessage]) -> QuerySet[ChatMessage]:
        """Those with the chosen one."""
        return messages.filter(flags__contains=[self.value()]) if self.value() else messages


class ReportedFilter(admin.SimpleListFilter):
    """Messages that wait for a moderator."""

    title = "reports"
    parameter_name = "reports"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Open ones, or any."""
        return [("open", "waiting"), ("any", "any")]

    def queryset(self, request: HttpRequest, messages: QuerySet[ChatMessage]) -> QuerySet[ChatMessage]:
        """Those reported."""
        if self.value() == "open":
            return messages.filter(reports__state=ReportState.OPEN).distinct()
        return messages.filter(reports__isnull=False).distinct() if self.value() else messages


class ReportInline(ReadOnlyInline):
    """Who reported it, and why."""

    model = ChatReport
    fields = ["reporter", "reason", "state", "reported_at", "settled_by", "settled_at"]


class EditInline(ReadOnlyInline):
    """What it said before."""

    model = ChatEdit
    fields = ["body", "replaced_at"]


@admin.register(ChatMessage)
class ChatMessageAdmin(ReadOnlyAdmin[ChatMessage]):
    """Every message, in its own words, with what was hidden or taken back."""

    list_display = ["created_at", "circle", "sender", "kind", "body", "flags", "open_reports", "hidden_at"]
    list_filter = [ReportedFilter, FlagFilter, "kind", ("hidden_at", admin.EmptyFieldListFilter)]
    list_select_related: ClassVar[list[str]] = ["circle", "sender"]
    search_fields = ["=circle__id", "=sender__email", "=id"]
    inlines = [ReportInline, EditInline]
    action_form = ReasonedActionForm
    actions = ["hide", "let_stand"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[ChatMessage]:
        """Messages, with how many reports of them are open."""
        # Counted for the rows of one page; grouping would join and count all messages that there are.
        open_ones = ChatReport.objects.filter(message=OuterRef("pk"), state=ReportState.OPEN).values("message")
        number = Subquery(open_ones.annotate(number=Count("pk")).values("number"))
        messages: QuerySet[ChatMessage] = super().get_queryset(request)
        return messages.annotate(open_reports=Coalesce(number, 0))

    @admin.display(description="Reported", ordering="open_reports")
    def open_reports(self, message: Any) -> int:
        """How many people wait for a decision."""
        number: int = message.open_reports
        return number

    @admin.action(description="Hide from everybody", permissions=["moderate"])
    def hide(self, request: HttpRequest, messages: QuerySet[ChatMessage]) -> None:
        """Take each out of sight, and uphold what was reported of it."""
        act_on_each(request, messages, _verb(services.hide_message, request))

    @admin.action(description="Let it stand, or show it again", permissions=["moderate"])
    def let_stand(self, request: HttpRequest, messages: QuerySet[ChatMessage]) -> None:
        """Show each, and dismiss what was reported of it."""
        act_on_each(request, messages, _verb(services.restore_message, request))

    def has_moderate_permission(self, request: HttpRequest) -> bool:
        """Who may hide and restore."""
        return request.user.has_perm("circles.moderate_chat")


def _verb(verb: Callable[..., object], request: HttpRequest) -> Callable[[ChatMessage, str], object]:
    """`verb` on a message, by whoever is signed in."""
    actor, at = acting_staff(request), timezone.now()

    def on_message(message: ChatMessage, reason: str) -> object:
        named = {"circle_id": message.circle_id, "message_id": message.pk}
        return verb(actor=actor, **named, reason=reason, at=at, as_staff=True)

    return on_message
