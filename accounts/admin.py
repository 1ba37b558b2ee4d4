"""People, their devices and their proofs of identity, as staff see them."""

from typing import TYPE_CHECKING, Any

from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from accounts import services
from accounts.models import IdentityCheck, Session, TierRule, User
from accounts.staff_login import StaffLogInForm
from accounts.tiers import TierLimits
from contri.core.admin import ReadOnlyAdmin, ReasonedActionForm, act_on_each
from contri.core.moments import lagos_day

if TYPE_CHECKING:
    # Generic in its stubs only.
    _ModelForm = forms.ModelForm[TierRule]
else:
    _ModelForm = forms.ModelForm

# Allauth offers its rows for editing; here an address is verified by its owner's key, or vouched for with a reason.
admin.site.unregister(EmailAddress)
# Nor are its social accounts edited; its tables of apps and tokens stay empty.
admin.site.unregister([SocialAccount, SocialApp, SocialToken])

admin.site.login_form = StaffLogInForm


def _staff(request: HttpRequest) -> User:
    """Whoever is signed in to the admin."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user


@admin.register(User)
class UserAdmin(ReadOnlyAdmin[User]):
    """Accounts. What may be done to one is an action with a reason; nothing is edited."""

    list_display = ["email", "display_name", "role", "kyc_status", "kyc_tier", "is_verified", "is_active", "created_at"]
    list_filter = ["kyc_status", "kyc_tier", "is_active", "role"]
    search_fields = ["=email", "=phone_number", "=id", "=referral_code"]
    ordering = ("-created_at", "-id")
    fields = (
        "id",
        "email",
        "first_name",
        "last_name",
        "phone_number",
        "role",
        "kyc_status",
        "kyc_tier",
        "email_verified_at",
        "referral_code",
        "referred_by",
        "created_at",
        "last_login",
        "is_active",
        "banned_at",
        "erased_at",
        "groups",
    )
    action_form = ReasonedActionForm
    actions = ["ban", "lift_ban", "vouch_for_address", "grant_tier_3"]

    @admin.action(description="Ban", permissions=["ban"])
    def ban(self, request: HttpRequest, people: QuerySet[User]) -> None:
        """Shut them out, now and everywhere."""
        actor, at = _staff(request), timezone.now()
        act_on_each(
            request,
            people,
            lambda user, reason: services.ban_user(actor=actor, user_id=user.pk, reason=reason, at=at),
        )

    @admin.action(description="Lift the ban", permissions=["ban"])
    def lift_ban(self, request: HttpRequest, people: QuerySet[User]) -> None:
        """Let them in again."""
        actor = _staff(request)
        act_on_each(
            request, people, lambda user, reason: services.unban_user(actor=actor, user_id=user.pk, reason=reason)
        )

    @admin.action(description="Take the address as verified", permissions=["vouch_for_address"])
    def vouch_for_address(self, request: HttpRequest, people: QuerySet[User]) -> None:
        """On staff's word."""
        actor, at = _staff(request), timezone.now()
        act_on_each(
            request,
            people,
            lambda user, reason: services.vouch_for_address(actor=actor, user_id=user.pk, reason=reason, at=at),
        )

    @admin.action(description="Put at tier 3", permissions=["grant_tier_3"])
    def grant_tier_3(self, request: HttpRequest, people: QuerySet[User]) -> None:
        """After a review on top of both numbers."""
        actor = _staff(request)
        act_on_each(
            request, people, lambda user, reason: services.grant_tier_3(actor=actor, user_id=user.pk, reason=reason)
        )

    def has_ban_permission(self, request: HttpRequest) -> bool:
        """Who may ban."""
        return request.user.has_perm("accounts.ban_user")

    def has_vouch_for_address_permission(self, request: HttpRequest) -> bool:
        """Who may vouch for addresses."""
        return request.user.has_perm("accounts.vouch_for_address")

    def has_grant_tier_3_permission(self, request: HttpRequest) -> bool:
        """Who may put people at tier 3."""
        return request.user.has_perm("accounts.grant_tier_3")


