"""Where a request really came from. The only place that reads X-Forwarded-For."""

from django.conf import settings
from django.http import HttpRequest


def client_address(request: HttpRequest) -> str:
    """The client's IP address, believing exactly `TRUSTED_PROXY_COUNT` hops of X-Forwarded-For.

    Each trusted proxy appends the address it saw, so with n proxies the n-th entry from the right is the client and
    everything further left is the client's own invention.
    """
    hops: int = settings.TRUSTED_PROXY_COUNT
    forwarded = [entry.strip() for entry in request.headers.get("X-Forwarded-For", "").split(",") if entry.strip()]
    if hops and len(forwarded) >= hops:
        return forwarded[-hops]
    return str(request.META.get("REMOTE_ADDR", ""))
