"""Where a request really came from. The only place that reads X-Forwarded-For."""

from django.conf import settings
from django.http import HttpRequest

# In lower case, as ASGI has it; Django's own mapping does not mind.
TRUSTED_HEADER = "x-forwarded-for"


def client_address(request: HttpRequest) -> str:
    """The client's IP address, believing exactly `TRUSTED_PROXY_COUNT` hops of X-Forwarded-For.

    Each trusted proxy appends the address it saw, so with n proxies the n-th entry from the right is the client and
    everything further left is the client's own invention.
    """
    return address_from(
        forwarded=request.headers.get(TRUSTED_HEADER, ""), peer=str(request.META.get("REMOTE_ADDR", ""))
    )


def address_from(*, forwarded: str, peer: str) -> str:
    """The same for a socket's handshake, from its X-Forwarded-For (empty where there is none) and its peer."""
    hops: int = settings.TRUSTED_PROXY_COUNT
    entries = [entry.strip() for entry in forwarded.split(",") if entry.strip()]
    return entries[-hops] if hops and len(entries) >= hops else peer
