"""Rate limits at the HTTP door, counted by django-ratelimit in Redis.

Limits that guard money or secrets (PIN attempts, daily outflow) are not here: they live in PostgreSQL and survive a
flush of Redis.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, Literal, TypeVar

from django_ratelimit.core import get_usage
from redis.exceptions import RedisError
from rest_framework.request import Request
from rest_framework.views import APIView

from contri.core.client_address import client_address
from contri.core.errors import RateLimitedError, UpstreamError

logger = logging.getLogger(__name__)

H = TypeVar("H", bound=Callable[..., Any])
By = Literal["address", "user"] | str
SHORTEST_WAIT_SECONDS = 1


class LimitsUnavailableError(UpstreamError):
    """The counters behind a rate limit cannot be reached, and this route does not go on without them."""

    code = "limits_unavailable"
    title = "Temporarily unavailable; try again"


@dataclass(frozen=True, slots=True)
class Limit:
    """What `limited` was given; a view method lists its own in `limits`."""

    group: str
    rate: str
    by: By
    fail_open: bool


def limited(group: str, rate: str, *, by: By, fail_open: bool = False) -> Callable[[H], H]:
    """Let at most `rate` ("5/m", "20/h") calls of a view method through for each caller.

    Args:
        group: what is counted together; the same name on two routes shares the count.
        rate: django-ratelimit's notation.
        by: "address" (of the client), "user", or "body:<field>" (a value sent, such as an e-mail address).
        fail_open: what happens while Redis is away: go on (reads) or refuse with 503 (anything that can be guessed at).

    Raises (in the decorated method):
        RateLimitedError: one call too many; `retry_after` says when the window ends.
        LimitsUnavailableError: Redis is away and `fail_open` is False.
    """

    def decorate(handler: H) -> H:
        @wraps(handler)
        def counting(view: APIView, request: Request, *args: Any, **kwargs: Any) -> Any:
            _count(request, group=group, rate=rate, by=by, fail_open=fail_open)
            return handler(view, request, *args, **kwargs)

        inner: tuple[Limit, ...] = getattr(handler, "limits", ())
        vars(counting)["limits"] = (Limit(group, rate, by, fail_open), *inner)
        return counting  # type: ignore[return-value]

    return decorate


def _count(request: Request, *, group: str, rate: str, by: By, fail_open: bool) -> None:
    caller = _caller(request, by)
    try:
        usage = get_usage(request, group=group, key=lambda _group, _request: caller, rate=rate, increment=True)
    except (RedisError, OSError) as error:
        if fail_open:
            logger.warning("rate limit %s not counted: %s", group, type(error).__name__)
            return
        raise LimitsUnavailableError(retry_after=SHORTEST_WAIT_SECONDS) from error
    if usage["should_limit"]:
        raise RateLimitedError(retry_after=max(int(usage["time_left"]), SHORTEST_WAIT_SECONDS))


def _caller(request: Request, by: By) -> str:
    if by == "user":
        return str(request.user.pk)
    if by.startswith("body:"):
        # A page of ours is posted as a form, the API's routes as JSON.
        sent: Any = request.data if hasattr(request, "data") else request.POST
        body = sent if isinstance(sent, dict) else {}
        return str(body.get(by.removeprefix("body:"), "")).strip().lower()[:254]
    return client_address(request)
