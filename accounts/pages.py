"""The pages that mails link to, for people who open them in a browser.

Looking changes nothing: mail programs open links by themselves. A press of the button does.
"""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.cache import never_cache

from accounts import services
from accounts.errors import InvalidCredentialsError
from accounts.passwords import LONGEST_PASSWORD
from contri.core.api.limits import limited
from contri.core.errors import DomainError

LONGEST_KEY = 2000


@method_decorator(never_cache, name="dispatch")
class MailedKeyPage(View):
    """A page for one mailed key. It is kept out of caches and, by Referrer-Policy, out of other sites' logs."""

    template: str

    def get(self, request: HttpRequest) -> HttpResponse:
        """Ask."""
        return self._page(request, key=request.GET.get("key", "")[:LONGEST_KEY])

    def post(self, request: HttpRequest) -> HttpResponse:
        """Do it, or say why not."""
        key = request.POST.get("key", "")[:LONGEST_KEY]
        try:
            self._use_counted(request, key)
        except DomainError as refusal:
            return self._page(request, key=key, refusal=refusal.detail, status=400)
        return self._page(request, is_done=True)

    def use(self, request: HttpRequest, key: str) -> None:
        """What the key is for. Subclasses make the one service call here."""
        raise AssertionError("a page says what its key is for")

    @limited("mailed-key-page", "60/m", by="address")
    def _use_counted(self, request: HttpRequest, key: str) -> None:
        self.use(request, key)

    def _page(self, request: HttpRequest, *, status: int = 200, **context: Any) -> HttpResponse:
        return render(request, self.template, context, status=status)


class VerifyEmailPage(MailedKeyPage):
    """`/verify-email?key=…`."""

    template = "account/verify_email.html"

    def use(self, request: HttpRequest, key: str) -> None:
        """Verify the address."""
        services.verify_email(key=key, at=timezone.now())


class ResetPasswordPage(MailedKeyPage):
    """`/reset-password?key=…`."""

    template = "account/reset_password.html"

    def use(self, request: HttpRequest, key: str) -> None:
        """Set the password that was typed."""
        password = request.POST.get("password", "")[: LONGEST_PASSWORD + 1]
        services.reset_password(key=key, password=password, at=timezone.now())


@method_decorator(never_cache, name="dispatch")
class CloseAccountPage(View):
    """`/close-account`: for people who have no app any more. The app stores require such a page."""

    template = "account/close_account.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        """Say what goes and what stays, and ask who is asking; whoever comes by the mailed link has said so."""
        return render(request, self.template, {"key": request.GET.get("key", "")[:LONGEST_KEY]})

    def post(self, request: HttpRequest) -> HttpResponse:
        """Do it, or mail a link that does it, or say why not."""
        sent = {name: request.POST.get(name, "") for name in ("email", "password", "key")}
        email, key = sent["email"].strip().lower()[:254], sent["key"][:LONGEST_KEY]
        try:
            done = self._answer(request, email, sent["password"][: LONGEST_PASSWORD + 1], key)
        except DomainError as refusal:
            told = {"email": email, "key": key, "refusal": refusal.detail}
            return render(request, self.template, told, status=400)
        return render(request, self.template, {done: True})

    @limited("login-address", "28/m", by="address")
    def _answer(self, request: HttpRequest, email: str, password: str, key: str) -> str:
        if key:
            services.close_account_with_key(key=key, at=timezone.now())
        elif "\x00" in email:
            raise InvalidCredentialsError
        elif password:
            self._close(request, email, password)
        else:
            self._mail(request, email)
            return "is_mailed"
        return "is_done"

    @limited("login-email", "10/m", by="body:email")
    def _close(self, request: HttpRequest, email: str, password: str) -> None:
        services.close_account_of(email=email, password=password, at=timezone.now())

    @limited("close-mail", "5/h", by="body:email")
    def _mail(self, request: HttpRequest, email: str) -> None:
        services.request_closing(email=email)
