"""Paystack's endpoints: each reads the call, does one thing, and answers."""

from typing import Any

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from contri.sandbox.models import Recipient, Refund, Transaction, Transfer
from contri.sandbox.paystack import banks, bodies, charges, refunds, refusals, transfer_bodies, transfers
from contri.sandbox.paystack.balance import merchant_balance
from contri.sandbox.paystack.charges import ChargeRequest
from contri.sandbox.paystack.doors import amount_in, body_of, currency_in, is_id, ok, one_page, paystack_call, text_in
from contri.sandbox.paystack.rules import ACCOUNT_NUMBER, EMAIL, TRANSACTION_REFERENCE, TRANSFER_REFERENCE, is_whole


@paystack_call("transaction.initialize")
def initialize_transaction(request: HttpRequest) -> HttpResponse:
    """POST /transaction/initialize."""
    charge = charges.initialize_transaction(wish=_charge_request(request), at=timezone.now())
    links = _checkout_links(request, charge)
    return ok("Authorization URL created", {**links, "reference": charge.reference})


@paystack_call("transaction.verify")
def verify_transaction(request: HttpRequest, reference: str) -> HttpResponse:
    """GET /transaction/verify/{reference}."""
    return ok("Verification successful", bodies.verify_body(_transaction(Q(reference=reference))))


@paystack_call("transaction.fetch")
def fetch_transaction(request: HttpRequest, number: str) -> HttpResponse:
    """GET /transaction/{id}."""
    if not is_id(number):
        raise refusals.invalid("Transaction ID should be numeric.")
    return ok("Transaction retrieved", bodies.verify_body(_transaction(Q(pk=int(number)))))


@paystack_call("transaction.list")
def list_transactions(request: HttpRequest) -> HttpResponse:
    """GET /transaction, newest first; filters `from`, `to`, `status`, `customer` (id)."""
    rows = Transaction.objects.select_related("customer", "authorization")
    if status := request.GET.get("status"):
        rows = rows.filter(status=status)
    if customer := request.GET.get("customer"):
        rows = rows.filter(customer_id=int(customer) if is_id(customer) else 0)
    page, meta = one_page(request, rows)
    volume = sum(charge.amount for charge in page)
    return ok("Transactions retrieved", [bodies.list_body(row) for row in page], meta={**meta, "total_volume": volume})


@paystack_call("transaction.charge_authorization")
def charge_authorization(request: HttpRequest) -> HttpResponse:
    """POST /transaction/charge_authorization. A card that fails is a 200 too: the outcome is in `data.status`."""
    code = text_in(body_of(request), "authorization_code", missing="Authorization code is required")
    charge = charges.charge_saved_card(authorization_code=code, wish=_charge_request(request), at=timezone.now())
    if charges.needs_its_owner(charge):
        links = _checkout_links(request, charge)
        return ok(
            "Please, redirect your customer to the authorization url provided",
            {**links, "reference": charge.reference, "paused": True},
        )
    return ok("Charge attempted", bodies.charge_attempt_body(charge))


@paystack_call("refund.create")
def create_refund(request: HttpRequest) -> HttpResponse:
    """POST /refund."""
    body = body_of(request)
    wanted = str(body.get("transaction") or "")
    if not wanted:
        raise refusals.missing("Transaction is required")
    if body.get("amount") is not None and (not is_whole(body["amount"]) or body["amount"] <= 0):
        raise refusals.invalid("Invalid Amount Sent")
    refund = refunds.create_refund(
        charge=_transaction(Q(reference=wanted) | Q(pk=int(wanted) if is_id(wanted) else 0)),
        amount=body.get("amount"),
        customer_note=text_in(body, "customer_note"),
        merchant_note=text_in(body, "merchant_note"),
        at=timezone.now(),
    )
    return ok("Refund has been queued for processing", transfer_bodies.refund_created_body(refund))


