"""JSON over HTTP to a provider: pooled, bounded in time, and honest about what is not known."""

import atexit
import logging
from dataclasses import dataclass
from http import HTTPStatus
from time import monotonic
from typing import Any

import httpx

from contri.core import metrics
from contri.core.outgoing import authorities, carry_request_id
from wallets.providers.base import Unknown

logger = logging.getLogger(__name__)

CONNECT_SECONDS = 3.0
POOL = httpx.Limits(max_connections=20, max_keepalive_connections=10, keepalive_expiry=30.0)
# The names under which providers tell how long to wait; Paystack documents that such headers exist, not their names.
WAIT_HEADERS = ("retry-after", "ratelimit-reset", "x-ratelimit-reset")
LONGEST_WAIT_SECONDS = 3600


@dataclass(frozen=True, slots=True)
class Reply:
    """What a provider said: a JSON object under a 2xx or 4xx status."""

    status: int
    body: dict[str, Any]

    @property
    def is_ok(self) -> bool:
        """Whether the status says yes; what was decided is in the body all the same."""
        return self.status < HTTPStatus.BAD_REQUEST


class Transport:
    """One provider's HTTP door, for one process."""

    def __init__(self, *, provider: str, base_url: str, secret_key: str, timeout_seconds: float) -> None:
        self._provider = provider
        self._client = httpx.Client(
            base_url=base_url,
            headers={"Authorization": f"Bearer {secret_key}", "Accept": "application/json"},
            timeout=httpx.Timeout(timeout_seconds, connect=min(CONNECT_SECONDS, timeout_seconds)),
            limits=POOL,
            event_hooks={"request": [carry_request_id]},
            # A proxy that somebody's shell happens to name has no business with our key.
            trust_env=False,
            verify=authorities(),
        )
        atexit.register(self._client.close)

    def call(
        self, operation: str, method: str, path: str, *, params: dict[str, str] | None = None, json: Any = None
    ) -> Reply | Unknown:
        """Ask once. Never raises: whatever leaves it open what the provider did is `Unknown`."""
        started = monotonic()
        answer = self._ask(method, path, params, json)
        seconds = monotonic() - started
        metrics.provider_answered(
            provider=self._provider, operation=operation, outcome=_outcome(answer), seconds=seconds
        )
        said = answer.status if isinstance(answer, Reply) else answer.detail
        # Neither bodies nor paths: they hold account numbers and references.
        logger.info("%s %s: %s in %d ms", self._provider, operation, said, round(seconds * 1000))
        return answer

    def upload(self, operation: str, address: str, content: bytes) -> Unknown | None:
        """Put a file where the provider told us to. None once it is there.

        Without our key: the address is its own proof, and leads to a store of somebody else's.
        """
        started = monotonic()
        try:
            response = httpx.put(address, content=content, timeout=self._client.timeout, trust_env=False)
            fault = None if response.is_success else Unknown(f"HTTP {response.status_code}")
        except (httpx.HTTPError, httpx.InvalidURL) as failure:
            fault = Unknown(type(failure).__name__, is_away=True)
        seconds = monotonic() - started
        outcome = "ok" if fault is None else "unknown"
        metrics.provider_answered(provider=self._provider, operation=operation, outcome=outcome, seconds=seconds)
        logger.info("%s %s: %s in %d ms", self._provider, operation, outcome, round(seconds * 1000))
        return fault

    def _ask(self, method: str, path: str, params: dict[str, str] | None, json: Any) -> Reply | Unknown:
        try:
            response = self._client.request(method, path, params=params, json=json)
        except (httpx.HTTPError, httpx.InvalidURL) as fault:
            return Unknown(type(fault).__name__, is_away=True)
        if response.status_code == HTTPStatus.TOO_MANY_REQUESTS:
            return Unknown("rate limited", retry_after=_wished_wait(response.headers), is_away=True)
        if response.status_code in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
            # Our key or address is refused: about us, not about the thing asked for.
            logger.error("%s refuses our key or address: %d", self._provider, response.status_code)
            return Unknown("not let in", is_away=True)
        if response.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR or response.is_redirect:
            return Unknown(f"HTTP {response.status_code}", is_away=True)
        return _read(response)


def _outcome(answer: Reply | Unknown) -> str:
    if isinstance(answer, Unknown):
        return "unknown"
    return "ok" if answer.is_ok else "refused"


def _read(response: httpx.Response) -> Reply | Unknown:
    try:
        body = response.json()
    except (ValueError, RecursionError):
        return Unknown("not JSON")
    return Reply(response.status_code, body) if isinstance(body, dict) else Unknown("not a JSON object")


def _wished_wait(headers: httpx.Headers) -> int | None:
    for name in WAIT_HEADERS:
        value = headers.get(name, "")
        if value.isascii() and value.isdigit():
            return min(int(value[:6]), LONGEST_WAIT_SECONDS)
    return None
