"""Reading Flutterwave's JSON, and writing amounts as it wants them."""

import re
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

from wallets.providers.base import (
    Charge,
    ChargeAnswer,
    ChargedCard,
    DirectoryBank,
    Entry,
    Failed,
    Page,
    Payment,
    PaymentAnswer,
    Standing,
    Succeeded,
    Unknown,
    Why,
)
from wallets.providers.http import Reply
from wallets.providers.reading import JunkError, message_of, require_reference, text

_DUPLICATE_WORDS = re.compile(r"duplicate|already exists", re.IGNORECASE)
_LOW_FLOAT_WORDS = re.compile(r"insufficient (funds|balance)|balance is not enough", re.IGNORECASE)
_NOT_FOUND_WORDS = re.compile(r"not found|no transaction was found", re.IGNORECASE)
KOBO = 100


def naira(kobo: int) -> int | float:
    """Kobo as the number of naira that Flutterwave takes: JSON writes two decimals of it exactly."""
    return kobo // KOBO if kobo % KOBO == 0 else kobo / KOBO


def kobo(data: dict[str, Any], name: str) -> int:
    """A field in naira that must be an amount, as kobo.

    Raises:
        JunkError: it is none, or has parts of a kobo.
    """
    exact = _decimal(data, name) * KOBO
    if exact != exact.to_integral_value():
        raise JunkError(f"{name} has parts of a kobo")
    return int(exact)


def fee_kobo(data: dict[str, Any], name: str) -> int:
    """A fee in naira as kobo, rounded: with tax on top, fees come out at parts of a kobo (26.875)."""
    if data.get(name) is None:
        return 0
    return int((_decimal(data, name) * KOBO).to_integral_value(ROUND_HALF_UP))


def refusal(reply: Reply) -> Failed:
    """What a refusal means; `REFUSED` when it is none that we know."""
    message = message_of(reply)
    if _DUPLICATE_WORDS.search(message):
        return Failed(Why.DUPLICATE, message)
    if _LOW_FLOAT_WORDS.search(message):
        return Failed(Why.LOW_FLOAT, message)
    if _NOT_FOUND_WORDS.search(message):
        return Failed(Why.NOT_FOUND, message)
    return Failed(Why.REFUSED, message)


def link_of(body: dict[str, Any]) -> str:
    """Where to pay."""
    return text(data_of(body), "link")


def charge_of(body: dict[str, Any], reference: str) -> ChargeAnswer:
    """What became of a payment. It has no sign of test or live: the key that we asked with decides which it is."""
    data = data_of(body)
    require_reference(data, reference, name="tx_ref")
    status = text(data, "status")
    if status == "successful":
        amount = kobo(data, "amount")
        return Succeeded(
            Charge(
                reference=reference,
                amount=amount,
                requested_amount=amount,
                currency=text(data, "currency"),
                is_of_this_environment=True,
                fee=fee_kobo(data, "app_fee"),
                card=_card_of(data),
            )
        )
    if status == "failed":
        return Failed(Why.DECLINED, str(data.get("processor_response") or "")[:200])
    return Unknown(f"status {status}")


def payment_of(data: Any, reference: str) -> PaymentAnswer:
    """How a transfer stands."""
    if not isinstance(data, dict):
        raise JunkError("no data in the answer")
    require_reference(data, reference)
    status = text(data, "status")
    if status == "SUCCESSFUL":
        return Succeeded(Payment(reference, str(data.get("id", "")), kobo(data, "amount"), fee_kobo(data, "fee")))
    if status == "FAILED":
        return Failed(Why.DECLINED, str(data.get("complete_message") or status)[:200])
    return Unknown(f"status {status}")


def pages_of(body: dict[str, Any]) -> tuple[list[dict[str, Any]], int]:
    """One page of a list, and how many pages there are."""
    meta = body.get("meta")
    info = meta.get("page_info") if isinstance(meta, dict) else None
    pages = info.get("total_pages", 1) if isinstance(info, dict) else 1
    entries = body.get("data")
    if not isinstance(entries, list) or not isinstance(pages, int):
        raise JunkError("no list in the answer")
    return [entry for entry in entries if isinstance(entry, dict)], pages


# What we know of how a line of its lists stands; anything else is under way.
_STANDINGS = {
    "successful": Standing.DONE,
    "SUCCESSFUL": Standing.DONE,
    "failed": Standing.FAILED,
    "FAILED": Standing.FAILED,
}


def page_of(body: dict[str, Any], number: int, currency: str) -> Page:
    """A page of a list of transactions or transfers; lines of another currency are left out."""
    lines, pages = pages_of(body)
    entries = [_entry_of(line) for line in lines if line.get("currency") == currency]
    return Page(entries, is_last=not lines or number >= pages)


def _entry_of(line: dict[str, Any]) -> Entry:
    is_charge = "tx_ref" in line
    return Entry(
        reference=text(line, "tx_ref" if is_charge else "reference"),
        amount=kobo(line, "amount"),
        fee=fee_kobo(line, "app_fee" if is_charge else "fee"),
        standing=_STANDINGS.get(text(line, "status"), Standing.OPEN),
    )


def banks_of(body: dict[str, Any]) -> list[DirectoryBank]:
    """The directory. Flutterwave has no slugs."""
    entries, _ = pages_of(body)
    return [DirectoryBank(text(entry, "code"), text(entry, "name"), "") for entry in entries]


def _card_of(data: dict[str, Any]) -> ChargedCard | None:
    card, customer = data.get("card"), data.get("customer")
    if not isinstance(card, dict) or not isinstance(customer, dict):
        return None
    try:
        month, year = text(card, "expiry").split("/")
        first, last4 = text(card, "first_6digits"), text(card, "last_4digits")
        return ChargedCard(
            code=text(card, "token"),
            # There is no signature; issuer, ends and expiry are as near as one gets to knowing the same card again.
            signature=f"{first}:{last4}:{month}/{year}:{card.get('issuer', '')}",
            email=text(customer, "email"),
            last4=last4,
            brand=str(card.get("type") or "card").lower(),
            expiry_month=int(month),
            expiry_year=2000 + int(year) % 100,
        )
    except ValueError:
        return None


def data_of(body: dict[str, Any]) -> dict[str, Any]:
    """The object that an answer carries."""
    data = body.get("data")
    if not isinstance(data, dict):
        raise JunkError("no data in the answer")
    return data


def _decimal(data: dict[str, Any], name: str) -> Decimal:
    value = data.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise JunkError(f"{name} is not an amount")
    try:
        exact = Decimal(str(value))
    except InvalidOperation:
        raise JunkError(f"{name} is not an amount") from None
    if not (exact.is_finite() and 0 <= exact < 2**53):
        raise JunkError(f"{name} is not an amount")
    return exact
