"""The way into Paystack: the key is checked, the body read, and every refusal answered in Paystack's envelope."""

import hmac
from collections.abc import Callable
from datetime import UTC, datetime, time
from functools import wraps
from typing import Any, TypeVar

from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.dateparse import parse_date, parse_datetime

from contri.sandbox.doors import UnreadableBodyError, View, json_object, provider_call
from contri.sandbox.environment import current
from contri.sandbox.paystack import refusals
from contri.sandbox.paystack.refusals import PaystackRefusalError
from contri.sandbox.paystack.rules import MAXIMUM_AMOUNT, MINIMUM_AMOUNT, is_whole

RowT = TypeVar("RowT", bound=Model)

DEFAULT_PAGE_SIZE = 50
LARGEST_PAGE_SIZE = 100


def paystack_call(name: str) -> Callable[[View], View]:
    """Make a view the Paystack operation `paystack.<name>`: Bearer key, envelope, faults, log."""

    def decorate(view: View) -> View:
        @provider_call(f"paystack.{name}")
        @wraps(view)
        def answer(request: HttpRequest, **captured: str) -> HttpResponse:
            try:
                check_key(request.headers.get("Authorization"))
                return view(request, **captured)
            except PaystackRefusalError as refusal:
                return JsonResponse(refusal.body(), status=refusal.http_status)

        return answer

    return decorate


def check_key(header: str | None) -> None:
    """Let the merchant's secret key in.

    Raises:
        PaystackRefusalError: no header, another form than `Bearer <key>`, or another key (401).
    """
    if not header:
        raise refusals.no_authorization_header()
    scheme, _, key = header.partition(" ")
    if scheme != "Bearer" or not key:
        raise refusals.malformed_authorization_header()
    if not hmac.compare_digest(key.encode(), current().paystack_secret_key.encode()):
        raise refusals.invalid_key()


def ok(message: str, data: Any, *, status: int = 200, **more: Any) -> JsonResponse:
    """Paystack's envelope around an answer."""
    return JsonResponse({"status": True, "message": message, "data": data, **more}, status=status)


def body_of(request: HttpRequest) -> dict[str, Any]:
    """The JSON object that was sent.

    Raises:
        PaystackRefusalError: it is none (400).
    """
    try:
        return json_object(request)
    except UnreadableBodyError:
        raise refusals.invalid("Invalid JSON was passed in the request body") from None


def text_in(body: dict[str, Any], name: str, *, missing: str = "") -> str:
    """A text field; `missing` is the complaint when it is required and not there.

    Raises:
        PaystackRefusalError: required and not there, or not text (400).
    """
    value = body.get(name)
    if value is None or value == "":
        if missing:
            raise refusals.missing(missing)
        return ""
    if not isinstance(value, str):
        raise refusals.invalid(f"{name} must be a string")
    return value


def amount_in(body: dict[str, Any], *, missing: str = "Amount is required") -> int:
    """The amount in kobo: an integer, as the specification has it, at least ₦50 and at most ₦10,000,000.

    Raises:
        PaystackRefusalError: not there, text, a fraction, or out of bounds (400).
    """
    value = body.get("amount")
    if value is None:
        raise refusals.missing(missing)
    if not is_whole(value):
        raise refusals.invalid("Amount must be an integer")
    amount = int(value)
    if amount < MINIMUM_AMOUNT:
        raise refusals.invalid("Invalid Amount Sent")
    if amount > MAXIMUM_AMOUNT:
        raise refusals.invalid("Transaction amount limit exceeded")
    return amount


def currency_in(body: dict[str, Any]) -> str:
    """The currency: this merchant has naira only.

    Raises:
        PaystackRefusalError: any other (400).
    """
    currency = text_in(body, "currency") or "NGN"
    if currency != "NGN":
        raise refusals.invalid("Currency not supported by merchant")
    return currency


def one_page(request: HttpRequest, rows: QuerySet[RowT]) -> tuple[list[RowT], dict[str, Any]]:
    """One page of a list of rows that have a `created_at`, between `from` and `to`, and the `meta` that describes it.

    Raises:
        PaystackRefusalError: a page that is no number, or a date that is none (400).
    """
    page = _whole_number(request, ("page",), 1)
    size = min(_whole_number(request, ("perPage", "per_page"), DEFAULT_PAGE_SIZE), LARGEST_PAGE_SIZE)
    for name, lookup in (("from", "created_at__gte"), ("to", "created_at__lte")):
        if request.GET.get(name):
            rows = rows.filter(**{lookup: _moment(request.GET[name], name)})
    total, skipped = rows.count(), (page - 1) * size
    meta = {"total": total, "skipped": skipped, "perPage": size, "page": page, "pageCount": -(-total // size)}
    return list(rows[skipped : skipped + size]), meta


def is_id(text: str) -> bool:
    """Whether a text can be one of our ids; longer ones do not fit into 63 bits, and so name nothing."""
    return text.isascii() and text.isdigit() and len(text) <= 18


def _whole_number(request: HttpRequest, names: tuple[str, ...], default: int) -> int:
    texts = [text for name in names if (text := request.GET.get(name))]
    if not texts:
        return default
    # Nine digits are more pages than anybody has; more would not fit into the database's numbers.
    number = int(texts[0][:9]) if texts[0].isascii() and texts[0].isdigit() else 0
    if number == 0:
        raise refusals.invalid(f"Invalid '{names[0]}' value")
    return number


def _moment(text: str, name: str) -> datetime:
    try:
        moment = parse_datetime(text)
        day = None if moment else parse_date(text)
    except ValueError:
        moment = day = None
    if moment is None and day is not None:
        # A bare day is its beginning as `from` and its end as `to`.
        moment = datetime.combine(day, time.min if name == "from" else time.max)
    if moment is None:
        raise refusals.invalid(f"Invalid '{name}' date")
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
