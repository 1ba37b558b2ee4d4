"""Paystack, as documented at paystack.com/docs and in its OpenAPI file. Amounts there are kobo, as they are here."""

import re
from typing import Any
from urllib.parse import quote

from wallets.providers.base import (
    BanksAnswer,
    Charge,
    ChargeAnswer,
    ChargedCard,
    Checkout,
    CheckoutAnswer,
    DirectoryBank,
    Failed,
    Payee,
    PayeeAnswer,
    Payment,
    PaymentAnswer,
    RecipientAnswer,
    Started,
    StartedAnswer,
    Succeeded,
    Unknown,
    Why,
)
from wallets.providers.http import Reply, Transport

CURRENCY = "NGN"
# The least that Paystack charges.
MINIMUM_CHARGE_KOBO = 50_00

_REFERENCE = re.compile(r"(?!\.+\Z)[A-Za-z0-9.=_-]{1,200}")
_LIVE_KEY = "sk_live_"
# Final, and the money was not sent. `reversed` is final too, but the money was sent and came back.
_UNSENT = frozenset({"failed", "abandoned", "blocked", "rejected"})
# A 4xx with one of these means that an earlier try under this reference arrived.
_DUPLICATE_CODES = frozenset({"duplicate_reference", "duplicate_transfer_reference"})
_DUPLICATE_WORDS = re.compile(r"duplicate|already exists|unique reference", re.IGNORECASE)
_LOW_FLOAT_WORDS = re.compile(r"balance is not enough|insufficient balance", re.IGNORECASE)
_NOT_FOUND_CODES = frozenset({"transaction_not_found", "not_found"})


class JunkError(ValueError):
    """A field that we rely on is missing or of another kind than documented."""


