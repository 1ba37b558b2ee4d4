"""Who is calling, by the access token of a session that is still open."""

from dataclasses import dataclass
from typing import Any, ClassVar
from uuid import UUID

from django.http import HttpRequest
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request
from rest_framework_simplejwt.authentication import JWTAuthentication

from accounts.queries import refuse_signed_out, signed_in_by
from accounts.tokens import read_access


class SessionTokenAuthentication(JWTAuthentication):
    """`Authorization: Bearer <access>`. Sets `request.user`, and `request.auth` to the session.

    The session is read with its user in one query on every call: logging out, banning and changing a password work at
    once, not when the token happens to expire.
    """

    def authenticate(self, request: Request) -> tuple[Any, Any] | None:
        """The caller, or None when no bearer token was sent."""
        raw_token = self.get_raw_token(request.META.get("HTTP_AUTHORIZATION", "").encode("utf-8", "replace"))
        if raw_token is None:
            return None
        caller = self.caller_of(raw_token.decode("ascii", errors="replace"))
        if caller is None:
            raise AuthenticationFailed
        return caller

    def authenticate_header(self, request: Request | HttpRequest) -> str:
        """The challenge beside every 401."""
        return "Bearer"

    def caller_of(self, access: str) -> tuple[Any, Any] | None:
        """The user and session of this token; None when there is no such session."""
        caller = signed_in_by(access)
        return (caller.user, caller.session) if caller else None


@dataclass(frozen=True, slots=True)
class Bearer:
    """Whoever holds a good access token. That its session is still open is not proved yet."""

    pk: UUID
    is_authenticated: ClassVar[bool] = True


class TokenAuthentication(SessionTokenAuthentication):
    """The same without a query, for views whose one SQL call asks about session and ban itself.

    Sets `request.user` to a `Bearer`, which no verb takes for a user, and `request.auth` to the token.
    """

    def caller_of(self, access: str) -> tuple[Any, Any] | None:
        """The bearer and the token; None when it is junk or expired."""
        token = read_access(access)
        return (Bearer(token.user_id), token) if token else None

    def prove(self, request: Request) -> None:
        """Ask now, for a request that the verb is not reached with.

        Raises:
            SignedOutError: the session has ended, or its owner may not sign in any more.
        """
        token: Any = request.auth
        refuse_signed_out(token)
