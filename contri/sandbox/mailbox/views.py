"""The mailbox as a page and as JSON."""

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from contri.sandbox.clock import iso_milliseconds
from contri.sandbox.models import Mail
from contri.sandbox.policy import MAIL_POLICY

SHOWN = 100


def mailbox(request: HttpRequest) -> HttpResponse:
    """GET /mailbox?to=: the mails of one person, or of all, newest first."""
    to = request.GET.get("to", "").strip().lower()
    mails = Mail.objects.filter(to=to) if to else Mail.objects.all()
    # order_by() first: the model's own ordering would make every row distinct.
    people = Mail.objects.order_by().values_list("to", flat=True).distinct()
    context = {"to": to, "mails": mails[:SHOWN], "people": sorted(people), "here": "mailbox"}
    return render(request, "sandbox/mailbox.html", context)


def mailbox_json(request: HttpRequest) -> HttpResponse:
    """GET /mailbox.json?to=: the same for programs."""
    to = request.GET.get("to", "").strip().lower()
    mails = Mail.objects.filter(to=to) if to else Mail.objects.all()
    return JsonResponse([mail_body(mail) for mail in mails[:SHOWN]], safe=False)


def mail(request: HttpRequest, number: int) -> HttpResponse:
    """GET /mailbox/{id}: one mail; its HTML is shown in a frame that may run nothing."""
    found = Mail.objects.filter(pk=number).first()
    if found is None:
        raise Http404
    page = render(request, "sandbox/mail.html", {"mail": found, "here": "mailbox"})
    page.headers["Content-Security-Policy"] = MAIL_POLICY
    return page


def mail_body(mail: Mail) -> dict[str, object]:
    """A mail as JSON."""
    return {
        "id": mail.pk,
        "to": mail.to,
        "sender": mail.sender,
        "subject": mail.subject,
        "text": mail.text,
        "html": mail.html,
        "links": mail.links,
        "received_at": iso_milliseconds(mail.received_at),
    }