class Paystack:
    """The Paystack integration whose secret key we hold."""

    name = "paystack"

    def __init__(self, *, base_url: str, secret_key: str, timeout_seconds: float) -> None:
        self._domain = "live" if secret_key.startswith(_LIVE_KEY) else "test"
        self._http = Transport(
            provider=self.name, base_url=base_url, secret_key=secret_key, timeout_seconds=timeout_seconds
        )

    def start_checkout(self, *, reference: str, email: str, amount_kobo: int) -> CheckoutAnswer:
        """POST /transaction/initialize. A known reference is refused as `DUPLICATE`."""
        asked = {"email": email, "amount": amount_kobo, "currency": CURRENCY, "reference": reference}
        reply = self._http.call("initialize", "POST", "/transaction/initialize", json=asked)
        if isinstance(reply, Unknown):
            return reply
        if not reply.is_ok:
            return _refusal(reply)
        try:
            url = _text(_data(reply), "authorization_url")
        except JunkError as junk:
            return Unknown(str(junk))
        return Succeeded(Checkout(reference, url))

    def charge_card(self, *, reference: str, email: str, amount_kobo: int, code: str) -> StartedAnswer:
        """POST /transaction/charge_authorization. A challenge has no `status`, but a link for the card's owner."""
        asked = {
            "email": email,
            "amount": amount_kobo,
            "currency": CURRENCY,
            "reference": reference,
            "authorization_code": code,
        }
        reply = self._http.call("charge card", "POST", "/transaction/charge_authorization", json=asked)
        if isinstance(reply, Unknown):
            return reply
        if not reply.is_ok:
            return _refusal(reply)
        try:
            data = _data(reply)
            if data.get("paused") is True:
                return Succeeded(Started(_text(data, "authorization_url")))
            is_declined = _text(data, "status") == "failed"
        except JunkError as junk:
            return Unknown(str(junk))
        return Failed(Why.DECLINED, _said(data)) if is_declined else Succeeded(Started(""))

    def verify_charge(self, *, reference: str) -> ChargeAnswer:
        """GET /transaction/verify. HTTP 200 says only that the transaction exists; `data.status` what became of it.

        An initialized checkout that nobody has paid yet is `abandoned` too, and can still be paid.
        """
        if not _REFERENCE.fullmatch(reference):
            return Failed(Why.NOT_FOUND)
        reply = self._http.call("verify charge", "GET", f"/transaction/verify/{quote(reference, safe='')}")
        if isinstance(reply, Unknown):
            return reply
        if not reply.is_ok:
            return _refusal(reply)
        try:
            return self._charge(_data(reply), reference)
        except JunkError as junk:
            return Unknown(str(junk))

    def banks(self) -> BanksAnswer:
        """GET /bank, all pages."""
        found: list[DirectoryBank] = []
        cursor = ""
        while True:
            params = {"country": "nigeria", "currency": CURRENCY, "perPage": "100", "use_cursor": "true"}
            reply = self._http.call("banks", "GET", "/bank", params={**params, **({"next": cursor} if cursor else {})})
            if isinstance(reply, Unknown):
                return reply
            if not reply.is_ok:
                return _refusal(reply)
            entries = reply.body.get("data")
            if not isinstance(entries, list):
                return Unknown("no list of banks")
            found += [bank for entry in entries if (bank := _bank(entry))]
            following = _next_cursor(reply)
            # A cursor that stands still would keep us here for ever.
            if not following or following == cursor or not entries:
                return Succeeded(found)
            cursor = following

    def resolve_account(self, *, account_number: str, bank_code: str) -> PayeeAnswer:
        """GET /bank/resolve. A used-up daily allowance (429) is `Unknown`, never "no such account"."""
        params = {"account_number": account_number, "bank_code": bank_code}
        reply = self._http.call("resolve account", "GET", "/bank/resolve", params=params)
        if isinstance(reply, Unknown):
            return reply
        if not reply.is_ok:
            is_limit = "limit" in str(reply.body.get("message", "")).lower()
            return Unknown("rate limited") if is_limit else Failed(Why.NOT_FOUND, _message(reply))
        try:
            return Succeeded(Payee(_text(_data(reply), "account_name")))
        except JunkError as junk:
            return Unknown(str(junk))

    def create_recipient(self, *, account_number: str, bank_code: str, account_name: str) -> RecipientAnswer:
        """POST /transferrecipient. An account that has a recipient already gets the old one back (200 or 201)."""
        asked = {
            "type": "nuban",
            "name": account_name,
            "account_number": account_number,
            "bank_code": bank_code,
            "currency": CURRENCY,
        }
        reply = self._http.call("create recipient", "POST", "/transferrecipient", json=asked)
        if isinstance(reply, Unknown):
            return reply
        if not reply.is_ok:
            return _refusal(reply)
        try:
            return Succeeded(_text(_data(reply), "recipient_code"))
        except JunkError as junk:
            return Unknown(str(junk))

    def pay_out(self, *, reference: str, recipient_code: str, amount_kobo: int, reason: str) -> PaymentAnswer:
        """POST /transfer. Only a final `data.status` is an answer; `pending`, `otp` and `received` are not."""
        asked = {
            "source": "balance",
            "amount": amount_kobo,
            "currency": CURRENCY,
            "recipient": recipient_code,
            "reference": reference,
            "reason": reason,
        }
        reply = self._http.call("transfer", "POST", "/transfer", json=asked)
        return reply if isinstance(reply, Unknown) else self._payment_answer(reply, reference)

    def verify_payment(self, *, reference: str) -> PaymentAnswer:
        """GET /transfer/verify."""
        if not _REFERENCE.fullmatch(reference):
            return Failed(Why.NOT_FOUND)
        reply = self._http.call("verify transfer", "GET", f"/transfer/verify/{quote(reference, safe='')}")
        return reply if isinstance(reply, Unknown) else self._payment_answer(reply, reference)

    def _payment_answer(self, reply: Reply, reference: str) -> PaymentAnswer:
        if not reply.is_ok:
            return _refusal(reply)
        try:
            return self._payment(_data(reply), reference)
        except JunkError as junk:
            return Unknown(str(junk))

    def _charge(self, data: dict[str, Any], reference: str) -> ChargeAnswer:
        _require_reference(data, reference)
        status = _text(data, "status")
        if status == "success":
            amount = _kobo(data, "amount")
            return Succeeded(
                Charge(
                    reference=reference,
                    amount=amount,
                    requested_amount=amount
                    if data.get("requested_amount") is None
                    else _kobo(data, "requested_amount"),
                    currency=_text(data, "currency"),
                    is_of_this_environment=data.get("domain") == self._domain,
                    fee=0 if data.get("fees") is None else _kobo(data, "fees"),
                    card=_card(data),
                )
            )
        if status == "failed":
            return Failed(Why.DECLINED, _said(data))
        if status == "abandoned":
            return Failed(Why.ABANDONED, _said(data))
        if status == "reversed":
            return Failed(Why.REVERSED, _said(data))
        return Unknown(f"status {status}")

    def _payment(self, data: dict[str, Any], reference: str) -> PaymentAnswer:
        _require_reference(data, reference)
        status = _text(data, "status")
        if status == "success":
            code, fee = str(data.get("transfer_code", "")), _kobo(data, "fee_charged", absent=0)
            return Succeeded(Payment(reference, code, _kobo(data, "amount"), fee))
        if status in _UNSENT:
            return Failed(Why.DECLINED, status)
        if status == "reversed":
            return Failed(Why.REVERSED, status)
        return Unknown(f"status {status}")


