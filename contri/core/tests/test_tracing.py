"""What of a trace may leave the machine."""

from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace.status import StatusCode

from contri.core.context import call_context
from contri.core.tracing import ScrubbingExporter, _WhoseCall

SECRET = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhZGEifQ.c2VjcmV0"


def test_routes_statements_and_kinds_of_exceptions_leave_and_nothing_that_was_asked_with():
    sent = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(_WhoseCall())
    provider.add_span_processor(SimpleSpanProcessor(ScrubbingExporter(sent)))
    tracer = provider.get_tracer("test")

    attributes: dict[str, str | int] = {
        "http.url": f"https://api.example.ng/circles/join?code=AB12CD34&token={SECRET}",
        "http.user_agent": "ada's phone",
        "http.route": "api/v1/circles/join",
        "http.status_code": 500,
        "db.query.text": f"SELECT 1 -- {SECRET}",
    }
    try:
        with call_context(request_id="call-number-1"), tracer.start_as_current_span("POST", attributes=attributes):
            raise ValueError(f"no such token: {SECRET}")
    except ValueError:
        pass

    (span,) = sent.get_finished_spans()
    assert dict(span.attributes or {}) == {
        "http.route": "api/v1/circles/join",
        "http.status_code": 500,
        "db.query.text": "SELECT 1 -- [hidden]",
        "contri.request_id": "call-number-1",
    }
    assert [(event.name, dict(event.attributes or {})) for event in span.events] == [
        ("exception", {"exception.type": "ValueError"})
    ]
    assert (span.status.status_code, span.status.description) == (StatusCode.ERROR, None)
    assert SECRET not in span.to_json()
