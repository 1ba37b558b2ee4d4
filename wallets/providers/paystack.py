"""Paystack, as documented at paystack.com/docs and in its OpenAPI file. Amounts there are kobo, as they are here."""

import re
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

from contri.core.moments import rfc3339
from wallets.providers.base import (
    AWAITS_PASSWORD,
    BalanceAnswer,
    BanksAnswer,
    Charge,
    ChargeAnswer,
    Checkout,
    CheckoutAnswer,
    Destination,
    DirectoryBank,
    Failed,
    PageAnswer,
    Payee,
    PayeeAnswer,
    Payment,
    PaymentAnswer,
    RecipientAnswer,
    RefundAnswer,
    Started,
    StartedAnswer,
    Succeeded,
    Unknown,
    Why,
)
from wallets.providers.http import Reply
from wallets.providers.paystack_calls import PAGE_SIZE
from wallets.providers.paystack_disputes import PaystackDisputes
from wallets.providers.paystack_reading import (
    balance_of,
    bank_of,
    card_of,
    data_of,
    kobo,
    lines_in,
    next_cursor,
    page_of,
    refund_of,
    refusal,
    said,
)
from wallets.providers.reading import JunkError, message_of, require_reference, text

CURRENCY = "NGN"
MOST_REFUND_PAGES = 50
CLOCKS_DIFFER = timedelta(hours=1)
# The least that Paystack charges.
MINIMUM_CHARGE_KOBO = 50_00

_REFERENCE = re.compile(r"(?!\.+\Z)[A-Za-z0-9.=_-]{1,200}")
# Final, and the money was not sent. `reversed` is final too, but the money was sent and came back.
_UNSENT = frozenset({"failed", "abandoned", "blocked", "rejected"})


_LISTS = {"charge": "/transaction", "payment": "/transfer"}


