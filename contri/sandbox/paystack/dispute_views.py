"""Paystack's endpoints about disputes."""

from django.http import HttpRequest, HttpResponse

from contri.sandbox.models import Dispute
from contri.sandbox.paystack import refusals
from contri.sandbox.paystack.disputes import dispute_body, listed_body
from contri.sandbox.paystack.doors import is_id, ok, one_page, paystack_call


@paystack_call("dispute.fetch")
def fetch_dispute(request: HttpRequest, number: str) -> HttpResponse:
    """GET /dispute/{id}."""
    rows = Dispute.objects.select_related("transaction__customer", "transaction__authorization")
    dispute = rows.filter(pk=int(number)).first() if is_id(number) else None
    if dispute is None:
        raise refusals.dispute_not_found()
    return ok("Dispute retrieved", dispute_body(dispute))


@paystack_call("dispute.list")
def list_disputes(request: HttpRequest) -> HttpResponse:
    """GET /dispute, newest first; filters `from`, `to`, `status`, `transaction` (id)."""
    rows = Dispute.objects.select_related("transaction__customer", "transaction__authorization")
    if status := request.GET.get("status"):
        rows = rows.filter(status=status)
    if (number := request.GET.get("transaction")) and is_id(number):
        rows = rows.filter(transaction_id=int(number))
    page, meta = one_page(request, rows)
    return ok("Disputes retrieved", [listed_body(dispute) for dispute in page], meta=meta)
