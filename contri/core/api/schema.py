"""How every endpoint describes itself: problems, the Idempotency-Key and the PIN token come in here, once."""

from typing import Any, Literal

from django.conf import settings
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse
from rest_framework import serializers

from contri.core.api.idempotent import is_idempotent

PIN_TOKEN_HEADER = OpenApiParameter(
    "X-Pin-Token", str, OpenApiParameter.HEADER, required=True, description="A single-use token from /auth/pin/verify."
)
_IDEMPOTENCY_KEY_HEADER = OpenApiParameter(
    "Idempotency-Key",
    str,
    OpenApiParameter.HEADER,
    required=True,
    description="1 to 255 visible ASCII characters. The same key and body get the first answer again.",
)


class FieldFaultRead(serializers.Serializer[Any]):
    """One invalid field."""

    field = serializers.CharField(help_text='A dotted path, "" for the whole body.')
    code = serializers.CharField()
    detail = serializers.CharField()


class ProblemRead(serializers.Serializer[Any]):
    """RFC 9457 problem+json. Every `code` is listed at /docs/errors."""

    type = serializers.URLField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField()
    code = serializers.CharField()
    request_id = serializers.CharField()
    errors = FieldFaultRead(many=True, required=False)  # type: ignore[assignment]


PROBLEM = OpenApiResponse(ProblemRead, description="See `code`.")
PROBLEM_TYPE = "application/problem+json"


class ContriSchema(AutoSchema):
    """Adds what is true of every route, so that no view repeats it."""

    def get_override_parameters(self) -> list[Any]:
        """The Idempotency-Key where the method requires one."""
        declared = list(super().get_override_parameters())
        return [*declared, _IDEMPOTENCY_KEY_HEADER] if is_idempotent(self._handler()) else declared

    def _handler(self) -> object:
        action = getattr(self.view, "action", None) or self.method.lower()
        return getattr(self.view, action, None)

    def _get_response_bodies(self, direction: Literal["request", "response"] = "response") -> dict[str, Any]:
        responses: dict[str, Any] = super()._get_response_bodies(direction)
        for status in self._problem_statuses():
            responses.setdefault(status, self._problem(status))
        return responses

    def _problem_statuses(self) -> list[str]:
        statuses = ["429", "503"]
        if self.get_auth():
            statuses.append("401")
        if self.method != "GET":
            statuses += ["400", "403", "409"]
        if self.method in ("POST", "PUT", "PATCH") and self.get_request_serializer():
            statuses += ["413", "415"]
        if self._takes_a_query():
            statuses.append("400")
        # A cursor that leads nowhere is not found.
        if "{" in self.path or self._is_paged():
            statuses.append("404")
        if is_idempotent(self._handler()):
            statuses.append("422")
        return sorted(set(statuses))

    def _takes_a_query(self) -> bool:
        declared = [parameter.location for parameter in self.get_override_parameters()]
        return self._is_paged() or bool(self.get_filter_backends()) or OpenApiParameter.QUERY in declared

    def _is_paged(self) -> bool:
        return self._is_list_view() and getattr(self.view, "pagination_class", None) is not None

    def _problem(self, status: str) -> dict[str, Any]:
        described: dict[str, Any] = self._get_response_for_code(PROBLEM, status)
        return described

    def _get_response_for_code(self, serializer: Any, status_code: str, *args: Any, **kwargs: Any) -> Any:
        if getattr(serializer, "response", serializer) is ProblemRead:
            args, kwargs = (), {"media_types": [PROBLEM_TYPE]}
        return super()._get_response_for_code(serializer, status_code, *args, **kwargs)  # type: ignore[no-untyped-call]


class BearerScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """The one way in: an access token from /auth/login, whatever class checks it."""

    target_class = settings.REST_FRAMEWORK["DEFAULT_AUTHENTICATION_CLASSES"][0]
    match_subclasses = True
    name: str | list[str] = "bearer"

    def __init__(self, target: Any) -> None:
        """Only the class itself is listed: a second one of the same name would look like another way in."""
        super().__init__(target)  # type: ignore[no-untyped-call]
        if type(target) is not self.target_class:
            self.name = []

    def get_security_requirement(self, auto_schema: AutoSchema) -> dict[str, list[str]]:
        """The same for every class."""
        return {"bearer": []}

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, str]:
        """As OpenAPI spells it."""
        return {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}
