"""How the list of notices can be narrowed."""

from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers
from rest_framework.filters import BaseFilterBackend
from rest_framework.request import Request
from rest_framework.views import APIView


class ReadFilter(BaseFilterBackend):
    """`?is_read=true` or `false`; anything else is refused rather than taken for no filter at all."""

    def filter_queryset(self, request: Request, queryset: QuerySet[Any], view: APIView) -> QuerySet[Any]:
        """The read ones, the unread ones, or all."""
        match request.query_params.get("is_read"):
            case None:
                return queryset
            case "true":
                return queryset.exclude(read_at=None)
            case "false":
                return queryset.filter(read_at=None)
            case _:
                raise serializers.ValidationError({"is_read": 'Must be "true" or "false".'})

    def get_schema_operation_parameters(self, view: APIView) -> list[dict[str, Any]]:
        """How the schema describes it."""
        return [{"name": "is_read", "in": "query", "required": False, "schema": {"type": "boolean"}}]
