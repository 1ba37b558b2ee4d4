"""The HTTP door to statements of account."""

from typing import Any

from django.http import HttpResponse
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.request import Request
from rest_framework.views import APIView

from contri.core.api.limits import limited
from wallets.api.callers import caller, valid
from wallets.api.serializers import StatementInput
from wallets.statement_pdf import write_pdf
from wallets.statements import statement_of, write_csv


class JsonWhateverIsAsked(BaseContentNegotiation):
    """Here `?format=` names the kind of file; DRF would take it for a renderer, and refuse problems in JSON."""

    def select_parser(self, request: Request, parsers: Any) -> Any:
        """The first."""
        return parsers[0]

    def select_renderer(self, request: Request, renderers: Any, format_suffix: str | None = None) -> Any:
        """The first."""
        return renderers[0], renderers[0].media_type


class StatementView(APIView):
    """A statement of my wallet."""

    content_negotiation_class = JsonWhateverIsAsked

    @extend_schema(
        parameters=[
            OpenApiParameter("from", OpenApiTypes.DATE, required=True, description="The first day, in Lagos."),
            OpenApiParameter("to", OpenApiTypes.DATE, required=True, description="The last day, included."),
            OpenApiParameter("format", str, enum=["pdf", "csv"], default="csv"),
        ],
        responses={(200, "text/csv"): OpenApiTypes.STR, (200, "application/pdf"): OpenApiTypes.BINARY},
        operation_id="wallet_statement",
    )
    @limited("statement", "20/m", by="user", fail_open=True)
    def get(self, request: Request) -> HttpResponse:
        """Everything that was booked between two days, with opening and closing balance."""
        wanted = valid(StatementInput(data=request.query_params))
        statement = statement_of(caller(request), from_day=wanted["from"], to_day=wanted["to"])
        name = f"contri-{statement.from_day}-{statement.to_day}.{wanted['format']}"
        headers = {"Content-Disposition": f'attachment; filename="{name}"'}
        if wanted["format"] == "pdf":
            answer = HttpResponse(content_type="application/pdf", headers=headers)
            write_pdf(statement, answer, at=timezone.now())
        else:
            answer = HttpResponse(content_type="text/csv; charset=utf-8", headers=headers)
            write_csv(statement, answer)
        return answer
