"""What every view here reads off a request."""

from typing import Any

from rest_framework.request import Request
from rest_framework.serializers import BaseSerializer

from accounts.models import User


def caller(request: Request) -> User:
    """Who is calling; the views here let nobody else in."""
    if not isinstance(request.user, User):
        raise TypeError("only signed-in people get here")
    return request.user


def pin_token(request: Request) -> str:
    """The single-use proof that the PIN was given, or ""."""
    return str(request.headers.get("X-Pin-Token", ""))


def valid(serializer: BaseSerializer[Any]) -> dict[str, Any]:
    """What was sent, checked."""
    serializer.is_valid(raise_exception=True)
    return dict(serializer.validated_data)
