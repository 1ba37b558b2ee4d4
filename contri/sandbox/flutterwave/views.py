"""Flutterwave's endpoints, and its hosted page: each reads the call, does one thing, and answers."""

from typing import Any, TypeVar

from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date

from contri.sandbox.doors import by_method, provider_call
from contri.sandbox.flutterwave import payments, refusals, transfers
from contri.sandbox.flutterwave.doors import amount_in, body_of, flutterwave_call, ok, text_in
from contri.sandbox.flutterwave.doors import naira as kobo_as_naira
from contri.sandbox.models import FlutterwavePayment, FlutterwaveTransfer
from contri.sandbox.money import naira
from contri.sandbox.paystack import banks, cards
from contri.sandbox.paystack.doors import is_id

RowT = TypeVar("RowT", bound=Model)

OUTCOMES = ("success", "declined", "abandoned")
PAGE_SIZE = 20


@flutterwave_call("payments.create")
def create_payment(request: HttpRequest) -> HttpResponse:
    """POST /payments."""
    body = body_of(request)
    customer = body.get("customer")
    payment = payments.announce_payment(
        tx_ref=text_in(body, "tx_ref"),
        email=text_in(customer if isinstance(customer, dict) else {}, "email").lower(),
        amount=amount_in(body),
        currency=str(body.get("currency") or "NGN"),
        redirect_url=text_in(body, "redirect_url"),
        at=timezone.now(),
    )
    path = reverse("flutterwave-checkout", kwargs={"code": payment.code})
    return ok("Hosted Link", {"link": request.build_absolute_uri(path)})


@flutterwave_call("transactions.verify")
def verify_by_reference(request: HttpRequest) -> HttpResponse:
    """GET /transactions/verify_by_reference?tx_ref=."""
    payment = payments.payment_with(request.GET.get("tx_ref", ""))
    return ok("Transaction fetched successfully", payments.payment_body(payment))


@flutterwave_call("transactions.verify")
def verify(request: HttpRequest, number: str) -> HttpResponse:
    """GET /transactions/{id}/verify."""
    payment = FlutterwavePayment.objects.filter(pk=int(number) if is_id(number) else 0).exclude(status="").first()
    if payment is None:
        raise refusals.no_transaction()
    return ok("Transaction fetched successfully", payments.payment_body(payment))


@flutterwave_call("transactions.list")
def list_payments(request: HttpRequest) -> HttpResponse:
    """GET /transactions?from=&to=&page=, newest first: payments that somebody has tried."""
    rows = FlutterwavePayment.objects.exclude(status="")
    listed, meta = _page(request, rows)
    return ok("Transactions fetched", [payments.payment_body(payment) for payment in listed], meta=meta)


@flutterwave_call("balances.fetch")
def balance(request: HttpRequest) -> HttpResponse:
    """GET /balances/NGN."""
    return ok("Wallet balance fetched", {"currency": "NGN", "available_balance": kobo_as_naira(payments.balance())})


@flutterwave_call("tokenized_charges.create")
def charge_token(request: HttpRequest) -> HttpResponse:
    """POST /tokenized-charges."""
    body = body_of(request)
    payment = payments.charge_token(
        token=text_in(body, "token"),
        tx_ref=text_in(body, "tx_ref"),
        email=text_in(body, "email").lower(),
        amount=amount_in(body),
        currency=text_in(body, "currency"),
        at=timezone.now(),
    )
    return ok("Charge successful", payments.payment_body(payment))


@flutterwave_call("transfers.create")
def create_transfer(request: HttpRequest) -> HttpResponse:
    """POST /transfers."""
    body = body_of(request)
    transfer = transfers.create_transfer(
        reference=text_in(body, "reference"),
        bank_code=text_in(body, "account_bank"),
        account_number=text_in(body, "account_number"),
        amount=amount_in(body),
        narration=str(body.get("narration") or ""),
        at=timezone.now(),
    )
    return ok("Transfer Queued Successfully", transfers.transfer_body(transfer))


