"""The control API under /control: how a test, or a person with curl, steers the pretend world. JSON in, JSON out."""

from functools import wraps
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import path
from django.utils import timezone

from contri.sandbox import alarm, clockwork, deliveries
from contri.sandbox.clock import iso_milliseconds
from contri.sandbox.doors import UnreadableBodyError, View, by_method, json_object, let_hanging_calls_go
from contri.sandbox.faults import UnknownFaultError, ask_for_fault
from contri.sandbox.flutterwave import transfers as flutterwave_transfers
from contri.sandbox.identity.tokens import issue_token
from contri.sandbox.models import (
    Activity,
    BankAccount,
    Customer,
    Delivery,
    Dispute,
    Fault,
    FlutterwavePayment,
    FlutterwaveTransfer,
    Mail,
    PhonePush,
    Recipient,
    SmileJob,
    Transfer,
)
from contri.sandbox.paystack import banks, disputes
from contri.sandbox.paystack.balance import merchant_balance
from contri.sandbox.paystack.refusals import PaystackRefusalError
from contri.sandbox.paystack.transfers import ImpossibleMoveError, set_transfer_status

# Deleting these takes everything else along.
ROOTS = (
    Customer,
    Recipient,
    BankAccount,
    FlutterwavePayment,
    FlutterwaveTransfer,
    SmileJob,
    Mail,
    PhonePush,
    Delivery,
    Fault,
    Activity,
)


def control_call(view: View) -> View:
    """Answer this API's errors as `{"error": …}`."""

    @wraps(view)
    def answer(request: HttpRequest, **captured: Any) -> HttpResponse:
        try:
            return view(request, **captured)
        except UnreadableBodyError:
            return _error("the body must be a JSON object", 400)
        except (UnknownFaultError, TypeError, ValueError) as error:
            return _error(str(error), 400)
        except PaystackRefusalError as refusal:
            return _error(refusal.message, refusal.http_status)
        except (Transfer.DoesNotExist, Dispute.DoesNotExist, Delivery.DoesNotExist):
            return _error("not there", 404)
        except ImpossibleMoveError as error:
            return _error(str(error), 409)

    return answer


@control_call
def state(request: HttpRequest) -> HttpResponse:
    """GET /control: that the sandbox is up, and the merchant's balance in kobo."""
    return JsonResponse({"ok": True, "balance": merchant_balance()})


@control_call
def reset(request: HttpRequest) -> HttpResponse:
    """POST /control/reset: forget everything; ids go on counting, as a real provider's would."""
    forget_everything()
    return JsonResponse({"reset": True})


@control_call
def add_fault(request: HttpRequest) -> HttpResponse:
    """POST /control/faults {operation, kind, times, delay_ms, amount, requested_amount, reference}."""
    wish = json_object(request)
    fault = ask_for_fault(
        operation=str(wish.get("operation", "")),
        kind=str(wish.get("kind", "")),
        times=int(wish.get("times", 1)),
        delay_ms=_optional_int(wish, "delay_ms"),
        amount=_optional_int(wish, "amount"),
        requested_amount=_optional_int(wish, "requested_amount"),
        reference=str(wish.get("reference") or ""),
        at=timezone.now(),
    )
    return JsonResponse(_fault_body(fault), status=201)


@control_call
def list_faults(request: HttpRequest) -> HttpResponse:
    """GET /control/faults: those that still have something to do."""
    waiting = Fault.objects.filter(remaining__gt=0)
    return JsonResponse([_fault_body(fault) for fault in waiting], safe=False)


@control_call
def clear_faults(request: HttpRequest) -> HttpResponse:
    """DELETE /control/faults: from now on nothing goes wrong, and calls that hang on purpose are let go."""
    Fault.objects.all().delete()
    let_hanging_calls_go()
    return JsonResponse({"cleared": True})


@control_call
def add_bank_account(request: HttpRequest) -> HttpResponse:
    """POST /control/bank-accounts {account_number, bank_code, account_name}."""
    wish = json_object(request)
    account = banks.register_account(
        account_number=str(wish.get("account_number", "")),
        bank_code=str(wish.get("bank_code", "")),
        account_name=str(wish.get("account_name", "")),
    )
    return JsonResponse(
        {
            "account_number": account.account_number,
            "bank_code": account.bank_code,
            "account_name": account.account_name,
        },
        status=201,
    )


@control_call
def decide_transfer(request: HttpRequest, reference: str) -> HttpResponse:
    """POST /control/transfers/{reference} {status}: failed, success, reversed …; the webhook goes out.

    A transfer of Flutterwave's becomes `successful` or `failed`.
    """
    status = str(json_object(request).get("status", ""))
    if FlutterwaveTransfer.objects.filter(reference=reference).exists():
        other = flutterwave_transfers.set_transfer_status(reference=reference, status=status, at=timezone.now())
        return JsonResponse({"reference": other.reference, "status": other.status})
    transfer = set_transfer_status(reference=reference, status=status, at=timezone.now())
    return JsonResponse({"reference": transfer.reference, "status": transfer.status})


