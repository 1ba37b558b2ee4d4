"""Lists that grow without bound are paged by cursor, newest first."""

from typing import Any

from django.core.exceptions import ValidationError
from rest_framework.pagination import CursorPagination
from rest_framework.request import Request
from rest_framework.views import APIView

from contri.core.errors import FieldFault, ValidationFaultsError


class NewestFirst(CursorPagination):
    """`{"results", "next", "previous"}`, 25 a page unless `?page_size=` (at most 100) says otherwise.

    Ordered by moment and then key: rows written in the same microsecond would otherwise be lost between two pages.
    """

    ordering = ("-created_at", "-id")
    page_size = 25
    page_size_query_param = "page_size"
    max_page_size = 100

    def paginate_queryset(self, queryset: Any, request: Request, view: APIView | None = None) -> list[Any] | None:
        """One page.

        Raises:
            ValidationFaultsError: the cursor decodes to a position that this list cannot have.
        """
        try:
            return super().paginate_queryset(queryset, request, view)
        except (ValidationError, ValueError) as fault:
            raise ValidationFaultsError(FieldFault("cursor", "invalid", "This cursor is not one of ours.")) from fault
