"""One log line and one measurement for every HTTP request, whichever server it came through."""

import logging
from collections.abc import Callable
from http import HTTPStatus
from time import monotonic
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject

from contri.core import metrics
from contri.core.client_address import client_address
from contri.core.logs import facts

logger = logging.getLogger(__name__)

# Asked every few seconds by machines; a line for each would bury the rest.
QUIET_ROUTES = ("healthz/", "metrics", "static/")
NO_ROUTE = "(no route)"
METHODS = frozenset({"GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"})


class RequestLogMiddleware:
    """Writes the line once the answer is there. Only templates of addresses: real ones hold codes, keys and tokens."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        started = monotonic()
        response = self._get_response(request)
        seconds = monotonic() - started
        route = _route_of(request)
        metrics.request_answered(method=_method_of(request), route=route, status=response.status_code, seconds=seconds)
        _write_line(request, route, response.status_code, seconds)
        return response


class CrashFilter(logging.Filter):
    """Of Django's own lines about requests only crashes, which have a traceback; by route, as everything here."""

    def filter(self, record: logging.LogRecord) -> bool:
        request = getattr(record, "request", None)
        if record.exc_info and isinstance(request, HttpRequest):
            record.args = (record.args[0], _route_of(request)) if isinstance(record.args, tuple) else record.args
        return bool(record.exc_info)


def _write_line(request: HttpRequest, route: str, status: int, seconds: float) -> None:
    milliseconds = round(seconds * 1000)
    logger.log(
        _level(route, status),
        "%s %s: %d in %d ms",
        request.method,
        route,
        status,
        milliseconds,
        extra=facts(
            kind="request",
            method=request.method,
            route=route,
            status=status,
            ms=milliseconds,
            user_id=_user_id(request),
            address=client_address(request),
            ids=_ids(request),
        ),
    )


def _level(route: str, status: int) -> int:
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return logging.WARNING
    return logging.DEBUG if route.startswith(QUIET_ROUTES) else logging.INFO


def _method_of(request: HttpRequest) -> str:
    """Anybody can invent a method; each that is counted costs memory for good."""
    return str(request.method) if request.method in METHODS else "OTHER"


def _route_of(request: HttpRequest) -> str:
    match = request.resolver_match
    return str(match.route) if match is not None else NO_ROUTE


def _ids(request: HttpRequest) -> dict[str, str]:
    """The ids in the address. Other parts of it may be codes and keys."""
    match = request.resolver_match
    named: dict[str, Any] = match.kwargs if match is not None else {}
    return {name: str(value) for name, value in named.items() if isinstance(value, UUID)}


def _user_id(request: HttpRequest) -> str | None:
    """Who called, if anything has asked already: a line in a log is no reason for a query."""
    user = request.__dict__.get("_cached_user") or request.__dict__.get("user")
    return None if user is None or isinstance(user, SimpleLazyObject) or user.pk is None else str(user.pk)
