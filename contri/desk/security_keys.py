"""Security keys and passkeys as the second step: a touch instead of a code. They come on top of an authenticator app.

What a key signs names the site that asked, so that a page which only looks like the desk gets nothing of use.
"""

from typing import Any

from allauth.core.context import request_context
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.forms import AddWebAuthnForm, AuthenticateWebAuthnForm
from allauth.mfa.webauthn.internal import auth
from django.contrib import admin, messages
from django.contrib.auth.views import redirect_to_login
from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.http import require_POST

from accounts.models import User
from contri.core import audit
from contri.desk.second_step import let_in, signed_in_staff, where_to_next


class _SaysNoToNonsense:
    """Allauth checks what a key signed, but takes for granted that it was a browser which wrote it down."""

    def full_clean(self) -> None:
        """As before; what is no answer of a key at all is a wrong one."""
        try:
            super().full_clean()  # type: ignore[misc]
        except (AttributeError, KeyError, TypeError, ValueError):
            self.add_error("credential", "That is no answer of a security key.")  # type: ignore[attr-defined]


class AddKeyForm(_SaysNoToNonsense, AddWebAuthnForm):  # type: ignore[misc]
    """A new key, and what its owner calls it."""


class UseKeyForm(_SaysNoToNonsense, AuthenticateWebAuthnForm):  # type: ignore[misc]
    """What a key signed."""


def keys_of(user: User) -> "QuerySet[Any]":
    """The keys that somebody registered."""
    keys: QuerySet[Any] = Authenticator.objects.filter(user_id=user.pk, type=Authenticator.Type.WEBAUTHN)
    return keys.order_by("pk")


def question_for(user: User) -> dict[str, Any] | None:
    """What their browser asks a key to sign; None for whoever has no key. Good for one answer in this session."""
    return auth.begin_authentication(user) if keys_of(user).exists() else None


@never_cache
@csrf_protect
@require_POST
def use_key(request: HttpRequest) -> HttpResponse:
    """Let in whose key has signed the question."""
    user = signed_in_staff(request)
    if user is None:
        return redirect_to_login(where_to_next(request), reverse("admin:login"))
    form = UseKeyForm(request.POST, user=user)
    if form.is_valid():
        let_in(request, form.cleaned_data["credential"])
        return redirect(where_to_next(request))
    messages.error(request, "That key did not answer. Try again, or give a code.")
    return redirect_to_login(where_to_next(request), reverse("admin:second_factor"))


def show_keys(request: HttpRequest) -> HttpResponse:
    """One's own keys, and adding one. Behind the door, like every other page."""
    with request_context(request):
        return _keys_page(request, _insider(request))


def _keys_page(request: HttpRequest, user: User) -> HttpResponse:
    form = AddKeyForm(request.POST or None, user=user)
    if form.is_valid():
        _keep(user, form.cleaned_data["name"], form.cleaned_data["credential"])
        messages.success(request, "From now on this key opens the desk, too.")
        return redirect("admin:security_keys")
    context = admin.site.each_context(request) | {
        "title": "Security keys",
        "keys": [(key, key.wrap().name) for key in keys_of(user)],
        "question": auth.begin_registration(user, False),
        "failed": form.is_bound,
    }
    return TemplateResponse(request, "admin/desk/security_keys.html", context)


@require_POST
def remove_key(request: HttpRequest, key_id: int) -> HttpResponse:
    """Take one's own key away. Whoever came in with it is asked for a code with the next click."""
    user = _insider(request)
    with transaction.atomic():
        taken, _ = keys_of(user).filter(pk=key_id).delete()
        if not taken:
            raise Http404
        audit.record(user, user, "took a security key away")
    messages.success(request, "The key opens nothing any more.")
    return redirect("admin:security_keys")


@transaction.atomic
def _keep(user: User, name: str, credential: dict[str, Any]) -> None:
    auth.WebAuthn.add(user, name[:60], credential)
    audit.record(user, user, "added a security key")


def _insider(request: HttpRequest) -> User:
    user = signed_in_staff(request)
    if user is None:
        raise Http404
    return user
