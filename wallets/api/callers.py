"""What every view here reads off a request."""

from typing import Any

from rest_framework.request import Request
from rest_framework.serializers import BaseSerializer

from accounts.models import User
from accounts.tokens import AccessToken


def caller(request: Request) -> User:
    """Who is calling; the views here let nobody else in."""
    if not isinstance(request.user, User):
        raise TypeError("only signed-in people get here")
    return request.user


def access_token(request: Request) -> AccessToken:
    """Whose token came with the call; only the verb knows whether its session is still open."""
    if not isinstance(request.auth, AccessToken):
        raise TypeError("this route signs people in by their session")
    return request.auth


def pin_token(request: Request) -> str:
    """The single-use proof that the PIN was given, or ""."""
    return str(request.headers.get("X-Pin-Token", ""))


def valid(serializer: BaseSerializer[Any]) -> dict[str, Any]:
    """What was sent, checked."""
    serializer.is_valid(raise_exception=True)
    return dict(serializer.validated_data)
