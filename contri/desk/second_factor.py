"""The second step of signing in: a code of an authenticator app, or a recovery code, or a key; and enrolling for it.

Whoever has no second factor yet enrols right after the password, before they see anything else. Once enrolled, only
somebody else of staff can take the second factor away (accounts.services.reset_second_factor).
"""

import base64
from typing import Any

from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.totp.internal.auth import TOTP, clear_totp_secret
from django import forms
from django.contrib import admin
from django.contrib.auth.views import redirect_to_login
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_protect

from accounts.models import User
from contri.core import audit
from contri.core.errors import RateLimitedError
from contri.desk.door import has_second_factor
from contri.desk.lock_out import forget_tries, spend_try
from contri.desk.second_step import let_in, signed_in_staff, where_to_next
from contri.desk.security_keys import question_for
from contri.desk.sign_in import said


class _CountsTries:
    """A form with a code that can be guessed at five times."""

    def clean_code(self) -> str:
        """Count first, then compare."""
        subject = f"code:{self.user.pk}"  # type: ignore[attr-defined]
        try:
            spend_try(subject=subject, at=timezone.now())
        except RateLimitedError as refusal:
            raise forms.ValidationError(said(refusal)) from refusal
        code: str = super().clean_code()  # type: ignore[misc]
        forget_tries(subject=subject)
        return code


class GiveCodeForm(_CountsTries, AuthenticateForm):  # type: ignore[misc]
    """A code of the authenticator app, or a recovery code."""


class EnrolForm(_CountsTries, ActivateTOTPForm):  # type: ignore[misc]
    """The first code of a new secret."""


@never_cache
@csrf_protect
def give_code(request: HttpRequest) -> HttpResponse:
    """Ask for a code, and let in who gives the right one."""
    user = signed_in_staff(request)
    if user is None:
        return redirect_to_login(request.get_full_path(), reverse("admin:login"))
    if has_second_factor(request):
        return redirect(where_to_next(request))
    if not is_enrolled(user):
        return redirect_to_login(where_to_next(request), reverse("admin:second_factor_enrol"))
    form = GiveCodeForm(request.POST or None, user=user)
    if form.is_valid():
        let_in(request, form.authenticator)
        return redirect(where_to_next(request))
    return _page(request, "second_factor", form=form, title="Second step", question=question_for(user))


@never_cache
@csrf_protect
def enrol(request: HttpRequest) -> HttpResponse:
    """Show a new secret; once a code of it is given, keep it and show the recovery codes."""
    user = signed_in_staff(request)
    if user is None or is_enrolled(user):
        return redirect_to_login(where_to_next(request), reverse("admin:second_factor"))
    form = EnrolForm(request.POST or None, user=user)
    if form.is_valid():
        codes = _keep_secret(request, user, form.secret)
        return _page(request, "recovery_codes", codes=codes, title="Recovery codes", onward=where_to_next(request))
    adapter = get_adapter()
    picture = adapter.build_totp_svg(adapter.build_totp_url(user, form.secret))
    return _page(
        request,
        "enrol",
        form=form,
        title="Set up your second step",
        secret=form.secret,
        picture=base64.b64encode(picture.encode()).decode(),
    )


def renew_codes(request: HttpRequest) -> HttpResponse:
    """New recovery codes in place of the old ones. Behind the door, like every other page."""
    user = signed_in_staff(request)
    if user is None or request.method != "POST":
        return _page(request, "renew_codes", title="New recovery codes")
    with transaction.atomic():
        Authenticator.objects.filter(user=user, type=Authenticator.Type.RECOVERY_CODES).delete()
        codes = RecoveryCodes.activate(user).get_unused_codes()
        audit.record(user, user, "took new recovery codes")
    return _page(request, "recovery_codes", codes=codes, title="Recovery codes", onward=reverse("admin:index"))


def is_enrolled(user: User) -> bool:
    """Whether they have a second factor; recovery codes alone are none."""
    others = Authenticator.objects.exclude(type=Authenticator.Type.RECOVERY_CODES)
    return bool(others.filter(user_id=user.pk).exists())


@transaction.atomic
def _keep_secret(request: HttpRequest, user: User, secret: str) -> list[str]:
    authenticator = TOTP.activate(user, secret).instance
    codes: list[str] = RecoveryCodes.activate(user).get_unused_codes()
    audit.record(user, user, "set up a second factor")
    clear_totp_secret(request)
    let_in(request, authenticator)
    return codes


def _page(request: HttpRequest, template: str, **context: Any) -> HttpResponse:
    shared = admin.site.each_context(request) | {"next": where_to_next(request)}
    return TemplateResponse(request, f"admin/desk/{template}.html", shared | context)
