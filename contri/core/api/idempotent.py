"""The Idempotency-Key at the HTTP door: three decorators for view methods, one for each way to hold a key."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.db import transaction
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.utils.module_loading import import_string
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import APIException, ValidationError
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
        key = _key_of(request)
        # A refusal that is not kept leaves through `atomic`, which rolls the claim back with it.
        with transaction.atomic():
            claim = idempotency.claim_in_transaction(**_claim_arguments(request, key))
            if claim.answer:
                return _shown(claim.answer)
            response = _answer(handler, view, request, args, kwargs)
            idempotency.keep_answer(claim, _as_answer(response))
            return response

    return _marked(replaying)


def idempotent_around_provider(handler: Handler) -> Handler:
    """The key first, then the work, then the answer, each committed: for work that asks a provider in between."""

    @wraps(handler)
    def replaying(view: APIView, request: Request, *args: Any, **kwargs: Any) -> HttpResponseBase:
        key = _key_of(request)
        claim = idempotency.claim_with_lease(**_claim_arguments(request, key))
        if claim.answer:
            return _shown(claim.answer)
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


class ProvedByVerb(APIView):
    """A view whose verb asks about session and ban in its own SQL call: signing in takes no query of its own."""

    def get_authenticators(self) -> list[BaseAuthentication]:
        """By the token alone."""
        return [import_string(settings.BEARER_AUTHENTICATION)()]


def idempotent_in_one_call(handler: Handler) -> Handler:
    """The key is claimed by the SQL call of the verb, for a handler of a `ProvedByVerb`.

    The handler takes a `Ticket` and returns an `Answer`. Whatever is wrong with a request that does not reach the verb
    is said only after its caller is proved.
    """

    @wraps(handler)
    def replaying(view: ProvedByVerb, request: Request, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            ticket = idempotency.Ticket(**_claim_arguments(request, _key_of(request)))
        except (DomainError, APIException):
            _prove_caller(request)
            raise
        return _shown(_told(handler, view, request, ticket, args, kwargs))

    return _marked(replaying)


def is_idempotent(handler: object) -> bool:
    """Whether a view method requires an Idempotency-Key."""
    return bool(getattr(handler, "requires_idempotency_key", False))


def _marked(handler: Handler) -> Handler:
    handler.requires_idempotency_key = True  # type: ignore[attr-defined]
    return handler


def _key_of(request: Request) -> str:
    return idempotency.checked_key(request.headers.get("Idempotency-Key", ""))


def _claim_arguments(request: Request, key: str) -> dict[str, Any]:
    fingerprint = idempotency.fingerprint_of(str(request.method), request.path, request.data)
    return {"user_id": request.user.pk, "key": key, "fingerprint": fingerprint}


def _told(handler: Handler, view: APIView, request: Request, ticket: idempotency.Ticket, args: Any, kwargs: Any) -> Any:
    """The handler's answer, or its refusal as one; a refusal by a rule is kept."""
    try:
        return handler(view, request, ticket, *args, **kwargs)
    except ValidationError:
        _prove_caller(request)
        idempotency.refuse_reused(ticket)
        raise
    except DomainError as refusal:
        if not refusal.is_kept_for_replay:
            raise
        response = view.finalize_response(request, view.handle_exception(refusal), *args, **kwargs)
        return idempotency.keep_refusal(ticket, _as_answer(response.render()))


def _prove_caller(request: Request) -> None:
    authenticator: Any = request.successful_authenticator
    authenticator.prove(request)


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


def _shown(answer: idempotency.Answer) -> HttpResponse:
    response = HttpResponse(answer.body, status=answer.status, content_type=answer.content_type)
    if answer.is_replay:
        response["Idempotent-Replayed"] = "true"
    return response