@admin.register(IdentityCheck)
class IdentityCheckAdmin(ReadOnlyAdmin[IdentityCheck]):
    """The KYC queue: filter by status "review". The numbers themselves are shown to nobody."""

    list_display = ["created_at", "user", "id_type", "status", "result_code", "result_text", "state", "last_error"]
    list_filter = ["status", "state", "id_type"]
    list_select_related = ["user"]
    search_fields = ["=user__email", "=job_id"]
    date_hierarchy = "created_at"
    exclude = ["number", "number_hash", "details"]
    action_form = ReasonedActionForm
    actions = ["approve", "reject", "try_again"]

    @admin.action(description="Approve", permissions=["review"])
    def approve(self, request: HttpRequest, checks: QuerySet[IdentityCheck]) -> None:
        """The number is theirs."""
        self._review(request, checks, is_approved=True)

    @admin.action(description="Reject", permissions=["review"])
    def reject(self, request: HttpRequest, checks: QuerySet[IdentityCheck]) -> None:
        """It is not, or nobody can tell."""
        self._review(request, checks, is_approved=False)

    @admin.action(description="Try again at the provider", permissions=["review"])
    def try_again(self, request: HttpRequest, checks: QuerySet[IdentityCheck]) -> None:
        """For checks that the worker gave up."""
        actor, at = _staff(request), timezone.now()
        act_on_each(
            request,
            checks,
            lambda check, reason: services.retry_identity_check(actor=actor, check_id=check.pk, reason=reason, at=at),
        )

    def has_review_permission(self, request: HttpRequest) -> bool:
        """Who may decide."""
        return request.user.has_perm("accounts.review_identity_check")

    def _review(self, request: HttpRequest, checks: QuerySet[IdentityCheck], *, is_approved: bool) -> None:
        actor, at = _staff(request), timezone.now()
        act_on_each(
            request,
            checks,
            lambda check, reason: services.review_identity_check(
                actor=actor, check_id=check.pk, is_approved=is_approved, reason=reason, at=at
            ),
        )


@admin.register(Session)
class SessionAdmin(ReadOnlyAdmin[Session]):
    """Devices that are or were signed in."""

    list_display = ["created_at", "user", "user_agent", "address", "last_used_at", "ended_at", "end_reason"]
    list_filter = ["end_reason"]
    list_select_related = ["user"]
    search_fields = ["=user__email", "=address"]
    date_hierarchy = "created_at"


@admin.register(SocialAccount)
class SocialAccountAdmin(ReadOnlyAdmin[SocialAccount]):
    """Google and Apple accounts that sign people in."""

    list_display = ["date_joined", "user", "provider", "last_login"]
    list_filter = ["provider"]
    list_select_related = ["user"]
    search_fields = ["=user__email", "=uid"]


class TierRuleForm(_ModelForm):
    """New limits, from a coming day on. Kobo; empty is no limit."""

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
    """What each tier may do and from when on. Rules are added, never changed."""

    list_display = ["tier", "effective_from", "deposit_kobo", "balance_kobo", "daily_outflow_kobo", "can_withdraw"]
    list_filter = ["tier"]
    form = TierRuleForm

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Who may announce new limits."""
        return request.user.has_perm("accounts.add_tierrule")

    def save_model(self, request: HttpRequest, obj: TierRule, form: Any, change: bool) -> None:
        """Through the verb; `obj` becomes what it wrote."""
        limits = TierLimits(obj.deposit_kobo, obj.balance_kobo, obj.daily_outflow_kobo, obj.can_withdraw)
        rule = services.announce_limits(
            actor=_staff(request), tier=obj.tier, effective_from=obj.effective_from, limits=limits, at=timezone.now()
        )
        obj.pk = rule.pk
