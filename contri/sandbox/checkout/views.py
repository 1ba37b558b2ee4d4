"""The hosted payment page: works with a click and without JavaScript; a test sends the same form."""

from urllib.parse import urlencode, urlsplit

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from contri.sandbox.doors import by_method, provider_call
from contri.sandbox.models import Transaction
from contri.sandbox.money import naira
from contri.sandbox.paystack import cards, charges

OUTCOMES = ("success", "declined", "abandoned")


@provider_call("paystack.checkout.show")
def show(request: HttpRequest, access_code: str) -> HttpResponse:
    """The page as it stands: to pay, to confirm a charge of a saved card, or how it ended."""
    charge = Transaction.objects.select_related("customer", "authorization").filter(access_code=access_code).first()
    if charge is None:
        return render(request, "sandbox/checkout_gone.html", status=404)
    context = {
        "charge": charge,
        "amount": naira(charge.amount),
        "paid": charge.status in charges.PAID,
        "confirming": charges.needs_its_owner(charge),
        "cancelled": "cancelled" in request.GET,
        "test_cards": cards.TEST_CARDS.items(),
        "card_number": cards.DEFAULT_CARD_NUMBER,
    }
    return render(request, "sandbox/checkout.html", context)


@provider_call("paystack.checkout.pay")
def pay(request: HttpRequest, access_code: str) -> HttpResponse:
    """POST `outcome` (success, declined, abandoned) and `card_number`; sends the payer back to the merchant."""
    outcome = request.POST.get("outcome", "success")
    charge = Transaction.objects.filter(access_code=access_code).first()
    if charge is None or outcome not in OUTCOMES:
        return render(request, "sandbox/checkout_gone.html", status=404 if charge is None else 400)
    if charges.needs_its_owner(charge):
        charge = charges.answer_challenge(access_code=access_code, outcome=outcome, at=timezone.now())
    else:
        card_number = request.POST.get("card_number") or cards.DEFAULT_CARD_NUMBER
        charge = charges.pay_on_checkout(
            access_code=access_code, card_number=card_number, outcome=outcome, at=timezone.now()
        )
    return _sent_on(charge, outcome)


def _sent_on(charge: Transaction, outcome: str) -> HttpResponse:
    here = reverse("checkout", kwargs={"access_code": charge.access_code})
    if charge.status in charges.PAID:
        return _back_to_merchant(charge, charge.callback_url) if charge.callback_url else _see(here)
    if outcome != "abandoned":
        return _see(here)
    address = _cancel_address(charge)
    return _back_to_merchant(charge, address) if address else _see(f"{here}?cancelled")


def _back_to_merchant(charge: Transaction, address: str) -> HttpResponse:
    query = urlencode({"trxref": charge.reference, "reference": charge.reference})
    return _see(f"{address}{'&' if urlsplit(address).query else '?'}{query}")


def _cancel_address(charge: Transaction) -> str:
    """Where the merchant wants those who cancel, if it said so in the metadata."""
    metadata = charge.metadata if isinstance(charge.metadata, dict) else {}
    address = str(metadata.get("cancel_action") or "")
    return address if address.startswith(("http://", "https://")) else ""


def _see(address: str) -> HttpResponse:
    response = HttpResponse(status=303)
    response["Location"] = address
    return response


checkout = by_method(GET=show, POST=pay)
