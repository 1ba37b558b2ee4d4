"""What every admin page of Contri has in common."""

from typing import TYPE_CHECKING, Any, TypeVar

from django.contrib import admin
from django.db import models
from django.http import HttpRequest

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