@paystack_call("refund.fetch")
def fetch_refund(request: HttpRequest, number: str) -> HttpResponse:
    """GET /refund/{id}."""
    refund = Refund.objects.filter(pk=int(number) if is_id(number) else 0).first()
    if refund is None:
        raise refusals.refund_not_found()
    return ok("Refund retrieved", transfer_bodies.refund_fetched_body(refund))


@paystack_call("refund.list")
def list_refunds(request: HttpRequest) -> HttpResponse:
    """GET /refund, newest first. Its `perPage` is text, as in the specification."""
    page, meta = one_page(request, Refund.objects.select_related("transaction__customer"))
    failed = Refund.objects.filter(status="failed").count()
    meta = {**meta, "perPage": str(meta["perPage"]), "failedRefundCount": failed}
    return ok("Refunds retrieved", [transfer_bodies.refund_fetched_body(refund) for refund in page], meta=meta)


@paystack_call("bank.list")
def list_banks(request: HttpRequest) -> HttpResponse:
    """GET /bank: all of them on one page."""
    listed = [
        {
            "id": bank.id,
            "name": bank.name,
            "slug": bank.slug,
            "code": bank.code,
            "longcode": "",
            "gateway": None,
            "pay_with_bank": False,
            "supports_transfer": True,
            "available_for_direct_debit": False,
            "active": True,
            "is_deleted": False,
            "country": "Nigeria",
            "currency": "NGN",
            "type": "nuban",
            "createdAt": "2016-07-14T10:04:29.000Z",
            "updatedAt": "2024-01-01T00:00:00.000Z",
        }
        for bank in banks.all_banks()
    ]
    if not request.GET.get("use_cursor"):
        return ok("Banks retrieved", listed)
    return ok("Banks retrieved", listed, meta={"next": None, "previous": None, "perPage": 100})


@paystack_call("bank.resolve")
def resolve_account(request: HttpRequest) -> HttpResponse:
    """GET /bank/resolve?account_number=&bank_code=."""
    number, code = request.GET.get("account_number", ""), request.GET.get("bank_code", "")
    if not number:
        raise refusals.missing("Account number is required")
    if not code:
        raise refusals.missing("bank_code is required")
    name = banks.resolve_account(number, code)
    answer = {"account_number": number, "account_name": name, "bank_id": banks.bank_with_code(code).id}
    return ok("Account number resolved", answer)


@paystack_call("transferrecipient.create")
def create_recipient(request: HttpRequest) -> HttpResponse:
    """POST /transferrecipient."""
    body = body_of(request)
    if text_in(body, "type", missing="type is required") != "nuban":
        raise refusals.invalid("Unsupported recipient type")
    currency_in(body)
    number = text_in(body, "account_number", missing="Account number is required")
    if not ACCOUNT_NUMBER.fullmatch(number):
        raise refusals.invalid("Account number is invalid")
    recipient = transfers.create_recipient(
        name=text_in(body, "name", missing="name is required"),
        account_number=number,
        bank_code=text_in(body, "bank_code", missing="bank_code is required"),
        metadata=body.get("metadata"),
        at=timezone.now(),
    )
    return ok("Transfer recipient created successfully", transfer_bodies.recipient_body(recipient), status=201)


@paystack_call("transfer.create")
def create_transfer(request: HttpRequest) -> HttpResponse:
    """POST /transfer."""
    body = body_of(request)
    if text_in(body, "source", missing="source is required") != "balance":
        raise refusals.invalid("source must be balance")
    currency_in(body)
    reference = text_in(body, "reference") or charges.new_reference().lower()
    if not TRANSFER_REFERENCE.fullmatch(reference):
        raise refusals.invalid("Your reference contains illegal special characters")
    transfer = transfers.create_transfer(
        recipient_code=text_in(body, "recipient", missing="Recipient is required"),
        reference=reference,
        amount=amount_in(body),
        reason=text_in(body, "reason"),
        at=timezone.now(),
    )
    otp = transfer.status == "otp"
    message = "Transfer requires OTP to continue" if otp else "Transfer has been queued"
    return ok(message, transfer_bodies.created_body(transfer))


