"""The providers that this process talks to."""

from functools import cache

from django.conf import settings

from wallets.providers.base import PaymentProvider
from wallets.providers.flutterwave import Flutterwave
from wallets.providers.paystack import Paystack

DEFAULT = Paystack.name


def provider_named(name: str) -> PaymentProvider:
    """The provider with this name, with its connections kept open.

    Raises:
        KeyError: there is none, or we have no account there.
    """
    if not is_offered(name):
        raise KeyError(name)
    seconds: float = settings.PROVIDER_TIMEOUT_SECONDS
    if name == Paystack.name:
        return _paystack(settings.PAYSTACK_BASE_URL, settings.PAYSTACK_SECRET_KEY, seconds)
    return _flutterwave(
        settings.FLUTTERWAVE_BASE_URL, settings.FLUTTERWAVE_SECRET_KEY, seconds, settings.PAYMENT_RETURN_URL
    )


def is_offered(name: str) -> bool:
    """Whether we have an account at this provider."""
    return name == Paystack.name or (name == Flutterwave.name and bool(settings.FLUTTERWAVE_SECRET_KEY))


def offered_providers() -> list[str]:
    """Every provider that we have an account at, the default one first."""
    return [name for name in (Paystack.name, Flutterwave.name) if is_offered(name)]


def second_to(name: str) -> str:
    """The provider that new payouts go through while `name` is away; `name` itself where we have no other."""
    return next((other for other in offered_providers() if other != name), name)


@cache
def _paystack(base_url: str, secret_key: str, timeout_seconds: float) -> Paystack:
    return Paystack(base_url=base_url, secret_key=secret_key, timeout_seconds=timeout_seconds)


@cache
def _flutterwave(base_url: str, secret_key: str, timeout_seconds: float, return_url: str) -> Flutterwave:
    return Flutterwave(base_url=base_url, secret_key=secret_key, timeout_seconds=timeout_seconds, return_url=return_url)
