"""How Paystack is called, whatever it is asked."""

from collections.abc import Callable
from typing import Any, TypeVar

from wallets.providers.base import Failed, Succeeded, Unknown
from wallets.providers.http import Reply, Transport
from wallets.providers.paystack_reading import refusal
from wallets.providers.reading import JunkError

T = TypeVar("T")

# The most that Paystack lists at once.
PAGE_SIZE = 100
_LIVE_KEY = "sk_live_"


class PaystackCalls:
    """A way to the Paystack integration whose secret key we hold."""

    name = "paystack"

    def __init__(self, *, base_url: str, secret_key: str, timeout_seconds: float) -> None:
        self._domain = "live" if secret_key.startswith(_LIVE_KEY) else "test"
        self._http = Transport(
            provider=self.name, base_url=base_url, secret_key=secret_key, timeout_seconds=timeout_seconds
        )

    def _ask(
        self,
        operation: str,
        method: str,
        path: str,
        read: Callable[[Reply], Succeeded[T] | Failed | Unknown],
        refuse: Callable[[Reply], Failed | Unknown] = refusal,
        *,
        params: dict[str, str] | None = None,
        json: dict[str, Any] | None = None,
    ) -> Succeeded[T] | Failed | Unknown:
        """Call once, and read what was answered; what is not as documented leaves it open what happened."""
        reply = self._http.call(operation, method, path, params=params, json=json)
        if isinstance(reply, Unknown):
            return reply
        if not reply.is_ok:
            return refuse(reply)
        try:
            return read(reply)
        except JunkError as junk:
            return Unknown(str(junk))