@paystack_call("transfer.finalize")
def finalize_transfer(request: HttpRequest) -> HttpResponse:
    """POST /transfer/finalize_transfer."""
    body = body_of(request)
    transfer = transfers.finalize_transfer(
        transfer_code=text_in(body, "transfer_code", missing="transfer_code is required"),
        otp=text_in(body, "otp", missing="otp is required"),
        at=timezone.now(),
    )
    return ok("Transfer has been queued", transfer_bodies.created_body(transfer))


@paystack_call("transfer.verify")
def verify_transfer(request: HttpRequest, reference: str) -> HttpResponse:
    """GET /transfer/verify/{reference}."""
    return ok("Transfer retrieved", transfer_bodies.fetched_body(_transfer(Q(reference=reference))))


@paystack_call("transfer.fetch")
def fetch_transfer(request: HttpRequest, code: str) -> HttpResponse:
    """GET /transfer/{id or code}."""
    wanted = Q(transfer_code=code) | Q(pk=int(code) if is_id(code) else 0)
    return ok("Transfer retrieved", transfer_bodies.fetched_body(_transfer(wanted)))


@paystack_call("transfer.list")
def list_transfers(request: HttpRequest) -> HttpResponse:
    """GET /transfer, newest first; filters `from`, `to`, `status`, `recipient` (code)."""
    rows = Transfer.objects.select_related("recipient")
    if status := request.GET.get("status"):
        rows = rows.filter(status=status)
    if code := request.GET.get("recipient"):
        rows = rows.filter(recipient__in=Recipient.objects.filter(recipient_code=code))
    page, meta = one_page(request, rows)
    return ok("Transfers retrieved", [transfer_bodies.fetched_body(transfer) for transfer in page], meta=meta)


@paystack_call("balance")
def balance(request: HttpRequest) -> HttpResponse:
    """GET /balance."""
    return ok("Balances retrieved", [{"currency": "NGN", "balance": merchant_balance()}])


def _charge_request(request: HttpRequest) -> ChargeRequest:
    body = body_of(request)
    email = text_in(body, "email", missing="Email Address is required")
    if not EMAIL.fullmatch(email):
        raise refusals.invalid("Invalid Email Address Passed")
    reference = text_in(body, "reference") or charges.new_reference()
    if not TRANSACTION_REFERENCE.fullmatch(reference):
        raise refusals.invalid("Invalid character in transaction reference")
    metadata: Any = body.get("metadata")
    if metadata is not None and not isinstance(metadata, dict | str):
        raise refusals.invalid("metadata must be an object or a string")
    return ChargeRequest(
        email=email.lower(),
        amount=amount_in(body),
        currency=currency_in(body),
        reference=reference,
        metadata=metadata,
        callback_url=text_in(body, "callback_url"),
        ip_address=request.META.get("REMOTE_ADDR", "127.0.0.1"),
        first_name=text_in(body, "first_name"),
        last_name=text_in(body, "last_name"),
        phone=text_in(body, "phone"),
    )


def _checkout_links(request: HttpRequest, charge: Transaction) -> dict[str, str]:
    path = reverse("checkout", kwargs={"access_code": charge.access_code})
    return {"authorization_url": request.build_absolute_uri(path), "access_code": charge.access_code}


def _transaction(wanted: Q) -> Transaction:
    charge = Transaction.objects.select_related("customer", "authorization").filter(wanted).first()
    if charge is None:
        raise refusals.transaction_not_found()
    return charge


def _transfer(wanted: Q) -> Transfer:
    transfer = Transfer.objects.select_related("recipient").filter(wanted).first()
    if transfer is None:
        raise refusals.transfer_not_found()
    return transfer
