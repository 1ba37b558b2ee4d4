"""Paystack, as documented at paystack.com/docs and in its OpenAPI file. Amounts there are kobo, as they are here."""

import re
from typing import Any
from urllib.parse import quote

from wallets.providers.base import (
    BanksAnswer,
    Charge,
    ChargeAnswer,
    Checkout,
    CheckoutAnswer,
    DirectoryBank,
    DisputeAnswer,
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
from wallets.providers.paystack_reading import (
    JunkError,
    bank_of,
    card_of,
    contested_of,
    data_of,
    kobo,
    message_of,
    next_cursor,
    refusal,
    require_reference,
    said,
    text,
)

CURRENCY = "NGN"
# The least that Paystack charges.
MINIMUM_CHARGE_KOBO = 50_00

_REFERENCE = re.compile(r"(?!\.+\Z)[A-Za-z0-9.=_-]{1,200}")
_LIVE_KEY = "sk_live_"
# Final, and the money was not sent. `reversed` is final too, but the money was sent and came back.
_UNSENT = frozenset({"failed", "abandoned", "blocked", "rejected"})


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
            return refusal(reply)
        try:
            url = text(data_of(reply), "authorization_url")
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
            return refusal(reply)
        try:
            data = data_of(reply)
            if data.get("paused") is True:
                return Succeeded(Started(text(data, "authorization_url")))
            is_declined = text(data, "status") == "failed"
        except JunkError as junk:
            return Unknown(str(junk))
        return Failed(Why.DECLINED, said(data)) if is_declined else Succeeded(Started(""))

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
            return refusal(reply)
        try:
            return self._charge(data_of(reply), reference)
        except JunkError as junk:
            return Unknown(str(junk))

    def dispute(self, *, code: str) -> DisputeAnswer:
        """GET /dispute/{id}. It is over once it is `resolved`, and lost unless the claim was `declined`."""
        if not code.isascii() or not code.isdigit():
            return Failed(Why.NOT_FOUND)
        reply = self._http.call("dispute", "GET", f"/dispute/{code}")
        if isinstance(reply, Unknown):
            return reply
        if not reply.is_ok:
            return refusal(reply)
        try:
            return Succeeded(contested_of(data_of(reply), code, domain=self._domain))
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
                return refusal(reply)
            entries = reply.body.get("data")
            if not isinstance(entries, list):
                return Unknown("no list of banks")
            found += [bank for entry in entries if (bank := bank_of(entry))]
            following = next_cursor(reply)
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
            return Unknown("rate limited") if is_limit else Failed(Why.NOT_FOUND, message_of(reply))
        try:
            return Succeeded(Payee(text(data_of(reply), "account_name")))
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
            return refusal(reply)
        try:
            return Succeeded(text(data_of(reply), "recipient_code"))
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
            return refusal(reply)
        try:
            return self._payment(data_of(reply), reference)
        except JunkError as junk:
            return Unknown(str(junk))

    def _charge(self, data: dict[str, Any], reference: str) -> ChargeAnswer:
        require_reference(data, reference)
        status = text(data, "status")
        if status == "success":
            amount = kobo(data, "amount")
            return Succeeded(
                Charge(
                    reference=reference,
                    amount=amount,
                    requested_amount=amount if data.get("requested_amount") is None else kobo(data, "requested_amount"),
                    currency=text(data, "currency"),
                    is_of_this_environment=data.get("domain") == self._domain,
                    fee=0 if data.get("fees") is None else kobo(data, "fees"),
                    card=card_of(data),
                )
            )
        if status == "failed":
            return Failed(Why.DECLINED, said(data))
        if status == "abandoned":
            return Failed(Why.ABANDONED, said(data))
        if status == "reversed":
            return Failed(Why.REVERSED, said(data))
        return Unknown(f"status {status}")

    def _payment(self, data: dict[str, Any], reference: str) -> PaymentAnswer:
        require_reference(data, reference)
        status = text(data, "status")
        if status == "success":
            code, fee = str(data.get("transfer_code", "")), kobo(data, "fee_charged", absent=0)
            return Succeeded(Payment(reference, code, kobo(data, "amount"), fee))
        if status in _UNSENT:
            return Failed(Why.DECLINED, status)
        if status == "reversed":
            return Failed(Why.REVERSED, status)
        return Unknown(f"status {status}")
