"""What each tier may do, and asking for new limits."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from accounts import services
from accounts.admin.acting import acting_user
from accounts.models import TierRule
from accounts.tiers import TierLimits
from contri.core.admin import ReadOnlyAdmin
from contri.core.moments import lagos_day

if TYPE_CHECKING:
    # Generic in its stubs only.
    _ModelForm = forms.ModelForm[TierRule]
else:
    _ModelForm = forms.ModelForm


class TierRuleForm(_ModelForm):
    """New limits, from a coming day on. Kobo; empty is no limit."""

    reason = forms.CharField(max_length=300, help_text="Kept in the audit trail; whoever approves reads it.")

    class Meta:
        model = TierRule
        fields = ["tier", "effective_from", "deposit_kobo", "balance_kobo", "daily_outflow_kobo", "can_withdraw"]

    def clean_effective_from(self) -> Any:
        """Not today and not before: said here in the form's words, held by the verb."""
        day = self.cleaned_data["effective_from"]
        if day <= lagos_day(timezone.now()):
            raise forms.ValidationError("New limits hold from tomorrow at the earliest.")
        return day


@admin.register(TierRule)
class TierRuleAdmin(ReadOnlyAdmin[TierRule]):
    """What each tier may do and from when on. Adding a rule is asking for it: somebody else approves."""

    list_display = ["tier", "effective_from", "deposit_kobo", "balance_kobo", "daily_outflow_kobo", "can_withdraw"]
    list_filter = ["tier"]
    form = TierRuleForm

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Who may ask for new limits."""
        return request.user.has_perm("accounts.ask_tierrule")

    def save_model(self, request: HttpRequest, obj: TierRule, form: Any, change: bool) -> None:
        """Ask; nothing is saved here."""
        services.ask_limits(
            actor=acting_user(request),
            tier=obj.tier,
            effective_from=obj.effective_from,
            limits=TierLimits(obj.deposit_kobo, obj.balance_kobo, obj.daily_outflow_kobo, obj.can_withdraw),
            reason=form.cleaned_data["reason"],
            at=timezone.now(),
        )

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        """Nothing was added, and the verb has put on record what was asked."""

    def response_add(self, request: HttpRequest, obj: TierRule, post_url_continue: str | None = None) -> HttpResponse:
        """To where it waits."""
        messages.success(request, "Asked for. Somebody else has to approve it.")
        return redirect("admin:core_staffrequest_changelist")