class Paystack(PaystackDisputes):
    """The Paystack integration whose secret key we hold."""

    needs_recipients = True
    can_refund = True

    def start_checkout(self, *, reference: str, email: str, amount_kobo: int) -> CheckoutAnswer:
        """POST /transaction/initialize. A known reference is refused as `DUPLICATE`."""
        asked = {"email": email, "amount": amount_kobo, "currency": CURRENCY, "reference": reference}
        return self._ask(
            "initialize",
            "POST",
            "/transaction/initialize",
            lambda reply: Succeeded(Checkout(reference, text(data_of(reply), "authorization_url"))),
            json=asked,
        )

    def charge_card(self, *, reference: str, email: str, amount_kobo: int, code: str) -> StartedAnswer:
        """POST /transaction/charge_authorization. A challenge has no `status`, but a link for the card's owner."""
        asked = {
            "email": email,
            "amount": amount_kobo,
            "currency": CURRENCY,
            "reference": reference,
            "authorization_code": code,
        }
        return self._ask("charge card", "POST", "/transaction/charge_authorization", _started, json=asked)

    def verify_charge(self, *, reference: str) -> ChargeAnswer:
        """GET /transaction/verify. HTTP 200 says only that the transaction exists; `data.status` what became of it.

        An initialized checkout that nobody has paid yet is `abandoned` too, and can still be paid.
        """
        if not _REFERENCE.fullmatch(reference):
            return Failed(Why.NOT_FOUND)
        path = f"/transaction/verify/{quote(reference, safe='')}"
        return self._ask("verify charge", "GET", path, lambda reply: self._charge(data_of(reply), reference))

    def refund(self, *, reference: str, charge_reference: str, amount_kobo: int) -> RefundAnswer:
        """POST /refund. It has no reference of the merchant's: ours is the note, which the list shows."""
        asked = {"transaction": charge_reference, "amount": amount_kobo, "merchant_note": reference}
        return self._ask("refund", "POST", "/refund", lambda reply: refund_of(data_of(reply), reference), json=asked)

    def find_refund(self, *, reference: str, charge_reference: str, since: datetime) -> RefundAnswer:
        """GET /refund, page by page, for the one with our note."""
        for number in range(1, MOST_REFUND_PAGES + 1):
            params = {"from": rfc3339(since - CLOCKS_DIFFER), "perPage": str(PAGE_SIZE), "page": str(number)}
            answer = self._ask("find refund", "GET", "/refund", lambda reply: Succeeded(lines_in(reply)), params=params)
            if not isinstance(answer, Succeeded):
                return answer
            for refund in answer.value:
                if refund.get("merchant_note") == reference:
                    return _noted(refund, reference)
            if len(answer.value) < PAGE_SIZE:
                return Failed(Why.NOT_FOUND)
        return Unknown("not among the latest refunds")

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
        return self._ask(
            "resolve account",
            "GET",
            "/bank/resolve",
            lambda reply: Succeeded(Payee(text(data_of(reply), "account_name"))),
            _unresolved,
            params=params,
        )

    def create_recipient(self, *, destination: Destination) -> RecipientAnswer:
        """POST /transferrecipient. An account that has a recipient already gets the old one back (200 or 201)."""
        asked = {
            "type": "nuban",
            "name": destination.account_name,
            "account_number": destination.account_number,
            "bank_code": destination.bank_code,
            "currency": CURRENCY,
        }
        return self._ask(
            "create recipient",
            "POST",
            "/transferrecipient",
            lambda reply: Succeeded(text(data_of(reply), "recipient_code")),
            json=asked,
        )

    def pay_out(self, *, reference: str, destination: Destination, amount_kobo: int, reason: str) -> PaymentAnswer:
        """POST /transfer. Only a final `data.status` is an answer; `pending`, `otp` and `received` are not."""
        asked = {
            "source": "balance",
            "amount": amount_kobo,
            "currency": CURRENCY,
            "recipient": destination.recipient_code,
            "reference": reference,
            "reason": reason,
        }
        return self._ask("transfer", "POST", "/transfer", lambda reply: _payment(data_of(reply), reference), json=asked)

    def confirm_payment(self, *, reference: str, password: str) -> PaymentAnswer:
        """POST /transfer/finalize_transfer, by the transfer's code, which verifying it tells."""
        path = f"/transfer/verify/{quote(reference, safe='')}"
        code = self._ask("verify transfer", "GET", path, lambda reply: Succeeded(text(data_of(reply), "transfer_code")))
        if not isinstance(code, Succeeded):
            return code
        asked = {"transfer_code": code.value, "otp": password}
        return self._ask(
            "finalize transfer",
            "POST",
            "/transfer/finalize_transfer",
            lambda reply: _payment(data_of(reply), reference),
            json=asked,
        )

    def verify_payment(self, *, reference: str) -> PaymentAnswer:
        """GET /transfer/verify."""
        if not _REFERENCE.fullmatch(reference):
            return Failed(Why.NOT_FOUND)
        path = f"/transfer/verify/{quote(reference, safe='')}"
        return self._ask("verify transfer", "GET", path, lambda reply: _payment(data_of(reply), reference))

    def listed(self, *, kind: str, since: datetime, until: datetime, page: int) -> PageAnswer:
        """GET /transaction or /transfer."""
        params = {"from": rfc3339(since), "to": rfc3339(until), "perPage": str(PAGE_SIZE), "page": str(page)}
        return self._ask(
            f"list {kind}s",
            "GET",
            _LISTS[kind],
            lambda reply: Succeeded(page_of(reply, CURRENCY, self._domain)),
            params=params,
        )

    def balance(self) -> BalanceAnswer:
        """GET /balance."""
        return self._ask("balance", "GET", "/balance", lambda reply: Succeeded(balance_of(reply, CURRENCY)))

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


def _started(reply: Reply) -> StartedAnswer:
    data = data_of(reply)
    if data.get("paused") is True:
        return Succeeded(Started(text(data, "authorization_url")))
    is_declined = text(data, "status") == "failed"
    return Failed(Why.DECLINED, said(data)) if is_declined else Succeeded(Started(""))


def _noted(refund: dict[str, Any], reference: str) -> RefundAnswer:
    try:
        return refund_of(refund, reference)
    except JunkError as junk:
        return Unknown(str(junk))


def _unresolved(reply: Reply) -> Failed | Unknown:
    is_limit = "limit" in str(reply.body.get("message", "")).lower()
    return Unknown("rate limited") if is_limit else Failed(Why.NOT_FOUND, message_of(reply))


def _payment(data: dict[str, Any], reference: str) -> PaymentAnswer:
    require_reference(data, reference)
    status = text(data, "status")
    if status == "success":
        code, fee = str(data.get("transfer_code", "")), kobo(data, "fee_charged", absent=0)
        return Succeeded(Payment(reference, code, kobo(data, "amount"), fee))
    if status in _UNSENT:
        return Failed(Why.DECLINED, status)
    if status == "reversed":
        return Failed(Why.REVERSED, status)
    return Unknown(AWAITS_PASSWORD if status == "otp" else f"status {status}")
