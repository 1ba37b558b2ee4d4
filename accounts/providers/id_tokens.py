"""Reading Google's and Apple's ID tokens.

Ours rather than allauth's, which was measured to crash on `alg: HS256` and on a missing `kid`, to accept a token
without `exp`, never to look at the nonce, and to fetch the keys at every sign-in.
"""

import hashlib
import hmac
import logging
import re
from dataclasses import dataclass, field
from http import HTTPStatus
from threading import Lock
from time import monotonic
from typing import Any

import httpx
import jwt
from django.conf import settings

from accounts.models import SocialProvider
from contri.core.outgoing import authorities

logger = logging.getLogger(__name__)

ISSUERS = {
    SocialProvider.GOOGLE: ["https://accounts.google.com", "accounts.google.com"],
    SocialProvider.APPLE: ["https://appleid.apple.com"],
}
REQUIRED = ["exp", "iat", "iss", "aud", "sub"]
TIMEOUT = httpx.Timeout(5.0, connect=2.0)
LEEWAY_SECONDS = 30
# What allauth keeps; Google's are 21 digits, Apple's 44 characters.
LONGEST_SUBJECT = 191
# Cache-Control is believed within these bounds; an unknown key id makes us look again, but not for every forged token.
SHORTEST_KEPT, LONGEST_KEPT, BETWEEN_LOOKS = 300.0, 86_400.0, 30.0
_MAX_AGE = re.compile(r"max-age=([0-9]{1,9})")


class IdTokenRefusedError(Exception):
    """The token does not show who anybody is; the message says why, for the log only."""


class KeysUnavailableError(Exception):
    """The provider's keys cannot be fetched."""


@dataclass(frozen=True, slots=True)
class ProvenPerson:
    """What a good token says. Only `subject` identifies; an address is worth what `is_email_proved` says."""

    provider: SocialProvider
    subject: str
    email: str = field(repr=False)
    is_email_proved: bool
    first_name: str = field(repr=False)
    last_name: str = field(repr=False)


def read_id_token(provider: SocialProvider, token: str, *, nonce: str = "") -> ProvenPerson:
    """Who a token of `provider` is about.

    Raises:
        IdTokenRefusedError: it is forged, expired, for another app, without what must be in it, or of another nonce.
        KeysUnavailableError: nobody can tell now.
    """
    try:
        header = jwt.get_unverified_header(token)
        if header.get("alg") != "RS256" or not isinstance(header.get("kid"), str):
            raise IdTokenRefusedError("alg or kid")
        claims: dict[str, Any] = jwt.decode(
            token,
            _keys(provider).key(header["kid"]),
            algorithms=["RS256"],
            audience=_audiences(provider),
            issuer=ISSUERS[provider],
            leeway=LEEWAY_SECONDS,
            options={"require": REQUIRED},
        )
    except (jwt.InvalidTokenError, ValueError, TypeError) as error:
        raise IdTokenRefusedError(type(error).__name__) from error
    if nonce and not _is_nonce(provider, nonce, claims.get("nonce")):
        raise IdTokenRefusedError("nonce")
    return _person(provider, claims)


def forget_keys() -> None:
    """Fetch the providers' keys again when they are next needed."""
    _known.clear()


def _person(provider: SocialProvider, claims: dict[str, Any]) -> ProvenPerson:
    subject, email = claims["sub"], str(claims.get("email", "")).lower()
    if not isinstance(subject, str) or not 0 < len(subject) <= LONGEST_SUBJECT:
        raise IdTokenRefusedError("sub")
    # Apple says "true" as text at times.
    is_verified = claims.get("email_verified") in (True, "true")
    # Google verifies other people's domains once and never again; its own, and those it hosts, it runs.
    is_runner = provider == SocialProvider.APPLE or email.endswith("@gmail.com") or bool(claims.get("hd"))
    return ProvenPerson(
        provider=provider,
        subject=subject,
        email=email[:254],
        is_email_proved=bool(email) and is_verified and is_runner,
        first_name=str(claims.get("given_name", ""))[:80],
        last_name=str(claims.get("family_name", ""))[:80],
    )


def _audiences(provider: SocialProvider) -> list[str]:
    ids: list[str] = settings.GOOGLE_CLIENT_IDS if provider == SocialProvider.GOOGLE else settings.APPLE_CLIENT_IDS
    if not ids:
        raise IdTokenRefusedError("no client id of ours is configured")
    return ids


def _is_nonce(provider: SocialProvider, sent: str, claimed: object) -> bool:
    # The app gives Apple the hash of its nonce, Google the nonce itself.
    expected = hashlib.sha256(sent.encode()).hexdigest() if provider == SocialProvider.APPLE else sent
    return hmac.compare_digest(str(claimed or "").encode(), expected.encode())


class _PublishedKeys:
    """One provider's keys, kept for as long as it says."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._lock = Lock()
        self._keys: dict[str, jwt.PyJWK] = {}
        self._looked_at = float("-inf")
        self._good_until = float("-inf")

    def key(self, kid: str) -> jwt.PyJWK:
        with self._lock:
            now = monotonic()
            is_unknown = kid not in self._keys and now - self._looked_at > BETWEEN_LOOKS
            if now > self._good_until or is_unknown:
                self._fetch(now)
            if kid not in self._keys:
                raise IdTokenRefusedError("unknown kid")
            return self._keys[kid]

    def _fetch(self, now: float) -> None:
        self._looked_at = now
        try:
            response = httpx.get(self._url, timeout=TIMEOUT, verify=authorities())
            published = response.json()["keys"]
            if response.status_code != HTTPStatus.OK:
                raise ValueError(f"HTTP {response.status_code}")
            keys = {key["kid"]: jwt.PyJWK(key, algorithm="RS256") for key in published if key.get("kty") == "RSA"}
        except (httpx.HTTPError, ValueError, KeyError, TypeError, AttributeError, jwt.PyJWTError) as error:
            if self._keys:
                # Keys outlive a short absence of whoever publishes them.
                logger.warning("keys at %s not fetched: %s", self._url, type(error).__name__)
                self._good_until = now + BETWEEN_LOOKS
                return
            raise KeysUnavailableError(type(error).__name__) from error
        self._keys = keys
        found = _MAX_AGE.search(response.headers.get("Cache-Control", ""))
        kept = float(found[1]) if found else SHORTEST_KEPT
        self._good_until = now + min(max(kept, SHORTEST_KEPT), LONGEST_KEPT)


_known: dict[str, _PublishedKeys] = {}


def _keys(provider: SocialProvider) -> _PublishedKeys:
    url = settings.GOOGLE_JWKS_URL if provider == SocialProvider.GOOGLE else settings.APPLE_JWKS_URL
    return _known.setdefault(url, _PublishedKeys(url))
