"""Whether a call really comes from the provider. Constant-time, over the bytes as they arrived.

Facts: Paystack signs the raw body with the secret key (HMAC-SHA512, hex). Flutterwave
sends a secret that we agreed on. Smile ID signs timestamp, partner id and the
word "sid_request" with the API key (HMAC-SHA256, base64): the body is *not* covered, so a signature of theirs proves no
more than "Smile ID, about then", and what it came with is a hint only.
"""

import base64
import hmac
from datetime import datetime, timedelta

SMILE_ID_WINDOW = timedelta(minutes=5)


def is_paystack_signature(signature: str, *, body: bytes, secret_key: str) -> bool:
    """Whether `signature` is Paystack's for exactly these bytes; upper-case hex is taken, too."""
    expected = hmac.new(secret_key.encode(), body, "sha512").hexdigest()
    # As bytes: compare_digest raises on text that is not ASCII, and a header may hold anything.
    return hmac.compare_digest(signature.strip().lower().encode(), expected.encode())


def is_flutterwave_hash(sent: str, *, secret_hash: str) -> bool:
    """Whether a call bears the secret hash that we share with Flutterwave; without one of ours nothing does.

    It is not computed from the body: it proves who calls, and nothing of what is said.
    """
    return bool(secret_hash) and hmac.compare_digest(sent.strip().encode(), secret_hash.encode())


def is_smile_id_signature(signature: str, *, timestamp: str, partner_id: str, api_key: str) -> bool:
    """Whether `signature` is Smile ID's for this very spelling of the timestamp."""
    message = f"{timestamp}{partner_id}sid_request".encode()
    expected = base64.b64encode(hmac.digest(api_key.encode(), message, "sha256"))
    return hmac.compare_digest(signature.strip().encode(), expected)


def is_fresh(timestamp: str, *, at: datetime) -> bool:
    """Whether an RFC 3339 timestamp lies within five minutes of `at`, before or after."""
    try:
        moment = datetime.fromisoformat(timestamp)
    except ValueError:
        return False
    return moment.tzinfo is not None and abs(moment - at) <= SMILE_ID_WINDOW
