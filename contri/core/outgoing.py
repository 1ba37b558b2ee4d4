"""What every call to somebody else's server carries."""

import httpx

from contri.core.context import current_call


def carry_request_id(request: httpx.Request) -> None:
    """For httpx's `event_hooks`: whoever asks the provider about a call can name it, and we find it in our lines."""
    request.headers["X-Request-ID"] = current_call().request_id
