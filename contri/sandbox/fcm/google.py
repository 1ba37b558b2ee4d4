"""Google's token server: an access token for whoever signs with the service account's key."""

import json
import secrets
import time
from typing import Any

import jwt
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from django.http import HttpRequest, HttpResponse, JsonResponse

from contri.sandbox.doors import provider_call
from contri.sandbox.environment import current

LIFE_SECONDS = 3600
SCOPE = "https://www.googleapis.com/auth/firebase.messaging"

# Access tokens and when they end. Forgotten with the process, as a client must expect.
_granted: dict[str, float] = {}


@provider_call("google.token")
def token(request: HttpRequest) -> HttpResponse:
    """POST /google/token: the JWT bearer grant (RFC 7523)."""
    assertion = str(request.POST.get("assertion", ""))
    account = json.loads(current().fcm_credentials or "{}")
    if not account or not _is_signed_by(account, assertion):
        return JsonResponse({"error": "invalid_grant", "error_description": "Invalid JWT Signature."}, status=400)
    access = f"ya29.{secrets.token_urlsafe(40)}"
    _granted[access] = time.time() + LIFE_SECONDS
    return JsonResponse({"access_token": access, "expires_in": LIFE_SECONDS, "token_type": "Bearer"})


def is_granted(header: str) -> bool:
    """Whether this Authorization header brings an access token of ours that is still good."""
    return _granted.get(header.removeprefix("Bearer "), 0.0) > time.time()


def _is_signed_by(account: dict[str, Any], assertion: str) -> bool:
    public = load_pem_private_key(account["private_key"].encode(), password=None).public_key()
    try:
        claims = jwt.decode(
            assertion,
            public,  # type: ignore[arg-type]
            algorithms=["RS256"],
            audience=account["token_uri"],
            issuer=account["client_email"],
        )
    except jwt.PyJWTError:
        return False
    return claims.get("scope") == SCOPE