def _refusal(reply: Reply) -> Failed:
    """What a 4xx means; `REFUSED` when it is none that we know."""
    code, message = str(reply.body.get("code", "")), _message(reply)
    if code in _DUPLICATE_CODES or _DUPLICATE_WORDS.search(message):
        return Failed(Why.DUPLICATE, message)
    if _LOW_FLOAT_WORDS.search(message):
        return Failed(Why.LOW_FLOAT, message)
    if code in _NOT_FOUND_CODES or "not found" in message.lower():
        return Failed(Why.NOT_FOUND, message)
    if code == "invalid_transfer_recipient":
        return Failed(Why.BAD_RECIPIENT, message)
    return Failed(Why.REFUSED, message)


def _data(reply: Reply) -> dict[str, Any]:
    data = reply.body.get("data")
    if reply.body.get("status") is not True or not isinstance(data, dict):
        raise JunkError("no data in the answer")
    return data


def _message(reply: Reply) -> str:
    return str(reply.body.get("message", ""))[:200]


def _said(data: dict[str, Any]) -> str:
    return str(data.get("gateway_response") or data.get("message") or "")[:200]


def _text(data: dict[str, Any], name: str) -> str:
    value = data.get(name)
    if not isinstance(value, str) or not value:
        raise JunkError(f"{name} is not a text")
    return value


def _kobo(data: dict[str, Any], name: str, *, absent: int | None = None) -> int:
    value = absent if data.get(name) is None else data[name]
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 2**63:
        raise JunkError(f"{name} is not an amount")
    return value


def _require_reference(data: dict[str, Any], reference: str) -> None:
    if data.get("reference") != reference:
        raise JunkError("the answer is about another reference")


def _card(data: dict[str, Any]) -> ChargedCard | None:
    """The card of a charge if it may be kept; None for anything else, old and partial shapes included."""
    card, customer = data.get("authorization"), data.get("customer")
    if not isinstance(card, dict) or not isinstance(customer, dict):
        return None
    if card.get("reusable") is not True or card.get("channel") != "card":
        return None
    try:
        return ChargedCard(
            code=_text(card, "authorization_code"),
            signature=_text(card, "signature"),
            email=_text(customer, "email"),
            last4=_text(card, "last4"),
            # Paystack pads card types with a blank.
            brand=(str(card.get("brand") or card.get("card_type") or "card")).strip(),
            expiry_month=int(_text(card, "exp_month")),
            expiry_year=int(_text(card, "exp_year")),
        )
    except ValueError:
        return None


def _bank(entry: Any) -> DirectoryBank | None:
    if not isinstance(entry, dict) or entry.get("active") is False or entry.get("is_deleted"):
        return None
    try:
        return DirectoryBank(_text(entry, "code"), _text(entry, "name"), _text(entry, "slug"))
    except JunkError:
        return None


def _next_cursor(reply: Reply) -> str:
    meta = reply.body.get("meta")
    following = meta.get("next") if isinstance(meta, dict) else None
    return following if isinstance(following, str) else ""
