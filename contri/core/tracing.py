"""Traces, where a collector is named: what of a request or a task took how long, across all processes it went through.

OpenTelemetry does it, by HTTP to whatever speaks OTLP. What leaves the machine is a list of what may: routes, statuses,
tasks, the text of statements without their values, and the request id by which the log lines are found. No address is
sent as it was asked for, since addresses hold invite codes and keys, and of an exception only its kind.
"""

from collections.abc import Sequence
from typing import Any

import httpx
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created
from django.http import HttpRequest, HttpResponse
from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.instrumentation.celery import CeleryInstrumentor
from opentelemetry.instrumentation.django import DjangoInstrumentor
from opentelemetry.instrumentation.httpx import HTTPXClientInstrumentor, RequestInfo
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import Event, ReadableSpan, Span, SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult
from opentelemetry.trace import SpanKind
from opentelemetry.trace.status import Status

from contri.core.context import current_call
from contri.core.redaction import redact

REQUEST_ID = "contri.request_id"
STATEMENT = "db.query.text"
# In the older and the newer spelling of the conventions, as the instrumentations use them side by side.
MAY_LEAVE = frozenset(
    (
        *("http.method", "http.request.method", "http.route", "http.status_code", "http.response.status_code"),
        *("celery.action", "celery.state", "celery.task_name", "messaging.destination", "messaging.operation"),
        *("db.system.name", STATEMENT, "server.address", "error.type", REQUEST_ID),
    )
)

tracer = trace.get_tracer("contri")


def trace_to(endpoint: str, *, stage: str) -> None:
    """Trace every request, task, statement and call to a provider of this process, and send all of it to `endpoint`.

    How much of it is kept, OpenTelemetry's own variables say (OTEL_TRACES_SAMPLER, OTEL_TRACES_SAMPLER_ARG).
    """
    resource = Resource.create({"service.name": "contri", "deployment.environment.name": stage})
    provider = TracerProvider(resource=resource)
    provider.add_span_processor(_WhoseCall())
    provider.add_span_processor(BatchSpanProcessor(ScrubbingExporter(OTLPSpanExporter(endpoint=endpoint))))
    trace.set_tracer_provider(provider)
    DjangoInstrumentor().instrument(response_hook=_note_request_id, excluded_urls="healthz,metrics")
    CeleryInstrumentor().instrument()  # type: ignore[no-untyped-call]
    HTTPXClientInstrumentor().instrument(request_hook=_note_host)
    connection_created.connect(_trace_statements, dispatch_uid="contri.core.tracing")


class ScrubbingExporter(SpanExporter):
    """Hands spans on as they may leave the machine."""

    def __init__(self, onward: SpanExporter) -> None:
        self._onward = onward

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        """Send them, without whatever is not on the list."""
        return self._onward.export([_scrubbed(span) for span in spans])

    def shutdown(self) -> None:
        """Nothing more will come."""
        self._onward.shutdown()


class _WhoseCall(SpanProcessor):
    """Puts the request id on every span that begins within a call."""

    def on_start(self, span: Span, parent_context: Context | None = None) -> None:
        span.set_attribute(REQUEST_ID, current_call().request_id)


def _scrubbed(span: ReadableSpan) -> ReadableSpan:
    kept = {name: value for name, value in (span.attributes or {}).items() if name in MAY_LEAVE}
    return ReadableSpan(
        name=str(redact(span.name)),
        context=span.context,
        parent=span.parent,
        resource=span.resource,
        attributes={name: redact(value) if name == STATEMENT else value for name, value in kept.items()},
        events=[_kind_of(event) for event in span.events],
        kind=span.kind,
        # Its description would be what an exception says.
        status=Status(span.status.status_code),
        start_time=span.start_time,
        end_time=span.end_time,
        instrumentation_scope=span.instrumentation_scope,
    )


def _kind_of(event: Event) -> Event:
    kind = (event.attributes or {}).get("exception.type")
    return Event(event.name, {"exception.type": kind} if kind else None, event.timestamp)


def _note_request_id(span: Span, _request: HttpRequest, response: HttpResponse) -> None:
    # The span began before the call had its id.
    span.set_attribute(REQUEST_ID, response.headers.get("X-Request-ID", "-"))


def _note_host(span: Span, request: RequestInfo) -> None:
    span.set_attribute("server.address", httpx.URL(str(request.url)).host)


def _trace_statements(connection: BaseDatabaseWrapper, **_signal: object) -> None:
    if _one_statement not in connection.execute_wrappers:
        connection.execute_wrappers.append(_one_statement)


def _one_statement(execute: Any, sql: Any, params: Any, many: bool, context: dict[str, Any]) -> Any:
    if not trace.get_current_span().is_recording():
        # Of no request and no task: migrations, whatever runs at the start.
        return execute(sql, params, many, context)
    attributes = {"db.system.name": "postgresql", STATEMENT: str(sql)}
    with tracer.start_as_current_span(str(sql).partition(" ")[0][:20], kind=SpanKind.CLIENT, attributes=attributes):
        return execute(sql, params, many, context)