@control_call
def add_dispute(request: HttpRequest) -> HttpResponse:
    """POST /control/disputes {reference, amount}: the payer wants the money (or `amount` kobo of it) back."""
    wish = json_object(request)
    dispute = disputes.open_dispute(
        reference=str(wish.get("reference", "")), amount=_optional_int(wish, "amount"), at=timezone.now()
    )
    return JsonResponse({"id": dispute.id, "status": dispute.status}, status=201)


@control_call
def decide_dispute(request: HttpRequest, number: int) -> HttpResponse:
    """POST /control/disputes/{id} {resolution}: merchant-accepted, auto-accepted or declined; none: a reminder."""
    resolution = str(json_object(request).get("resolution") or "")
    if resolution:
        dispute = disputes.resolve_dispute(number=number, resolution=resolution, at=timezone.now())
    else:
        dispute = disputes.remind_of_dispute(number=number, at=timezone.now())
    return JsonResponse({"id": dispute.id, "status": dispute.status, "resolution": dispute.resolution})


@control_call
def add_id_token(request: HttpRequest) -> HttpResponse:
    """POST /control/id-tokens {provider, email, first_name, last_name, nonce}: a token to sign in with."""
    wish = {name: str(value) for name, value in json_object(request).items()}
    known = ("provider", "email", "first_name", "last_name", "nonce")
    token = issue_token(at=timezone.now(), **{"provider": "", "email": ""} | {n: wish[n] for n in known if n in wish})
    return JsonResponse({"id_token": token}, status=201)


@control_call
def list_webhooks(request: HttpRequest) -> HttpResponse:
    """GET /control/webhooks: in the order in which they are, or would be, delivered; lost ones are marked `lost`."""
    return JsonResponse([webhook_body(delivery) for delivery in Delivery.objects.all()], safe=False)


@control_call
def redeliver_webhook(request: HttpRequest, number: int) -> HttpResponse:
    """POST /control/webhooks/{id}/redeliver: the same bytes once more, also of one that was lost."""
    delivery = deliveries.redeliver(delivery=Delivery.objects.get(pk=number), at=timezone.now())
    return JsonResponse(webhook_body(delivery))


@control_call
def flush(request: HttpRequest) -> HttpResponse:
    """POST /control/deliveries/flush: all time passes; statuses reach their end, waiting webhooks are tried once.

    When the answer comes everything has happened: a test need not wait.
    """
    moved, tried = clockwork.let_all_time_pass(at=timezone.now())
    return JsonResponse({"moved": moved, "tried": [webhook_body(delivery) for delivery in tried]})


@control_call
def list_calls(request: HttpRequest) -> HttpResponse:
    """GET /control/calls: every call to a pretend company, oldest first."""
    calls = [
        {
            "operation": call.operation,
            "reference": call.reference,
            "status": call.status,
            "fault": call.fault,
            "happened_at": iso_milliseconds(call.happened_at),
        }
        for call in Activity.objects.order_by("id")
    ]
    return JsonResponse(calls, safe=False)


@transaction.atomic
def forget_everything() -> None:
    """Empty every table and let every call that hangs on purpose go."""
    for model in ROOTS:
        model.objects.all().delete()
    let_hanging_calls_go()
    transaction.on_commit(alarm.wake)


def webhook_body(delivery: Delivery) -> dict[str, Any]:
    """A webhook with the exact headers and bytes that the receiver gets."""
    return {
        "id": delivery.id,
        "provider": delivery.provider,
        "event": delivery.event,
        "url": delivery.url,
        "headers": delivery.headers,
        "body": delivery.body,
        "state": delivery.state,
        "attempts": delivery.attempts,
        "last_status": delivery.last_status,
        "last_error": delivery.last_error,
        "created_at": iso_milliseconds(delivery.created_at),
    }


def _fault_body(fault: Fault) -> dict[str, Any]:
    return {"id": fault.pk, "operation": fault.operation, "kind": fault.kind, "remaining": fault.remaining}


def _optional_int(wish: dict[str, Any], name: str) -> int | None:
    return None if wish.get(name) in (None, "") else int(wish[name])


def _error(text: str, status: int) -> JsonResponse:
    return JsonResponse({"error": text}, status=status)


urlpatterns = [
    path("", by_method(GET=state)),
    path("/reset", by_method(POST=reset)),
    path("/faults", by_method(GET=list_faults, POST=add_fault, DELETE=clear_faults)),
    path("/bank-accounts", by_method(POST=add_bank_account)),
    path("/transfers/<str:reference>", by_method(POST=decide_transfer)),
    path("/disputes", by_method(POST=add_dispute)),
    path("/disputes/<int:number>", by_method(POST=decide_dispute)),
    path("/id-tokens", by_method(POST=add_id_token)),
    path("/webhooks", by_method(GET=list_webhooks)),
    path("/webhooks/<int:number>/redeliver", by_method(POST=redeliver_webhook)),
    path("/deliveries/flush", by_method(POST=flush)),
    path("/calls", by_method(GET=list_calls)),
]
