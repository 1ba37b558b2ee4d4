"""How Paystack signs a webhook."""

import hashlib
import hmac


def sign(secret_key: str, body: bytes) -> str:
    """The value of `x-paystack-signature`: lower-case hex of HMAC-SHA512 over the raw body, keyed by the secret key."""
    return hmac.new(secret_key.encode(), body, hashlib.sha512).hexdigest()
