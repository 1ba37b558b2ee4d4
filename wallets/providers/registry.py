"""The providers that this process talks to."""

from functools import cache

from django.conf import settings

from wallets.providers.base import PaymentProvider
from wallets.providers.paystack import Paystack

DEFAULT = Paystack.name


def provider_named(name: str) -> PaymentProvider:
    """The provider with this name, with its connections kept open.

    Raises:
        KeyError: there is none.
    """
    if name != Paystack.name:
        raise KeyError(name)
    return _paystack(settings.PAYSTACK_BASE_URL, settings.PAYSTACK_SECRET_KEY, settings.PROVIDER_TIMEOUT_SECONDS)


@cache
def _paystack(base_url: str, secret_key: str, timeout_seconds: float) -> Paystack:
    return Paystack(base_url=base_url, secret_key=secret_key, timeout_seconds=timeout_seconds)
