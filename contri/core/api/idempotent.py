"""The Idempotency-Key at the HTTP door: two decorators for view methods, one for each way to hold a key."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.db import transaction
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from contri.core import idempotency
from contri.core.errors import DomainError

Handler = Callable[..., Any]


def idempotent(handler: Handler) -> Handler:
    """The key, the money and the kept answer in one transaction. For work that stays inside PostgreSQL."""

    @wraps(handler)
    def replaying(view: APIView, request: Request, *args: Any, **kwargs: Any) -> HttpResponseBase:
        key = idempotency.checked_key(request.headers.get("Idempotency-Key", ""))
        # A refusal that is not kept leaves through `atomic`, which rolls the claim back with it.
        with transaction.atomic():
            claim = idempotency.claim_in_transaction(**_claim_arguments(request, key))
            if claim.answer:
                return _replay(claim.answer)
            response = _answer(handler, view, request, args, kwargs)
            idempotency.keep_answer(claim, _as_answer(response))
            return response

    return _marked(replaying)


def idempotent_around_provider(handler: Handler) -> Handler:
    """The key first, then the work, then the answer, each committed: for work that asks a provider in between."""

    @wraps(handler)
    def replaying(view: APIView, request: Request, *args: Any, **kwargs: Any) -> HttpResponseBase:
        key = idempotency.checked_key(request.headers.get("Idempotency-Key", ""))
        claim = idempotency.claim_with_lease(**_claim_arguments(request, key))
        if claim.answer:
            return _replay(claim.answer)
        try:
            response = _answer(handler, view, request, args, kwargs)
        except BaseException:
            idempotency.release(claim)
            raise
        idempotency.keep_answer(claim, _as_answer(response))
        return response

    return _marked(replaying)


def idempotent_by(*, asks_provider: Callable[[Request], bool]) -> Callable[[Handler], Handler]:
    """For a route where some requests ask a provider and the others stay inside PostgreSQL: each its own way."""

    def decorate(handler: Handler) -> Handler:
        inside, around = idempotent(handler), idempotent_around_provider(handler)

        @wraps(handler)
        def replaying(view: APIView, request: Request, *args: Any, **kwargs: Any) -> HttpResponseBase:
            way = around if asks_provider(request) else inside
            answer: HttpResponseBase = way(view, request, *args, **kwargs)
            return answer

        return _marked(replaying)

    return decorate


def is_idempotent(handler: object) -> bool:
    """Whether a view method requires an Idempotency-Key."""
    return bool(getattr(handler, "requires_idempotency_key", False))


def _marked(handler: Handler) -> Handler:
    handler.requires_idempotency_key = True  # type: ignore[attr-defined]
    return handler


def _claim_arguments(request: Request, key: str) -> dict[str, Any]:
    fingerprint = idempotency.fingerprint_of(str(request.method), request.path, request.data)
    return {"user_id": request.user.pk, "key": key, "fingerprint": fingerprint}


def _answer(handler: Handler, view: APIView, request: Request, args: Any, kwargs: Any) -> Response:
    try:
        answer = handler(view, request, *args, **kwargs)
    except DomainError as refusal:
        if not refusal.is_kept_for_replay:
            raise
        answer = view.handle_exception(refusal)
    response: Response = view.finalize_response(request, answer, *args, **kwargs)
    response.render()
    return response


def _as_answer(response: Response) -> idempotency.Answer:
    return idempotency.Answer(response.status_code, response["Content-Type"], response.content)


def _replay(answer: idempotency.Answer) -> HttpResponse:
    response = HttpResponse(answer.body, status=answer.status, content_type=answer.content_type)
    response["Idempotent-Replayed"] = "true"
    return response
