"""What every admin page of Contri has in common."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ActionForm
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import URLPattern, path
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from contri.core import audit
from contri.core.admin_lists import BoundedPaginator
from contri.core.admin_search import rows_found
from contri.core.desk.leads import leads_of
from contri.core.errors import DomainError
from contri.core.exporting import csv_answer
from contri.core.revealing import reveal_fields

M = TypeVar("M", bound=models.Model)
REVEAL_PERMISSION = "accounts.reveal_person"
EXPORT_PERMISSION = "desk.export_rows"
EXPORT_PERSONAL_PERMISSION = "desk.export_personal"

if TYPE_CHECKING:
    _ModelAdmin = admin.ModelAdmin
else:

    class _ModelAdmin(admin.ModelAdmin):
        def __class_getitem__(cls, model):
            # Generic in its stubs only; `ReadOnlyAdmin[Circle]` must mean something at run time, too.
            return cls


class ReadOnlyAdmin(_ModelAdmin[M]):
    """Rows that staff may look at and nobody may touch here; what changes them is a verb behind an action."""

    list_per_page = 50
    # Counting a table of a hundred thousand rows costs more than showing a page of it.
    show_full_result_count = False
    paginator = BoundedPaginator
    show_facets = admin.ShowFacets.NEVER
    # Fields with personal data: left off the row's page, and shown there to who says why.
    concealed: ClassVar[tuple[str, ...]] = ()
    reveal_permission: ClassVar[str] = REVEAL_PERMISSION
    # Columns that mask, and the field behind each, for exports by whoever may take personal data along.
    unmasked: ClassVar[dict[str, str]] = {}
    change_list_template = "admin/desk/change_list.html"
    change_form_template = "admin/desk/change_form.html"

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Nobody."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody."""
        return False

    def get_search_results(
        self, request: HttpRequest, queryset: models.QuerySet[M], search_term: str
    ) -> tuple[models.QuerySet[M], bool]:
        """By index, one field after the other; no row twice."""
        typed, fields = search_term.strip(), self.get_search_fields(request)
        return (rows_found(queryset, fields, typed) if typed and fields else queryset), False

    def get_list_display(self, request: HttpRequest) -> Any:
        """The page's own columns, and where each row leads."""
        return [*super().get_list_display(request), "leads"]

    @admin.display(description="leads to")
    def leads(self, row: M) -> SafeString:
        """Links to the user, circle, money, events and audit trail of this row."""
        return format_html_join(" · ", '<a href="{1}">{0}</a>', leads_of(row))

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """One row, with the same links above it."""
        row = self.get_object(request, object_id)
        found = leads_of(row) if row is not None else []
        tools = [("Show what is masked", "../reveal/")] if self._may_reveal(request) else []
        return super().change_view(
            request, object_id, form_url, {"leads": found, "tools": tools} | (extra_context or {})
        )

    def get_exclude(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """What is concealed, too."""
        return [*(super().get_exclude(request, obj) or ()), *self.concealed]

    def get_urls(self) -> list[URLPattern]:
        """Django's own, the export of the list, and what is masked of a row."""
        view, name = self.admin_site.admin_view, f"{self.opts.app_label}_{self.opts.model_name}"
        own = [
            path("export/", view(self.export), name=f"{name}_export"),
            path("<path:object_id>/reveal/", view(self.reveal), name=f"{name}_reveal"),
        ]
        return [*own, *super().get_urls()]

    def reveal(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Ask why; then show what is masked of one row, once."""
        row = self.get_object(request, object_id) if self._may_reveal(request) else None
        if row is None:
            raise PermissionDenied
        context = {**self.admin_site.each_context(request), "title": "What is masked", "opts": self.opts, "row": row}
        if reason := request.POST.get("reason", "").strip():
            context["facts"] = self.disclose(actor=acting_staff(request), row=row, reason=reason)
        return render(request, "admin/desk/reveal.html", context)

    def disclose(self, *, actor: models.Model, row: M, reason: str) -> list[tuple[str, str]]:
        """Label and value of all that is concealed, by a verb that puts it on record."""
        return reveal_fields(actor=actor, row=row, names=self.concealed, reason=reason)

    def _may_reveal(self, request: HttpRequest) -> bool:
        may_look = self.has_view_permission(request) and request.user.has_perm(self.reveal_permission)
        return bool(self.concealed) and may_look

    def export(self, request: HttpRequest) -> HttpResponseBase:
        """The rows that the list's filters leave, as CSV; asks why, and puts it on record before the first row."""
        if not (self.has_view_permission(request) and request.user.has_perm(EXPORT_PERMISSION)):
            raise PermissionDenied
        reason = request.POST.get("reason", "").strip()
        if not reason:
            title = f"Export {self.opts.verbose_name_plural}"
            context = {**self.admin_site.each_context(request), "title": title, "opts": self.opts}
            return render(request, "admin/desk/export.html", context)
        changelist: ChangeList = self.get_changelist_instance(request)
        filters = request.META.get("QUERY_STRING", "")
        audit.record_on_table(acting_staff(request), self.model, f"exported {filters or 'all rows'}", reason=reason)
        columns = [name for name in changelist.list_display if name not in ("action_checkbox", "leads")]
        if request.user.has_perm(EXPORT_PERSONAL_PERMISSION):
            columns = [self.unmasked.get(str(name), name) for name in columns]
        return csv_answer(self, changelist.queryset, columns, filename=f"{self.opts.model_name}.csv")


class ReasonedActionForm(ActionForm):
    """The line above a list: which action, and why. Set it as `action_form` where actions go into the audit trail."""

    # Not `required`: Django would answer "No action selected" and name nothing. `act_on_each` asks for it.
    reason = forms.CharField(required=False, max_length=300, label="Reason")


def acting_staff(request: HttpRequest) -> models.Model:
    """Whoever is signed in to the admin, as the actor of a verb.

    Raises:
        PermissionDenied: nobody is, which the admin itself has ruled out before.
    """
    if not request.user.is_authenticated:
        raise PermissionDenied
    return request.user


def act_on_each(request: HttpRequest, rows: models.QuerySet[M], verb: Callable[[M, str], object]) -> None:
    """Call `verb(row, reason)` for every chosen row, each on its own, and tell the person what came of it."""
    reason = request.POST.get("reason", "").strip()
    if not reason:
        messages.error(request, "Say why: the reason is kept in the audit trail. Nothing was changed.")
        return
    done = 0
    for row in rows:
        try:
            verb(row, reason)
            done += 1
        except DomainError as refusal:
            messages.error(request, f"{row}: {refusal.detail}")
    if done:
        messages.success(request, f"Done for {done}.")
