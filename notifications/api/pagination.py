"""The list of notices says beside each page how much is unread."""

from typing import Any
from uuid import UUID

from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from contri.core.api.pagination import NewestFirst
from notifications import queries


class NoticesPage(NewestFirst):
    """A page that carries `unread_count`: of everything, not of the page."""

    unread_count = 0

    def paginate_queryset(self, queryset: Any, request: Request, view: APIView | None = None) -> list[Any] | None:
        """One page of `queryset`, and the reader's unread count."""
        self.unread_count = queries.unread_count(UUID(str(request.user.pk)))
        return super().paginate_queryset(queryset, request, view)

    def get_paginated_response(self, data: Any) -> Response:
        """The page as the API gives it."""
        response = super().get_paginated_response(data)
        response.data["unread_count"] = self.unread_count
        return response

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        """The page as the schema describes it."""
        described = super().get_paginated_response_schema(schema)
        described["properties"]["unread_count"] = {"type": "integer", "example": 3}
        described["required"] = [*described.get("required", []), "unread_count"]
        return described
