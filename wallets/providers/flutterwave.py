"""Flutterwave v3, as documented at developer.flutterwave.com. Amounts there are naira with decimals, here kobo."""

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar
from urllib.parse import quote

from wallets.providers.base import (
    BalanceAnswer,
    BanksAnswer,
    ChargeAnswer,
    Checkout,
    CheckoutAnswer,
    Destination,
    DisputeAnswer,
    DisputePage,
    DisputesAnswer,
    Failed,
    PageAnswer,
    Payee,
    PayeeAnswer,
    PaymentAnswer,
    Plea,
    PleaAnswer,
    RecipientAnswer,
    RefundAnswer,
    Started,
    StartedAnswer,
    Succeeded,
    Unknown,
    Why,
)
from wallets.providers.flutterwave_reading import (
    banks_of,
    charge_of,
    data_of,
    kobo,
    link_of,
    naira,
    page_of,
    pages_of,
    payment_of,
    refusal,
)
from wallets.providers.http import Reply, Transport
from wallets.providers.reading import JunkError, message_of, text

T = TypeVar("T")

CURRENCY = "NGN"
_REFERENCE = re.compile(r"[A-Za-z0-9._-]{1,200}")
# Further back than this nobody looks for a transfer page by page; it stays unknown, and people look.
MOST_PAGES = 20


_LISTS = {"charge": "/transactions", "payment": "/transfers"}


