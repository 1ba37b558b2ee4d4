"""What machines ask: does this process live, may it be sent people, and how is it doing."""

import hmac
from collections.abc import Callable
from functools import cache
from http import HTTPStatus

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.urls import resolve
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST
from redis import Redis
from redis.exceptions import RedisError

from contri.core.exposition import everything
from contri.core.readings import HEARTBEAT, ages

# Beaten every fifteen seconds; three that did not come are no accident.
HEARTBEAT_LATE_SECONDS = 60.0
RETRY_SECONDS = 2
REDIS_SECONDS = 1.0
PROBES = frozenset({"/healthz/live", "/healthz/ready", "/metrics"})


class ProbesMiddleware:
    """Answers machines inside the network before anything asks for a name in ALLOWED_HOSTS or for TLS.

    They come by address and in clear; people get here through the proxy, which lets them at `live` only.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path not in PROBES:
            return self._get_response(request)
        request.resolver_match = resolve(request.path)
        try:
            response: HttpResponse = request.resolver_match.func(request)
        except Http404:
            return HttpResponse(status=HTTPStatus.NOT_FOUND)
        return response


@require_safe
def live(request: HttpRequest) -> JsonResponse:
    """This process answers. Says nothing about the database."""
    return JsonResponse({"status": "live"})


@require_safe
def ready(request: HttpRequest) -> JsonResponse:
    """Whether people may be sent here: the database answers and has the tables that this code expects.

    Redis and the workers are told of, and decide nothing: balances and money work without them.
    """
    database = _database()
    is_ready = database == "ok"
    body = {
        "status": "ready" if is_ready else "not ready",
        "database": database,
        "redis": _redis(),
        "workers": _workers() if is_ready else {},
    }
    if is_ready:
        return JsonResponse(body)
    return JsonResponse(body, status=HTTPStatus.SERVICE_UNAVAILABLE, headers={"Retry-After": str(RETRY_SECONDS)})


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Everything measured, for whoever has METRICS_TOKEN; to anybody else there is no such page."""
    expected = f"Bearer {settings.METRICS_TOKEN}".encode()
    offered = request.headers.get("Authorization", "").encode()
    if not settings.METRICS_TOKEN or not hmac.compare_digest(offered, expected):
        raise Http404
    return HttpResponse(everything(), content_type=CONTENT_TYPE_LATEST)


class _MigrationsMissingError(Exception):
    """The code is newer than the tables."""


def _database() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        _require_tables()
    except DatabaseError:
        return "away"
    except _MigrationsMissingError:
        return "migrations are missing"
    return "ok"


@cache
def _require_tables() -> None:
    """Tables do not go away under a running process: looked for until they are there, then never again."""
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        raise _MigrationsMissingError


def _redis() -> str:
    try:
        with Redis.from_url(
            settings.REDIS_URL, socket_connect_timeout=REDIS_SECONDS, socket_timeout=REDIS_SECONDS
        ) as redis:
            redis.ping()
    except (RedisError, OSError):
        return "away"
    return "ok"


def _workers() -> dict[str, str]:
    beaten = ages()
    return {
        queue: "ok" if beaten.get(HEARTBEAT + queue, HEARTBEAT_LATE_SECONDS) < HEARTBEAT_LATE_SECONDS else "late"
        for queue in settings.QUEUES
    }
