"""How Smile ID v1 signs, in both directions. It covers time and partner, not the body."""

import base64
import hashlib
import hmac


def sign(api_key: str, timestamp: str, partner_id: str) -> str:
    """Base64 of HMAC-SHA256 over timestamp, partner id and a constant, keyed by the API key."""
    message = f"{timestamp}{partner_id}sid_request".encode()
    return base64.b64encode(hmac.new(api_key.encode(), message, hashlib.sha256).digest()).decode()
