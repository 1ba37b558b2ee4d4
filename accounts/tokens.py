"""Access and refresh tokens: what is in them, and nothing else.

Both are a function of the session, the token's number in its family and the second of issue, so that a phone that asks
twice with one refresh token can be given the same pair twice without any token being stored.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.conf import settings
from rest_framework_simplejwt.backends import TokenBackend
from rest_framework_simplejwt.exceptions import TokenBackendError
from rest_framework_simplejwt.state import token_backend

from accounts.errors import TokenInvalidError
from contri.core.crypto import keyed_hash


@dataclass(frozen=True, slots=True)
class TokenPair:
    """What a device holds after signing in."""

    access: str
    refresh: str


@dataclass(frozen=True, slots=True)
class AccessToken:
    """An access token whose signature and dates hold; whether its session is still open only the database knows."""

    user_id: UUID
    session_id: UUID
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class RefreshToken:
    """A refresh token whose signature and dates hold; whether it is still good only its session knows."""

    session_id: UUID
    number: int
    jti: str

    @property
    def hash(self) -> bytes:
        """What is kept of it once it is used."""
        return keyed_hash("refresh-token", self.jti)


def issue_pair(*, session_id: UUID, user_id: UUID, number: int, at: datetime, ends_at: datetime) -> TokenPair:
    """The pair number `number` of a session. The refresh token dies with the session at `ends_at`."""
    access_ends = min(at + settings.SIMPLE_JWT["ACCESS_TOKEN_LIFETIME"], ends_at)
    shared = {"sid": str(session_id), "user_id": str(user_id), "iat": int(at.timestamp())}
    return TokenPair(
        access=_signed("access", {**shared, "exp": int(access_ends.timestamp())}, number),
        refresh=_signed("refresh", {**shared, "exp": int(ends_at.timestamp()), "number": number}, number),
    )


def read_access(token: str) -> AccessToken | None:
    """The parts of an access token of ours that has not expired, or None."""
    try:
        read = _read_access(token)
    except TokenInvalidError:
        return None
    return read if datetime.now(UTC) < read.expires_at else None


def read_refresh(token: str) -> RefreshToken | None:
    """The parts of a refresh token of ours that has not expired, or None."""
    claims = _claims("refresh", token)
    if claims is None:
        return None
    return RefreshToken(session_id=UUID(claims["sid"]), number=claims["number"], jti=claims["jti"])


@lru_cache(maxsize=4096)
def _read_access(token: str) -> AccessToken:
    # A phone sends the same token for a quarter of an hour: its signature is checked once. Junk is not remembered.
    claims = _claims("access", token)
    if claims is None:
        raise TokenInvalidError
    return AccessToken(
        user_id=UUID(claims["user_id"]),
        session_id=UUID(claims["sid"]),
        expires_at=datetime.fromtimestamp(claims["exp"], tz=UTC),
    )


def _claims(kind: str, token: str) -> dict[str, Any] | None:
    claims = next((claims for backend in _backends() if (claims := _read(backend, token)) is not None), None)
    if claims is None:
        return None
    # A token of ours without a session is of another kind or from another age.
    return claims if claims.get("token_type") == kind and "sid" in claims else None


def _backends() -> Iterator[TokenBackend]:
    """What reads tokens: under the key that signs, and under those that did until it was replaced."""
    yield token_backend
    for key in settings.OLD_JWT_SIGNING_KEYS:
        yield TokenBackend(token_backend.algorithm, signing_key=key, issuer=token_backend.issuer)


def _read(backend: TokenBackend, token: str) -> dict[str, Any] | None:
    try:
        claims: dict[str, Any] = backend.decode(token)  # type: ignore[arg-type]  # stub: their Token passes text
    except (TokenBackendError, UnicodeError):
        return None
    return claims


def _signed(kind: str, claims: dict[str, Any], number: int) -> str:
    jti = keyed_hash(f"{kind}-jti", f"{claims['sid']}:{number}").hex()
    return token_backend.encode({**claims, "token_type": kind, "jti": jti})
