"""Handing the measurements over: to the web server's door, and to a port of their own beside workers and the beat."""

import os

from prometheus_client import REGISTRY, CollectorRegistry, generate_latest, start_http_server
from prometheus_client.multiprocess import MultiProcessCollector

from contri.core.figures import FiguresCollector
from contri.core.metrics import SHARED_FOLDER


def everything() -> bytes:
    """Counts and figures, in Prometheus' text format."""
    return generate_latest(_counts()) + generate_latest(_figures)


def counts_on_port(port: int) -> None:
    """Offer the counts of this machine's processes to whoever can reach `port`; keep it inside the network."""
    start_http_server(port, registry=_counts())


def _counts() -> CollectorRegistry:
    if SHARED_FOLDER not in os.environ:
        return REGISTRY
    registry = CollectorRegistry()
    MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return registry


_figures = CollectorRegistry(auto_describe=False)
_figures.register(FiguresCollector())
