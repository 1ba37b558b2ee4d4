"""How staff sign in to the admin: Django's form, with a limit on guessing."""

from typing import Any

from django import forms
from django.contrib.admin.forms import AdminAuthenticationForm
from django.http import HttpRequest

from contri.core.api.limits import LimitsUnavailableError, limited
from contri.core.errors import RateLimitedError


class StaffLogInForm(AdminAuthenticationForm):
    """Ten tries a minute from one address; none while nobody can count them."""

    def clean(self) -> dict[str, Any]:
        """Count first, then let Django look at the password."""
        if self.request is not None:
            try:
                self._count(self.request)
            except (RateLimitedError, LimitsUnavailableError) as refusal:
                raise forms.ValidationError(f"{refusal.title}. Try again in a minute.") from refusal
        return super().clean()

    @limited("staff-login", "10/m", by="address")
    def _count(self, request: HttpRequest) -> None:
        """Being called is what counts."""
