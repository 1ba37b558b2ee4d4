"""Every call that the API offers, read off the URLconf."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

API = "api/v1/"
METHODS = ("get", "post", "put", "patch", "delete")


@dataclass(frozen=True, order=True)
class Call:
    """One method of one route; `route` has its holes, such as `circles/<uuid:circle_id>`."""

    route: str
    method: str


def api_handlers() -> dict[Call, Any]:
    """Every call below /api/v1/, and the view's method that answers it."""
    return {
        Call(route.removeprefix(API), method): handler
        for route, callback in _patterns(get_resolver().url_patterns)
        if route.startswith(API)
        for method in METHODS
        if (handler := _handler(callback, method)) is not None
    }


def api_calls() -> list[Call]:
    """Every call below /api/v1/."""
    return sorted(api_handlers())


def all_routes() -> list[str]:
    """Every address of Contri, holes and all, the admin's included."""
    return [route for route, _ in _patterns(get_resolver().url_patterns)]


def _patterns(patterns: list[URLPattern | URLResolver], before: str = "") -> Iterator[tuple[str, Any]]:
    for pattern in patterns:
        route = f"{before}{pattern.pattern}".removesuffix("$")
        if isinstance(pattern, URLResolver):
            yield from _patterns(pattern.url_patterns, route)
        else:
            yield route, pattern.callback


def _handler(callback: Any, method: str) -> Any:
    view = getattr(callback, "view_class", None) or getattr(callback, "cls", None)
    if view is None:
        # A plain function decides by itself which methods it answers.
        return callback
    actions = getattr(callback, "actions", None)
    name = actions.get(method) if actions else method
    return getattr(view, name, None) if name and method in view.http_method_names else None
