"""Where Google and Apple publish their keys, and a page that signs somebody in without either."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone

from contri.sandbox.doors import by_method, provider_call
from contri.sandbox.identity.keys import published_keys
from contri.sandbox.identity.tokens import issue_token

KEPT_SECONDS = 300


@provider_call("google.keys")
def google_keys(request: HttpRequest) -> HttpResponse:
    """GET /google/oauth2/v3/certs."""
    return _keys()


@provider_call("apple.keys")
def apple_keys(request: HttpRequest) -> HttpResponse:
    """GET /apple/auth/keys."""
    return _keys()


def show(request: HttpRequest, token: str = "", complaint: str = "") -> HttpResponse:
    """GET /identity: a form that gives a token to sign in with."""
    context = {"here": "identity", "token": token, "complaint": complaint}
    return render(request, "sandbox/identity.html", context, status=400 if complaint else 200)


def sign(request: HttpRequest) -> HttpResponse:
    """POST /identity: the form above."""
    try:
        token = issue_token(
            provider=request.POST.get("provider", ""),
            email=request.POST.get("email", "").strip(),
            nonce=request.POST.get("nonce", "").strip(),
            at=timezone.now(),
        )
    except ValueError as error:
        return show(request, complaint=str(error))
    return show(request, token=token)


def _keys() -> JsonResponse:
    return JsonResponse(published_keys(), headers={"Cache-Control": f"public, max-age={KEPT_SECONDS}"})


identity = by_method(GET=show, POST=sign)
