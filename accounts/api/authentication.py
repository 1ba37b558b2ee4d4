"""Who is calling, by the access token of a session that is still open."""

from django.http import HttpRequest
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request
from rest_framework_simplejwt.authentication import JWTAuthentication

from accounts.models import Session, User
from accounts.queries import signed_in_by


class SessionTokenAuthentication(JWTAuthentication):
    """`Authorization: Bearer <access>`. Sets `request.user`, and `request.auth` to the session.

    The session is read with its user in one query on every call: logging out, banning and changing a password work at
    once, not when the token happens to expire.
    """

    def authenticate(self, request: Request) -> tuple[User, Session] | None:  # type: ignore[override]
        """The caller, or None when no bearer token was sent."""
        raw_token = self.get_raw_token(request.META.get("HTTP_AUTHORIZATION", "").encode("utf-8", "replace"))
        if raw_token is None:
            return None
        caller = signed_in_by(raw_token.decode("ascii", errors="replace"))
        if caller is None:
            raise AuthenticationFailed
        return caller.user, caller.session

    def authenticate_header(self, request: Request | HttpRequest) -> str:
        """The challenge beside every 401."""
        return "Bearer"
