"""The first step of signing in: address and password, with a limit on guessing and a lock-out."""

from typing import Any

from django import forms
from django.contrib.admin.forms import AdminAuthenticationForm
from django.http import HttpRequest
from django.utils import timezone

from contri.core.api.limits import LimitsUnavailableError, limited
from contri.core.errors import DomainError, RateLimitedError
from contri.desk.lock_out import forget_tries, spend_try


class StaffLogInForm(AdminAuthenticationForm):
    """Ten tries a minute from one address, five for one account; none while nobody can count them."""

    def clean(self) -> dict[str, Any]:
        """Count first, then let Django look at the password."""
        if self.request is None:
            return super().clean()
        try:
            self._count(self.request)
            spend_try(subject=self._subject(), at=timezone.now())
        except (RateLimitedError, LimitsUnavailableError) as refusal:
            raise forms.ValidationError(said(refusal)) from refusal
        cleaned = super().clean()
        forget_tries(subject=self._subject())
        return cleaned

    @limited("staff-login", "10/m", by="address")
    def _count(self, request: HttpRequest) -> None:
        """Being called is what counts."""

    def _subject(self) -> str:
        return f"password:{self.cleaned_data.get('username', '').strip().lower()}"


def said(refusal: DomainError) -> str:
    """A refusal in the words of a form."""
    minutes = max(1, (refusal.retry_after or 60) // 60)
    return f"{refusal.title}. Try again in {minutes} minute{'s' if minutes > 1 else ''}."
