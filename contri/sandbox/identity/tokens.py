"""ID tokens of Google and Apple, for whoever the caller says."""

import hashlib
from datetime import datetime, timedelta
from typing import Any

from contri.sandbox.environment import current
from contri.sandbox.identity.keys import key_id, signing_key

GOOGLE, APPLE = "google", "apple"
ISSUERS = {GOOGLE: "https://accounts.google.com", APPLE: "https://appleid.apple.com"}
LIFETIME = timedelta(hours=1)


def issue_token(
    *, provider: str, email: str, first_name: str = "", last_name: str = "", nonce: str = "", at: datetime
) -> str:
    """A token as the app would get it from `provider` (`google` or `apple`) for the person with this address.

    The same address is the same person each time. A nonce is carried as each provider's apps do it.

    Raises:
        ValueError: no such provider, or no address.
    """
    import jwt

    if provider not in ISSUERS or "@" not in email:
        raise ValueError("provider must be google or apple, and email an address")
    claims = _google(email, first_name, last_name, nonce) if provider == GOOGLE else _apple(email, nonce)
    common = {
        "iss": ISSUERS[provider],
        "sub": _subject(provider, email),
        "iat": int(at.timestamp()),
        "exp": int((at + LIFETIME).timestamp()),
        "email": email,
    }
    return jwt.encode({**common, **claims}, signing_key(), algorithm="RS256", headers={"kid": key_id()})


def _google(email: str, first_name: str, last_name: str, nonce: str) -> dict[str, Any]:
    return {
        "aud": current().google_client_id,
        "email_verified": True,
        "given_name": first_name or email.split("@")[0].title(),
        "family_name": last_name or "Okafor",
        **({"nonce": nonce} if nonce else {}),
    }


def _apple(email: str, nonce: str) -> dict[str, Any]:
    # Apple writes truth as text at times, and its apps hand it the hash of their nonce.
    hashed = {"nonce": hashlib.sha256(nonce.encode()).hexdigest()} if nonce else {}
    return {"aud": current().apple_client_id, "email_verified": "true", "nonce_supported": True, **hashed}


def _subject(provider: str, email: str) -> str:
    return hashlib.sha256(f"{provider}:{email.lower()}".encode()).hexdigest()[:21]