class Flutterwave:
    """The Flutterwave merchant whose secret key we hold. `return_url` is where payers are sent when they have paid."""

    name = "flutterwave"
    needs_recipients = False
    can_refund = False

    def __init__(self, *, base_url: str, secret_key: str, timeout_seconds: float, return_url: str) -> None:
        self._return_url = return_url
        self._http = Transport(
            provider=self.name, base_url=base_url, secret_key=secret_key, timeout_seconds=timeout_seconds
        )

    def start_checkout(self, *, reference: str, email: str, amount_kobo: int) -> CheckoutAnswer:
        """POST /payments: a hosted page."""
        asked = {
            "tx_ref": reference,
            "amount": naira(amount_kobo),
            "currency": CURRENCY,
            "redirect_url": self._return_url,
            "customer": {"email": email},
        }
        return self._ask(
            "start checkout",
            "POST",
            "/payments",
            lambda body: Succeeded(Checkout(reference, link_of(body))),
            json=asked,
        )

    def charge_card(self, *, reference: str, email: str, amount_kobo: int, code: str) -> StartedAnswer:
        """POST /tokenized-charges."""
        asked = {
            "token": code,
            "currency": CURRENCY,
            "country": "NG",
            "amount": naira(amount_kobo),
            "email": email,
            "tx_ref": reference,
        }
        return self._ask("charge card", "POST", "/tokenized-charges", _started, json=asked)

    def verify_charge(self, *, reference: str) -> ChargeAnswer:
        """GET /transactions/verify_by_reference. A payment that nobody has tried yet is not found."""
        if not _REFERENCE.fullmatch(reference):
            return Failed(Why.NOT_FOUND)
        return self._ask(
            "verify charge",
            "GET",
            "/transactions/verify_by_reference",
            lambda body: charge_of(body, reference),
            params={"tx_ref": reference},
        )

    def refund(self, *, reference: str, charge_reference: str, amount_kobo: int) -> RefundAnswer:
        """Not from here: a refund bears no mark of ours, so after a time-out nobody could tell whether it arrived."""
        return Failed(Why.REFUSED)

    def find_refund(self, *, reference: str, charge_reference: str, since: datetime) -> RefundAnswer:
        """There is none of ours."""
        return Failed(Why.NOT_FOUND)

    def answer_dispute(self, *, code: str, plea: Plea) -> PleaAnswer:
        """Answered on its dashboard."""
        return Failed(Why.REFUSED)

    def confirm_payment(self, *, reference: str, password: str) -> PaymentAnswer:
        """Flutterwave's transfers by API never ask for a password."""
        return Failed(Why.REFUSED)

    def dispute(self, *, code: str) -> DisputeAnswer:
        """Flutterwave tells merchants of chargebacks by mail and on its dashboard; its API knows them by no code."""
        return Failed(Why.NOT_FOUND)

    def disputes(self, *, since: datetime, page: int) -> DisputesAnswer:
        """None that its API could be asked about."""
        return Succeeded(DisputePage([], is_last=True))

    def banks(self) -> BanksAnswer:
        """GET /banks/NG."""
        return self._ask("banks", "GET", "/banks/NG", lambda body: Succeeded(banks_of(body)))

    def resolve_account(self, *, account_number: str, bank_code: str) -> PayeeAnswer:
        """POST /accounts/resolve."""
        asked = {"account_number": account_number, "account_bank": bank_code}
        return self._ask("resolve account", "POST", "/accounts/resolve", _payee, _unresolved, json=asked)

    def create_recipient(self, *, destination: Destination) -> RecipientAnswer:
        """Flutterwave pays to account numbers; nothing is registered first."""
        return Succeeded("")

    def pay_out(self, *, reference: str, destination: Destination, amount_kobo: int, reason: str) -> PaymentAnswer:
        """POST /transfers. What is queued is not sent yet: only a final `data.status` is an answer."""
        asked = {
            "account_bank": destination.bank_code,
            "account_number": destination.account_number,
            "amount": naira(amount_kobo),
            "currency": CURRENCY,
            "debit_currency": CURRENCY,
            "reference": reference,
            "narration": reason,
        }
        return self._ask(
            "transfer", "POST", "/transfers", lambda body: payment_of(body.get("data"), reference), json=asked
        )

    def verify_payment(self, *, reference: str) -> PaymentAnswer:
        """GET /transfers, page by page until one has this reference.

        Transfers are fetched by Flutterwave's id, which is lost with the answer that a time-out swallowed. The list is
        asked for this reference, and searched for it, as not every version of the API filters.
        """
        if not _REFERENCE.fullmatch(reference):
            return Failed(Why.NOT_FOUND)
        page, pages = 1, 1
        while page <= min(pages, MOST_PAGES):
            path = f"/transfers?reference={quote(reference, safe='')}&page={page}"
            reply = self._http.call("verify transfer", "GET", path)
            if isinstance(reply, Unknown):
                return reply
            if not reply.is_ok:
                return refusal(reply)
            try:
                transfers, pages = pages_of(reply.body)
                for transfer in transfers:
                    if transfer.get("reference") == reference:
                        return payment_of(transfer, reference)
            except JunkError as junk:
                return Unknown(str(junk))
            page += 1
        return Failed(Why.NOT_FOUND) if pages <= MOST_PAGES else Unknown("not among the latest transfers")

    def listed(self, *, kind: str, since: datetime, until: datetime, page: int) -> PageAnswer:
        """GET /transactions or /transfers. Only whole days can be asked for."""
        params = {"from": f"{since:%Y-%m-%d}", "to": f"{until:%Y-%m-%d}", "page": str(page)}
        return self._ask(
            f"list {kind}s",
            "GET",
            _LISTS[kind],
            lambda body: Succeeded(page_of(body, page, CURRENCY)),
            params=params,
        )

    def balance(self) -> BalanceAnswer:
        """GET /balances/NGN."""
        return self._ask(
            "balance",
            "GET",
            f"/balances/{CURRENCY}",
            lambda body: Succeeded(kobo(data_of(body), "available_balance")),
        )

    def _ask(
        self,
        operation: str,
        method: str,
        path: str,
        read: Callable[[dict[str, Any]], Succeeded[T] | Failed | Unknown],
        refuse: Callable[[Reply], Failed | Unknown] | None = None,
        *,
        params: dict[str, str] | None = None,
        json: dict[str, Any] | None = None,
    ) -> Succeeded[T] | Failed | Unknown:
        """Call once, and read what was answered; what is not as documented leaves it open what happened."""
        reply = self._http.call(operation, method, path, params=params, json=json)
        if isinstance(reply, Unknown):
            return reply
        if not reply.is_ok or reply.body.get("status") != "success":
            return (refuse or refusal)(reply)
        try:
            return read(reply.body)
        except JunkError as junk:
            return Unknown(str(junk))


def _started(body: dict[str, Any]) -> StartedAnswer:
    data = data_of(body)
    if text(data, "status") == "failed":
        return Failed(Why.DECLINED, str(data.get("processor_response") or "")[:200])
    return Succeeded(Started(""))


def _payee(body: dict[str, Any]) -> PayeeAnswer:
    return Succeeded(Payee(text(data_of(body), "account_name")))


def _unresolved(reply: Reply) -> Failed:
    return Failed(Why.NOT_FOUND, message_of(reply))
