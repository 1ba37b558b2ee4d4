"""The way into Flutterwave: the key is checked, amounts are naira, and refusals come in Flutterwave's envelope."""

import hmac
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse

from contri.sandbox.doors import UnreadableBodyError, View, json_object, provider_call
from contri.sandbox.environment import current
from contri.sandbox.flutterwave.refusals import FlutterwaveRefusalError
from contri.sandbox.paystack.refusals import PaystackRefusalError
from contri.sandbox.paystack.rules import MINIMUM_AMOUNT


def flutterwave_call(name: str) -> Callable[[View], View]:
    """Make a view the operation `flutterwave.<name>`: Bearer key, envelope, faults, log."""

    def decorate(view: View) -> View:
        @provider_call(f"flutterwave.{name}", kobo_of=kobo_or_none)
        @wraps(view)
        def answer(request: HttpRequest, **captured: str) -> HttpResponse:
            try:
                _check_key(request.headers.get("Authorization", ""))
                return view(request, **captured)
            except FlutterwaveRefusalError as refusal:
                return _error(refusal.message, refusal.http_status)
            except PaystackRefusalError as refusal:
                # Banks and their accounts are the same ones behind both companies.
                return _error(refusal.message, 400)

        return answer

    return decorate


def ok(message: str, data: Any, **more: Any) -> JsonResponse:
    """Flutterwave's envelope around an answer."""
    return JsonResponse({"status": "success", "message": message, "data": data, **more})


def body_of(request: HttpRequest) -> dict[str, Any]:
    """The JSON object that was sent.

    Raises:
        FlutterwaveRefusalError: it is none (400).
    """
    try:
        return json_object(request)
    except UnreadableBodyError:
        raise FlutterwaveRefusalError("Invalid JSON") from None


def text_in(body: dict[str, Any], name: str) -> str:
    """A text field that must be there.

    Raises:
        FlutterwaveRefusalError: it is not, or is no text (400).
    """
    value = body.get(name)
    if not isinstance(value, str) or not value:
        raise FlutterwaveRefusalError(f"{name} is required")
    return value


def amount_in(body: dict[str, Any]) -> int:
    """The amount, sent in naira, as kobo.

    Raises:
        FlutterwaveRefusalError: not there, not an amount, or too small (400).
    """
    kobo = kobo_or_none(body.get("amount"))
    if kobo is None or kobo < MINIMUM_AMOUNT:
        raise FlutterwaveRefusalError("amount is invalid")
    return kobo


def kobo_or_none(value: object) -> int | None:
    """An amount of naira as kobo; None for anything that is none."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        kobo = Decimal(str(value)) * 100
    except InvalidOperation:
        return None
    return int(kobo) if kobo.is_finite() and kobo == kobo.to_integral_value() and 0 <= kobo < 2**53 else None


def naira(kobo: int) -> int | float:
    """Kobo as Flutterwave writes amounts: a whole number of naira, or one with decimals."""
    return kobo // 100 if kobo % 100 == 0 else kobo / 100


def _check_key(header: str) -> None:
    scheme, _, key = header.partition(" ")
    if scheme != "Bearer" or not hmac.compare_digest(key.encode(), current().flutterwave_secret_key.encode()):
        raise FlutterwaveRefusalError("Invalid authorization key", 401)


def _error(message: str, status: int) -> JsonResponse:
    return JsonResponse({"status": "error", "message": message, "data": None}, status=status)
