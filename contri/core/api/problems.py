"""The HTTP door's one table from refusals to RFC 9457 problem+json."""

import logging
from collections.abc import Iterator, Mapping
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpResponse, JsonResponse
from rest_framework import exceptions as drf
from rest_framework.response import Response
from rest_framework.views import set_rollback

from contri.core import errors
from contri.core.context import current_call

logger = logging.getLogger(__name__)

CONTENT_TYPE = "application/problem+json"
DATABASE_RETRY_SECONDS = 2

STATUS_OF_FAMILY: dict[type[errors.DomainError], HTTPStatus] = {
    errors.InvalidInputError: HTTPStatus.BAD_REQUEST,
    errors.NotAuthenticatedError: HTTPStatus.UNAUTHORIZED,
    errors.ForbiddenError: HTTPStatus.FORBIDDEN,
    errors.NotFoundError: HTTPStatus.NOT_FOUND,
    errors.ConflictError: HTTPStatus.CONFLICT,
    errors.RuleViolationError: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.RateLimitedError: HTTPStatus.TOO_MANY_REQUESTS,
    errors.UpstreamError: HTTPStatus.SERVICE_UNAVAILABLE,
}

# Problems that no verb raises: the framework's own refusals, by status.
GENERIC_CODES: dict[int, tuple[str, str]] = {
    400: ("bad_request", "The request is not acceptable"),
    401: ("not_authenticated", "Sign in first"),
    403: ("permission_denied", "You may not do this"),
    404: ("not_found", "There is no such thing"),
    405: ("method_not_allowed", "This method is not offered here"),
    406: ("not_acceptable", "This representation is not offered here"),
    413: ("payload_too_large", "The request is too large"),
    415: ("unsupported_media_type", "This content type is not accepted here"),
    429: (errors.RateLimitedError.code, errors.RateLimitedError.title),
    500: ("internal_error", "Something went wrong on our side"),
    503: ("service_unavailable", "Temporarily unavailable; try again"),
}


def status_of(error: type[errors.DomainError]) -> HTTPStatus:
    """The HTTP status of a refusal, by its family."""
    return next(STATUS_OF_FAMILY[family] for family in error.__mro__ if family in STATUS_OF_FAMILY)


def problem_body(
    *, status: int, code: str = "", title: str = "", detail: str = "", extra: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """The members of a problem body; what is not given comes from the status."""
    generic_code, generic_title = GENERIC_CODES.get(status, ("error", HTTPStatus(status).phrase))
    code = code or generic_code
    title = title or generic_title
    return {
        "type": f"{settings.PUBLIC_BASE_URL}/docs/errors#{code}",
        "title": title,
        "status": int(status),
        "detail": detail or title,
        "code": code,
        "request_id": current_call().request_id,
        **(extra or {}),
    }


def problem_response(*, status: int, detail: str = "", retry_after: int | None = None) -> HttpResponse:
    """A problem outside DRF (unknown route, crash)."""
    response = JsonResponse(problem_body(status=status, detail=detail), status=status, content_type=CONTENT_TYPE)
    if retry_after is not None:
        response["Retry-After"] = str(retry_after)
    return response


def exception_handler(exception: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's hook: a refusal or framework error becomes a problem, anything else travels on to the middleware."""
    problem = _problem_of(exception)
    if problem is None:
        return None
    set_rollback()
    return problem


def _problem_of(exception: Exception) -> Response | None:
    if isinstance(exception, errors.DomainError):
        return _from_domain(exception)
    if isinstance(exception, drf.ValidationError):
        faults = list(_flatten(exception.detail))
        return _from_domain(errors.ValidationFaultsError(*faults))
    if isinstance(exception, (Http404, drf.NotFound)):
        return _response(problem_body(status=404))
    if isinstance(exception, PermissionDenied):
        return _response(problem_body(status=403))
    if isinstance(exception, drf.APIException):
        return _from_framework(exception)
    if isinstance(exception, (OperationalError, InterfaceError)):
        logger.warning("database unavailable", exc_info=exception)
        return _response(problem_body(status=503), {"Retry-After": str(DATABASE_RETRY_SECONDS)})
    return None


def _from_domain(error: errors.DomainError) -> Response:
    extra: dict[str, Any] = dict(error.extra)
    if isinstance(error, errors.ValidationFaultsError):
        extra["errors"] = [{"field": f.field, "code": f.code, "detail": f.detail} for f in error.faults]
    body = problem_body(
        status=status_of(type(error)), code=error.code, title=error.title, detail=error.detail, extra=extra
    )
    headers = {"Retry-After": str(error.retry_after)} if error.retry_after is not None else {}
    if status_of(type(error)) == HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = "Bearer"
    return _response(body, headers)


def _from_framework(exception: drf.APIException) -> Response:
    headers = {}
    if (challenge := getattr(exception, "auth_header", None)) is not None:
        headers["WWW-Authenticate"] = challenge
    if (wait := getattr(exception, "wait", None)) is not None:
        headers["Retry-After"] = str(int(wait) + 1)
    code = "parse_error" if isinstance(exception, drf.ParseError) else ""
    return _response(problem_body(status=exception.status_code, code=code), headers)


def _response(body: dict[str, Any], headers: dict[str, str] | None = None) -> Response:
    return Response(body, status=body["status"], headers=headers or {}, content_type=CONTENT_TYPE)


def _flatten(detail: Any, path: str = "") -> Iterator[errors.FieldFault]:
    """DRF's nested error detail as dotted paths; "non_field_errors" is the body it belongs to."""
    if isinstance(detail, Mapping):
        for key, value in detail.items():
            name = "" if key == "non_field_errors" else str(key)
            yield from _flatten(value, ".".join(part for part in (path, name) if part))
    elif isinstance(detail, list):
        for index, item in enumerate(detail):
            nested = isinstance(item, (Mapping, list))
            yield from _flatten(item, f"{path}.{index}".lstrip(".") if nested else path)
    else:
        yield errors.FieldFault(field=path, code=str(getattr(detail, "code", "invalid")), detail=str(detail))
