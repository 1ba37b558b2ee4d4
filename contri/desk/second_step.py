"""What both kinds of a second step have in common: who asks, letting them in, and where they were going."""

from allauth.mfa.base.internal.flows import post_authentication
from allauth.mfa.models import Authenticator
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from accounts.models import User
from contri.core import audit


def signed_in_staff(request: HttpRequest) -> User | None:
    """Whoever of staff has given their password in this session."""
    user = request.user
    return None if isinstance(user, AnonymousUser) or not user.is_staff else user


def let_in(request: HttpRequest, authenticator: Authenticator) -> None:
    """The session is another one from here on: whoever knew its key before has nothing of it."""
    request.session.cycle_key()
    post_authentication(request, authenticator)
    audit.record(authenticator.user, authenticator.user, f"signed in to the desk with {authenticator.type}")


def where_to_next(request: HttpRequest) -> str:
    """The page of ours that somebody was on their way to."""
    wanted = request.POST.get(REDIRECT_FIELD_NAME) or request.GET.get(REDIRECT_FIELD_NAME, "")
    is_ours = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if is_ours else reverse("admin:index")
