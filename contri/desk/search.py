"""One box for all that a customer may read out: a reference, a number, an address, an invite code, an id."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeVar
from uuid import UUID

from django.contrib import admin
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse

from accounts.models import User
from accounts.phones import e164
from circles.models import Circle
from contri.core.masking import masked_email
from wallets.models import SuspenseItem, Transaction
from webhooks.models import InboundEvent

MOST = 20
M = TypeVar("M", bound=Model)


@dataclass(frozen=True, slots=True)
class Found:
    """One thing that fits what was typed."""

    kind: str
    text: str
    url: str


def search_page(request: HttpRequest) -> HttpResponse:
    """What fits; the only thing that does is opened at once."""
    # No text in PostgreSQL holds a NUL, so nothing fits one.
    asked = request.GET.get("q", "").strip().replace("\x00", "")
    found = [one for permission, look in SOURCES if request.user.has_perm(permission) for one in look(asked)]
    if len(found) == 1:
        return redirect(found[0].url)
    context = admin.site.each_context(request) | {"title": "Search", "asked": asked, "found": found}
    return TemplateResponse(request, "admin/desk/search.html", context)


def _people(asked: str) -> Iterator[Found]:
    fits = Q(email=asked.lower()) | Q(referral_code=asked.upper()) | _by_id(asked)
    if number := _as_phone(asked):
        fits |= Q(phone_number=number)
    for user in _few(User.objects.filter(fits)):
        yield Found("User", f"{user.display_name}, {masked_email(user.email)}", _page("accounts_user_change", user.pk))


def _circles(asked: str) -> Iterator[Found]:
    for circle in _few(Circle.objects.filter(Q(invite_code=asked.upper()) | Q(invite_code=asked) | _by_id(asked))):
        yield Found("Circle", f"{circle.name}, {circle.status}", _page("circles_circle_change", circle.pk))


def _money(asked: str) -> Iterator[Found]:
    fits = Q(reference=asked) | _by_id(asked)
    if key := _as_id(asked):
        fits |= Q(journal_id=key)
    for line in _few(Transaction.objects.filter(fits).select_related("wallet__user")):
        text = f"{line.type}, {line.direction}, {line.status}, {line.wallet.user.display_name}"
        yield Found("Money", text, _page("money_trail", line.pk))


def _suspense(asked: str) -> Iterator[Found]:
    for item in _few(SuspenseItem.objects.filter(reference=asked)):
        yield Found("In suspense", f"{item}, {item.status}", _page("wallets_suspenseitem_change", item.pk))


def _events(asked: str) -> Iterator[Found]:
    for event in _few(InboundEvent.objects.filter(Q(reference=asked) | _by_id(asked)).defer("sealed_body")):
        yield Found("Provider event", f"{event}, {event.state}", _page("webhooks_inboundevent_change", event.pk))


SOURCES: tuple[tuple[str, Callable[[str], Iterator[Found]]], ...] = (
    ("accounts.view_user", _people),
    ("circles.view_circle", _circles),
    ("wallets.view_transaction", _money),
    ("wallets.view_suspenseitem", _suspense),
    ("webhooks.view_inboundevent", _events),
)


def _few(rows: QuerySet[M]) -> QuerySet[M]:
    return rows[:MOST]


def _by_id(asked: str) -> Q:
    key = _as_id(asked)
    return Q(pk=key) if key else Q(pk__in=[])


def _as_id(asked: str) -> UUID | None:
    try:
        return UUID(asked)
    except ValueError:
        return None


def _as_phone(asked: str) -> str | None:
    try:
        return e164(asked)
    except ValueError:
        return None


def _page(name: str, pk: UUID) -> str:
    return reverse(f"admin:{name}", args=[pk])
