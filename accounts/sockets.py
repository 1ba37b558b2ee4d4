"""Who opens a socket, by the access token in its Authorization header or beside the subprotocol `bearer`."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from channels.db import database_sync_to_async

from accounts.queries import open_sessions_among, signed_in_by
from contri.core.sockets import SUBPROTOCOL, Caller

Application = Callable[[Any, Any, Any], Awaitable[None]]


class SignedInMiddleware:
    """Puts the `Caller` into the scope, or None where there is no good token."""

    def __init__(self, inner: Application) -> None:
        self._inner = inner

    async def __call__(self, scope: Mapping[str, Any], receive: Any, send: Any) -> None:
        token = token_of(scope)
        caller = await database_sync_to_async(_caller_by)(token) if token else None
        await self._inner({**scope, "caller": caller}, receive, send)


def token_of(scope: Mapping[str, Any]) -> str:
    """The token that a handshake brought, or "". Never from the URL: addresses end up in logs."""
    header = dict(scope["headers"]).get(b"authorization", b"").decode("latin-1")
    scheme, _, token = header.partition(" ")
    if scheme.lower() == "bearer":
        return str(token).strip()
    offered = scope.get("subprotocols") or []
    return str(offered[1]) if len(offered) == 2 and offered[0] == SUBPROTOCOL else ""


def _caller_by(token: str) -> Caller | None:
    signed_in = signed_in_by(token)
    if signed_in is None:
        return None
    return Caller(
        user_id=signed_in.user.pk,
        session_id=signed_in.session.pk,
        expires_at=signed_in.expires_at,
        open_sessions_among=open_sessions_among,
    )
