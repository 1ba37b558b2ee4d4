"""What every admin page of Contri has in common."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ActionForm
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import HttpRequest

from contri.core.errors import DomainError

M = TypeVar("M", bound=models.Model)


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

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Nobody."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody."""
        return False


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
