"""Paystack's endpoints about disputes."""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from contri.sandbox.doors import provider_call
from contri.sandbox.models import Dispute, DisputeFile
from contri.sandbox.paystack import disputes, refusals
from contri.sandbox.paystack.disputes import dispute_body, evidence_body, listed_body, resolved_body
from contri.sandbox.paystack.doors import body_of, is_id, ok, one_page, paystack_call, text_in
from contri.sandbox.paystack.rules import is_whole

REQUIRED_EVIDENCE = ("customer_email", "customer_name", "customer_phone", "service_details")
OTHER_EVIDENCE = ("delivery_address", "delivery_date")


@paystack_call("dispute.fetch")
def fetch_dispute(request: HttpRequest, number: str) -> HttpResponse:
    """GET /dispute/{id}."""
    return ok("Dispute retrieved", dispute_body(disputes.dispute_with(_number(number))))


@paystack_call("dispute.upload_url")
def place_for_file(request: HttpRequest, number: str) -> HttpResponse:
    """GET /dispute/{id}/upload_url?upload_filename=."""
    if not request.GET.get("upload_filename"):
        raise refusals.missing("upload_filename is required")
    place = disputes.place_for_file(number=_number(number), name=request.GET["upload_filename"])
    address = request.build_absolute_uri(reverse("dispute-file", kwargs={"name": place.name}))
    return ok("Upload url generated", {"signedUrl": address, "fileName": place.name})


@provider_call("paystack.dispute.upload")
def upload(request: HttpRequest, name: str) -> HttpResponse:
    """PUT to the address that `upload_url` gave: it is signed, so no key is wanted, and none must be sent there."""
    if "Authorization" in request.headers:
        return HttpResponse("Only one auth mechanism allowed", status=400)
    kept = DisputeFile.objects.filter(name=name).update(content=request.body)
    return HttpResponse(status=200 if kept else 403)


@paystack_call("dispute.evidence")
def add_evidence(request: HttpRequest, number: str) -> HttpResponse:
    """POST /dispute/{id}/evidence."""
    body = body_of(request)
    facts = {name: text_in(body, name, missing=f"{name} is required") for name in REQUIRED_EVIDENCE}
    facts |= {name: text_in(body, name) for name in OTHER_EVIDENCE}
    dispute = disputes.add_evidence(number=_number(number), facts=facts, at=timezone.now())
    return ok("Evidence created", evidence_body(dispute))


@paystack_call("dispute.resolve")
def resolve_dispute(request: HttpRequest, number: str) -> HttpResponse:
    """PUT /dispute/{id}/resolve."""
    body = body_of(request)
    amount = body.get("refund_amount")
    if not is_whole(amount):
        raise refusals.invalid("refund_amount must be an integer")
    dispute = disputes.answer_dispute(
        number=_number(number),
        resolution=text_in(body, "resolution", missing="resolution is required"),
        message=text_in(body, "message", missing="message is required"),
        refund_amount=int(str(amount)),
        attachment=text_in(body, "uploaded_filename", missing="uploaded_filename is required"),
        at=timezone.now(),
    )
    return ok("Dispute successfully resolved", resolved_body(dispute))


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


def _number(number: str) -> int:
    """An id as a number; 0, which nothing has, for what cannot be one."""
    return int(number) if is_id(number) else 0
