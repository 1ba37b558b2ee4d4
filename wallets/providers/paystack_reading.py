"""Reading Paystack's JSON: what is documented becomes a value, anything else is junk."""

import re
from typing import Any

from wallets.providers.base import (
    ChargedCard,
    Contested,
    DirectoryBank,
    DisputePage,
    Entry,
    Failed,
    Outcome,
    Page,
    RefundAnswer,
    Standing,
    Succeeded,
    Unknown,
    Why,
)
from wallets.providers.http import Reply
from wallets.providers.reading import JunkError, message_of, moment, text

# A 4xx with one of these means that an earlier try under this reference arrived.
_DUPLICATE_CODES = frozenset({"duplicate_reference", "duplicate_transfer_reference"})
_DUPLICATE_WORDS = re.compile(r"duplicate|already exists|unique reference|fully reversed", re.IGNORECASE)
_LOW_FLOAT_WORDS = re.compile(r"balance is not enough|insufficient balance", re.IGNORECASE)
_NOT_FOUND_CODES = frozenset({"transaction_not_found", "not_found"})


# How a resolved dispute ended. `auto-accepted`: nobody answered the bank in time.
_OUTCOMES = {
    "merchant-accepted": Outcome.LOST,
    "auto-accepted": Outcome.LOST,
    "declined": Outcome.WON,
}


def refusal(reply: Reply) -> Failed:
    """What a 4xx means; `REFUSED` when it is none that we know."""
    code, message = str(reply.body.get("code", "")), message_of(reply)
    if code in _DUPLICATE_CODES or _DUPLICATE_WORDS.search(message):
        return Failed(Why.DUPLICATE, message)
    if _LOW_FLOAT_WORDS.search(message):
        return Failed(Why.LOW_FLOAT, message)
    if code in _NOT_FOUND_CODES or "not found" in message.lower():
        return Failed(Why.NOT_FOUND, message)
    if code == "invalid_transfer_recipient":
        return Failed(Why.BAD_RECIPIENT, message)
    return Failed(Why.REFUSED, message)


def data_of(reply: Reply) -> dict[str, Any]:
    """The object that an answer carries."""
    data = reply.body.get("data")
    if reply.body.get("status") is not True or not isinstance(data, dict):
        raise JunkError("no data in the answer")
    return data


def said(data: dict[str, Any]) -> str:
    """Why it went as it did, in the bank's or Paystack's words."""
    return str(data.get("gateway_response") or data.get("message") or "")[:200]


def kobo(data: dict[str, Any], name: str, *, absent: int | None = None) -> int:
    """A field that must be an amount; `absent` where it may be missing."""
    value = absent if data.get(name) is None else data[name]
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 2**63:
        raise JunkError(f"{name} is not an amount")
    return value


def number_of(data: dict[str, Any], name: str) -> int:
    """A field that must be a number of Paystack's: an id, beyond 32 bits."""
    value = data.get(name)
    if isinstance(value, bool) or not isinstance(value, int):
        raise JunkError(f"{name} is not a number")
    return value


def card_of(data: dict[str, Any]) -> ChargedCard | None:
    """The card of a charge if it may be kept; None for anything else, old and partial shapes included."""
    card, customer = data.get("authorization"), data.get("customer")
    if not isinstance(card, dict) or not isinstance(customer, dict):
        return None
    if card.get("reusable") is not True or card.get("channel") != "card":
        return None
    try:
        return ChargedCard(
            code=text(card, "authorization_code"),
            signature=text(card, "signature"),
            email=text(customer, "email"),
            last4=text(card, "last4"),
            # Paystack pads card types with a blank.
            brand=(str(card.get("brand") or card.get("card_type") or "card")).strip(),
            expiry_month=int(text(card, "exp_month")),
            expiry_year=int(text(card, "exp_year")),
        )
    except ValueError:
        return None


