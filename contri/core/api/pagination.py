"""Lists that grow without bound are paged by cursor, newest first."""

from rest_framework.pagination import CursorPagination


class NewestFirst(CursorPagination):
    """`{"results", "next", "previous"}`, 25 a page unless `?page_size=` (at most 100) says otherwise.

    Ordered by moment and then key: rows written in the same microsecond would otherwise be lost between two pages.
    """

    ordering = ("-created_at", "-id")
    page_size = 25
    page_size_query_param = "page_size"
    max_page_size = 100
