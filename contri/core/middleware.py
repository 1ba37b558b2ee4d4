"""The outermost layers of the HTTP door: who is calling, and what a crash looks like from outside."""

import logging
from collections.abc import Callable
from http import HTTPStatus

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse

from contri.core.api.problems import problem_response
from contri.core.client_address import client_address
from contri.core.context import call_context
from contri.core.live import gathered_hints

logger = logging.getLogger(__name__)

GetResponse = Callable[[HttpRequest], HttpResponse]
DATABASE_RETRY_SECONDS = 2


class CallContextMiddleware:
    """Gives every request an id (the caller's when it is sane) and echoes it on the answer."""

    def __init__(self, get_response: GetResponse) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        offered = request.headers.get("X-Request-ID", "")
        with call_context(request_id=offered, address=client_address(request)) as call:
            with gathered_hints():
                response = self._get_response(request)
            response["X-Request-ID"] = call.request_id
            return response


class ProblemMiddleware:
    """Answers API calls with problem+json where Django itself would answer with a page.

    Covers unknown routes, and whatever escapes a view. A database that is away or too busy is 503 with Retry-After:
    nothing was decided, so the caller may try again.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self._get_response(request)
        is_page = response.get("Content-Type", "").startswith("text/html")
        if is_api_call(request) and response.status_code >= HTTPStatus.BAD_REQUEST and is_page:
            return problem_response(status=response.status_code)
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Turn an exception that escaped a view into a problem; outside the API leave it to Django."""
        if not is_api_call(request):
            return None
        if isinstance(exception, (OperationalError, InterfaceError)):
            logger.warning("database unavailable", exc_info=exception)
            return problem_response(status=HTTPStatus.SERVICE_UNAVAILABLE, retry_after=DATABASE_RETRY_SECONDS)
        logger.error("unhandled exception", exc_info=exception)
        return problem_response(status=HTTPStatus.INTERNAL_SERVER_ERROR)


def is_api_call(request: HttpRequest) -> bool:
    """Whether the caller expects JSON whatever happens."""
    return request.path.startswith("/api/v1")
