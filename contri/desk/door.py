"""The door of the staff desk. Every request under /admin passes it, whatever view it is for.

From an address that is let in; signed in not too long ago and not idle; with a second factor used in this session.
"""

import time
from collections.abc import Callable
from ipaddress import ip_address, ip_network

from allauth.account.authentication import get_authentication_records
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponseNotFound
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone

from contri.core.client_address import client_address
from contri.core.moments import LAGOS

SEEN_AT = "desk_seen_at"
# Seconds. A session's row is not written with every click.
SEEN_STEP = 30


class StaffDoorMiddleware:
    """Stands before every page of the admin. Needs sessions, users and messages: goes after those."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not request.path.startswith(reverse("admin:index")):
            return self._get_response(request)
        if not is_let_in(client_address(request)):
            return HttpResponseNotFound("Not found")
        # A customer on the telephone tells the time in Lagos; so does every page here.
        with timezone.override(LAGOS):
            return _turned_away(request) or self._get_response(request)


def is_let_in(address: str) -> bool:
    """Whether the desk may be seen from there. Without a list it may be seen from everywhere."""
    if not settings.STAFF_NETWORKS:
        return True
    try:
        caller = ip_address(address)
    except ValueError:
        # Behind a proxy that says nothing usable, or a socket: nobody knows where that is.
        return False
    return any(caller in ip_network(network) for network in settings.STAFF_NETWORKS)


def has_second_factor(request: HttpRequest) -> bool:
    """Whether this session used a second factor that its owner still has. Asked of the database in every request."""
    known = request.__dict__
    if "has_second_factor" not in known:
        used = _second_factor_of(request)
        factors = Authenticator.objects.filter(user_id=request.user.pk)
        known["has_second_factor"] = used is not None and factors.filter(pk=used["id"]).exists()
    return bool(known["has_second_factor"])


def _second_factor_of(request: HttpRequest) -> dict[str, int | float] | None:
    records = get_authentication_records(request, request.user)
    return next((record for record in reversed(records) if record["method"] == "mfa"), None)


def _turned_away(request: HttpRequest) -> HttpResponseBase | None:
    """Where to go instead; None for whoever may come in. Strangers are left to the admin, which asks who they are."""
    if not request.user.is_authenticated:
        return None
    if why := _has_expired(request):
        logout(request)
        messages.info(request, why)
        return redirect_to_login(request.get_full_path(), reverse("admin:login"))
    if request.path not in _on_the_way() and not has_second_factor(request):
        return redirect_to_login(request.get_full_path(), reverse("admin:second_factor"))
    return None


def _on_the_way() -> set[str]:
    names = ("login", "logout", "second_factor", "second_factor_enrol", "second_factor_key")
    return {reverse(f"admin:{name}") for name in names}


def _has_expired(request: HttpRequest) -> str:
    """Why this session is over, "" while it is not; notes that it is in use."""
    now = time.time()
    used = _second_factor_of(request)
    if used is not None and now - used["at"] > settings.STAFF_SESSION.total_seconds():
        return "Your day at the desk is over. Sign in again."
    seen_at = request.session.get(SEEN_AT, now)
    if now - seen_at > settings.STAFF_IDLE.total_seconds():
        return "You were away for a while. Sign in again."
    if SEEN_AT not in request.session or now - seen_at > SEEN_STEP:
        request.session[SEEN_AT] = now
    return ""