def contested_of(data: dict[str, Any], code: str, *, domain: str) -> Contested:
    """A dispute, which must be the one that was asked about."""
    charge = data.get("transaction")
    if str(data.get("id")) != code or not isinstance(charge, dict):
        raise JunkError("the answer is about another dispute")
    stage, resolution = text(data, "status"), data.get("resolution") or ""
    if not isinstance(resolution, str) or (stage == "resolved") != bool(_OUTCOMES.get(resolution)):
        raise JunkError(f"a dispute that is {stage} and {resolution}")
    return Contested(
        code=code,
        reference=text(charge, "reference"),
        # Until somebody says how much is given back, all of the payment is at stake.
        amount=kobo(data, "refund_amount", absent=kobo(charge, "amount")) or kobo(charge, "amount"),
        currency=text(data, "currency"),
        is_of_this_environment=data.get("domain") == domain,
        outcome=_OUTCOMES.get(resolution, Outcome.OPEN),
        stage=stage[:60],
        resolution=resolution[:60],
        respond_by=moment(data, "dueAt"),
    )


def bank_of(entry: Any) -> DirectoryBank | None:
    """One entry of the directory; None for what cannot be used."""
    if not isinstance(entry, dict) or entry.get("active") is False or entry.get("is_deleted"):
        return None
    try:
        return DirectoryBank(text(entry, "code"), text(entry, "name"), text(entry, "slug"))
    except JunkError:
        return None


def next_cursor(reply: Reply) -> str:
    """Where the next page begins, or ""."""
    meta = reply.body.get("meta")
    following = meta.get("next") if isinstance(meta, dict) else None
    return following if isinstance(following, str) else ""


# What we know of how a line of its lists stands; anything else is under way.
_STANDINGS = {
    "success": Standing.DONE,
    "reversal-pending": Standing.DONE,
    "reversed": Standing.REVERSED,
    "failed": Standing.FAILED,
    "abandoned": Standing.FAILED,
    "blocked": Standing.FAILED,
    "rejected": Standing.FAILED,
}


def refund_of(data: dict[str, Any], reference: str) -> RefundAnswer:
    """How a refund stands. Its amount is not read: it comes as a number here and as a text there."""
    status = text(data, "status")
    if status == "processed":
        return Succeeded(reference)
    if status == "failed":
        return Failed(Why.DECLINED, status)
    if status == "needs-attention":
        return Failed(Why.NEEDS_ATTENTION, status)
    return Unknown(f"status {status}")


def page_of(reply: Reply, currency: str, domain: str) -> Page:
    """A page of a list of transactions or transfers; lines of another currency or domain are left out."""
    lines = lines_in(reply)
    ours = [line for line in lines if line.get("currency") == currency and line.get("domain") == domain]
    return Page([_entry_of(line) for line in ours], _is_last(reply, lines))


def disputes_of(reply: Reply) -> DisputePage:
    """A page of the list of disputes."""
    lines = lines_in(reply)
    return DisputePage([str(number_of(line, "id")) for line in lines], _is_last(reply, lines))


def _is_last(reply: Reply, lines: list[dict[str, Any]]) -> bool:
    meta = reply.body.get("meta")
    pages = meta.get("pageCount") if isinstance(meta, dict) else None
    number = meta.get("page") if isinstance(meta, dict) else None
    return not lines or not isinstance(pages, int) or not isinstance(number, int) or number >= pages


def balance_of(reply: Reply, currency: str) -> int:
    """The balance in one currency."""
    for line in lines_in(reply):
        if line.get("currency") == currency:
            return kobo(line, "balance")
    raise JunkError(f"no balance in {currency}")


def _entry_of(line: dict[str, Any]) -> Entry:
    fee = "fee_charged" if "fee_charged" in line else "fees"
    return Entry(
        reference=text(line, "reference"),
        amount=kobo(line, "amount"),
        fee=kobo(line, fee, absent=0),
        standing=_STANDINGS.get(text(line, "status"), Standing.OPEN),
    )


def lines_in(reply: Reply) -> list[dict[str, Any]]:
    """The list that an answer carries."""
    lines = reply.body.get("data")
    if not isinstance(lines, list) or not all(isinstance(line, dict) for line in lines):
        raise JunkError("no list in the answer")
    return lines