@flutterwave_call("transfers.list")
def list_transfers(request: HttpRequest) -> HttpResponse:
    """GET /transfers, newest first. `reference` is not looked at: not every version of the real API does either."""
    listed, meta = _page(request, FlutterwaveTransfer.objects.all())
    return ok("Transfers fetched", [transfers.transfer_body(transfer) for transfer in listed], meta=meta)


@flutterwave_call("transfers.fetch")
def fetch_transfer(request: HttpRequest, number: str) -> HttpResponse:
    """GET /transfers/{id}."""
    transfer = FlutterwaveTransfer.objects.filter(pk=int(number) if is_id(number) else 0).first()
    if transfer is None:
        raise refusals.FlutterwaveRefusalError("Transfer not found", 404)
    return ok("Transfer fetched", transfers.transfer_body(transfer))


@flutterwave_call("accounts.resolve")
def resolve_account(request: HttpRequest) -> HttpResponse:
    """POST /accounts/resolve."""
    body = body_of(request)
    number = text_in(body, "account_number")
    name = banks.resolve_account(number, text_in(body, "account_bank"))
    return ok("Account details fetched", {"account_number": number, "account_name": name})


@flutterwave_call("banks.list")
def list_banks(request: HttpRequest) -> HttpResponse:
    """GET /banks/NG."""
    listed = [{"id": bank.id, "code": bank.code, "name": bank.name} for bank in banks.all_banks()]
    return ok("Banks fetched successfully", listed)


@provider_call("flutterwave.checkout.show")
def show_checkout(request: HttpRequest, code: str) -> HttpResponse:
    """The hosted page as it stands."""
    payment = FlutterwavePayment.objects.filter(code=code).first()
    if payment is None:
        return render(request, "sandbox/checkout_gone.html", status=404)
    context = {
        "charge": {
            "customer": {"email": payment.email},
            "status": payment.status,
            "gateway_response": payment.processor_response,
            "reference": payment.tx_ref,
        },
        "amount": naira(payment.amount),
        "paid": payment.status == payments.PAID,
        "cancelled": "cancelled" in request.GET,
        "test_cards": cards.TEST_CARDS.items(),
        "card_number": cards.DEFAULT_CARD_NUMBER,
    }
    return render(request, "sandbox/checkout.html", context)


@provider_call("flutterwave.checkout.pay")
def pay_checkout(request: HttpRequest, code: str) -> HttpResponse:
    """POST `outcome` (success, declined, abandoned) and `card_number`; shows how it ended."""
    outcome = request.POST.get("outcome", "success")
    if outcome not in OUTCOMES or not FlutterwavePayment.objects.filter(code=code).exists():
        return render(request, "sandbox/checkout_gone.html", status=404)
    card_number = request.POST.get("card_number") or cards.DEFAULT_CARD_NUMBER
    payments.pay(code=code, card_number=card_number, outcome=outcome, at=timezone.now())
    response = HttpResponse(status=303)
    here = reverse("flutterwave-checkout", kwargs={"code": code})
    response["Location"] = f"{here}?cancelled" if outcome == "abandoned" else here
    return response


def _page(request: HttpRequest, rows: QuerySet[RowT]) -> tuple[list[RowT], dict[str, Any]]:
    """One page of a list, of the days asked for, and the `meta` that describes it."""
    for name, lookup in (("from", "created_at__date__gte"), ("to", "created_at__date__lte")):
        if day := parse_date(request.GET.get(name, "")):
            rows = rows.filter(**{lookup: day})
    page = int(request.GET["page"]) if is_id(request.GET.get("page", "")) else 1
    skipped = (max(page, 1) - 1) * PAGE_SIZE
    total = rows.count()
    info = {"total": total, "current_page": page, "total_pages": -(-total // PAGE_SIZE)}
    return list(rows[skipped : skipped + PAGE_SIZE]), {"page_info": info}


checkout = by_method(GET=show_checkout, POST=pay_checkout)
