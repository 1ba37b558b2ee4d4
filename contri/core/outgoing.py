"""What every call to somebody else's server carries, and whom it trusts."""

import ssl
from functools import cache

import httpx

from contri.core.context import current_call


def carry_request_id(request: httpx.Request) -> None:
    """For httpx's `event_hooks`: whoever asks the provider about a call can name it, and we find it in our lines."""
    call = current_call()
    request.headers["X-Request-ID"] = call.begun_by or call.request_id


@cache
def authorities() -> ssl.SSLContext:
    """For httpx's `verify`: the usual authorities, read once a process. Reading them costs more than many calls."""
    return httpx.create_ssl_context(trust_env=False)
