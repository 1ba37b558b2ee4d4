"""A collector of traces: takes what OpenTelemetry sends by HTTP, and keeps it."""

import gzip
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest


@dataclass
class Collector:
    """Where it listens, everything that came, and the same as it came."""

    endpoint: str = ""
    spans: list[Any] = field(default_factory=list)
    raw: bytes = b""

    def take(self, body: bytes) -> None:
        """One request's."""
        self.raw += body
        for process in ExportTraceServiceRequest.FromString(body).resource_spans:
            self.spans += [span for scope in process.scope_spans for span in scope.spans]

    def journeys(self, name: str) -> list[set[str]]:
        """What the names are of all that belongs to a span of this name, for each such span."""
        return [{one.name for one in self.spans if one.trace_id == root.trace_id} for root in self._named(name)]

    def _named(self, name: str) -> list[Any]:
        return [span for span in self.spans if span.name == name]


@contextmanager
def collector() -> Iterator[Collector]:
    """Listen while the block runs."""
    kept = Collector()

    class Door(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            kept.take(gzip.decompress(body) if self.headers.get("Content-Encoding") == "gzip" else body)
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_arguments: object) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
    kept.endpoint = f"http://127.0.0.1:{server.server_port}/v1/traces"
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield kept
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
