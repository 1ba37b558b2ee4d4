"""The sandbox's own pages: what it pretends, what went on, and forms for what the control API can do."""

from pathlib import Path

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from contri.sandbox import deliveries
from contri.sandbox.doors import by_method, let_hanging_calls_go
from contri.sandbox.environment import HOST, current
from contri.sandbox.faults import KINDS, MAGIC_AMOUNTS, UnknownFaultError, ask_for_fault
from contri.sandbox.models import Activity, BankAccount, Delivery, Fault, Mail
from contri.sandbox.money import naira
from contri.sandbox.operations import OPERATIONS
from contri.sandbox.paystack import banks
from contri.sandbox.paystack.balance import merchant_balance
from contri.sandbox.paystack.refusals import PaystackRefusalError

SHOWN = 20
STYLE = Path(__file__).with_name("sandbox.css")
SCRIPT = Path(__file__).with_name("two_phones.js")


def stylesheet(request: HttpRequest) -> HttpResponse:
    """GET /sandbox.css: the one stylesheet of every page here."""
    return HttpResponse(STYLE.read_bytes(), content_type="text/css; charset=utf-8")


def two_phones_script(request: HttpRequest) -> HttpResponse:
    """GET /two-phones.js: what makes the two phones talk."""
    return HttpResponse(SCRIPT.read_bytes(), content_type="text/javascript; charset=utf-8")


def overview(request: HttpRequest) -> HttpResponse:
    """GET /: what the sandbox pretends to be and what happened lately."""
    context = {
        "here": "overview",
        "environment": current(),
        "balance": naira(merchant_balance()),
        "mails": Mail.objects.count(),
        "waiting": Delivery.objects.filter(state="waiting").count(),
        "faults": Fault.objects.filter(remaining__gt=0).count(),
        "calls": Activity.objects.all()[:SHOWN],
        "webhooks": Delivery.objects.order_by("-id")[:SHOWN],
    }
    return render(request, "sandbox/overview.html", context)


def redeliver(request: HttpRequest, number: int) -> HttpResponse:
    """POST /webhooks/{id}/redeliver: the button beside a webhook."""
    delivery = Delivery.objects.filter(pk=number).first()
    if delivery is not None:
        deliveries.redeliver(delivery=delivery, at=timezone.now())
    return redirect("overview")


def show_faults(request: HttpRequest, complaint: str = "") -> HttpResponse:
    """GET /faults: ask for a fault, see those that wait."""
    context = {
        "here": "faults",
        "complaint": complaint,
        "kinds": KINDS,
        "operations": OPERATIONS,
        "waiting": Fault.objects.filter(remaining__gt=0),
        "magic": [(naira(amount), kind) for amount, kind in MAGIC_AMOUNTS.items()],
    }
    return render(request, "sandbox/faults.html", context, status=400 if complaint else 200)


def add_fault(request: HttpRequest) -> HttpResponse:
    """POST /faults: the form above; `clear` takes all faults back."""
    if "clear" in request.POST:
        Fault.objects.all().delete()
        let_hanging_calls_go()
        return redirect("faults")
    try:
        ask_for_fault(
            operation=request.POST.get("operation", ""),
            kind=request.POST.get("kind", ""),
            times=int(request.POST.get("times") or 1),
            delay_ms=int(request.POST["delay_ms"]) if request.POST.get("delay_ms") else None,
            at=timezone.now(),
        )
    except (UnknownFaultError, ValueError) as error:
        return show_faults(request, complaint=str(error))
    return redirect("faults")


def show_bank_accounts(request: HttpRequest, complaint: str = "") -> HttpResponse:
    """GET /bank-accounts: open a pretend account in one's own name."""
    context = {
        "here": "bank-accounts",
        "complaint": complaint,
        "banks": banks.all_banks(),
        "accounts": BankAccount.objects.all()[:SHOWN],
    }
    return render(request, "sandbox/bank_accounts.html", context, status=400 if complaint else 200)


def add_bank_account(request: HttpRequest) -> HttpResponse:
    """POST /bank-accounts: the form above."""
    try:
        banks.register_account(
            account_number=request.POST.get("account_number", "").strip(),
            bank_code=request.POST.get("bank_code", ""),
            account_name=request.POST.get("account_name", ""),
        )
    except PaystackRefusalError as refusal:
        return show_bank_accounts(request, complaint=refusal.message)
    return redirect("bank-accounts")


faults = by_method(GET=show_faults, POST=add_fault)
bank_accounts = by_method(GET=show_bank_accounts, POST=add_bank_account)


def two_phones(request: HttpRequest) -> HttpResponse:
    """GET /two-phones?left=&right=&password=: two members of a circle that talk, in the browser."""
    people = [request.GET.get("left", "ada@demo.contri.ng"), request.GET.get("right", "bola@demo.contri.ng")]
    context = {
        "people": people,
        "password": request.GET.get("password", ""),
        "contri": current().webhook_base_url or f"http://{HOST}:8000",
        "here": "two-phones",
    }
    return render(request, "sandbox/two_phones.html", context)
