"""People, their devices and their proofs of identity, as staff see them."""

from typing import TYPE_CHECKING, Any, ClassVar
from uuid import UUID

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils import timezone

from accounts import services
from accounts.errors import UserNotFoundError
from accounts.models import IdentityCheck, Session, TierRule, User
from accounts.tiers import TierLimits
from contri.core.admin import ReadOnlyAdmin, ReasonedActionForm, act_on_each
from contri.core.masking import masked_email, masked_phone
from contri.core.moments import lagos_day

if TYPE_CHECKING:
    # Generic in its stubs only.
    _ModelForm = forms.ModelForm[TierRule]
else:
    _ModelForm = forms.ModelForm

# Allauth offers its rows for editing; here an address is verified by its owner's key, or vouched for with a reason;
# and a second factor is set up by its owner, or taken away with a reason.
admin.site.unregister(EmailAddress)
# Nor are its social accounts edited; its tables of apps and tokens stay empty.
admin.site.unregister([SocialAccount, SocialApp, SocialToken])
admin.site.unregister(Authenticator)


def _staff(request: HttpRequest) -> User:
    """Whoever is signed in to the admin."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user


class StaffActionForm(ReasonedActionForm):
    """The line above the list of people: which action, why, and the group where one is appointed."""

    group = forms.ChoiceField(
        required=False, label="Group", choices=[("", "—"), *((group, group) for group in services.ROLE_OF_GROUP)]
    )


@admin.register(User)
class UserAdmin(ReadOnlyAdmin[User]):
    """Accounts. What may be done to one is an action with a reason; nothing is edited."""

    list_display = [
        "display_name",
        "masked",
        "role",
        "kyc_status",
        "kyc_tier",
        "is_verified",
        "is_active",
        "created_at",
    ]
    list_filter = ["kyc_status", "kyc_tier", "is_active", "role"]
    search_fields = ["=email", "=phone_number", "=id", "=referral_code"]
    # Keys are ordered by time.
    ordering = ("-id",)
    fields = (
        "id",
        "display_name",
        "masked",
        "masked_number",
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
    readonly_fields = ("display_name", "masked", "masked_number")
    unmasked: ClassVar[dict[str, str]] = {"masked": "email", "masked_number": "phone_number"}
    action_form = StaffActionForm
    actions = [
        "ban",
        "lift_ban",
        "vouch_for_address",
        "grant_tier_3",
        "appoint",
        "dismiss",
        "reset_second_factor",
    ]

    @admin.display(description="email", ordering="email")
    def masked(self, user: User) -> str:
        """As much as it takes to tell two people apart."""
        return masked_email(user.email)

    @admin.display(description="phone")
    def masked_number(self, user: User) -> str:
        """The same for the telephone."""
        return masked_phone(user.phone_number)

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

    @admin.action(description="Appoint to staff (choose the group)", permissions=["manage_staff"])
    def appoint(self, request: HttpRequest, people: QuerySet[User]) -> None:
        """Into one group and no other."""
        actor, group = _staff(request), request.POST.get("group", "")
        act_on_each(
            request,
            people,
            lambda user, reason: services.appoint_staff(actor=actor, user_id=user.pk, group=group, reason=reason),
        )

    @admin.action(description="Dismiss from staff", permissions=["manage_staff"])
    def dismiss(self, request: HttpRequest, people: QuerySet[User]) -> None:
        """Back to what every member may do."""
        actor = _staff(request)
        act_on_each(
            request, people, lambda user, reason: services.dismiss_staff(actor=actor, user_id=user.pk, reason=reason)
        )

    @admin.action(description="Take the second factor away (lost telephone)", permissions=["manage_staff"])
    def reset_second_factor(self, request: HttpRequest, people: QuerySet[User]) -> None:
        """They set up a new one when they next sign in."""
        actor = _staff(request)
        act_on_each(
            request,
            people,
            lambda user, reason: services.reset_second_factor(actor=actor, user_id=user.pk, reason=reason),
        )

    def has_manage_staff_permission(self, request: HttpRequest) -> bool:
        """Who may appoint and dismiss."""
        return request.user.has_perm("accounts.manage_staff")

    def get_urls(self) -> list[URLPattern]:
        """Django's own, and the page that reveals."""
        reveal = path("<uuid:user_id>/reveal/", self.admin_site.admin_view(self.reveal), name="accounts_user_reveal")
        return [reveal, *super().get_urls()]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """One person, and the way to what is masked."""
        tools = []
        if request.user.has_perm("accounts.reveal_person"):
            tools = [("Reveal personal data", reverse("admin:accounts_user_reveal", args=[object_id]))]
        return super().change_view(request, object_id, form_url, {"tools": tools} | (extra_context or {}))

    def reveal(self, request: HttpRequest, user_id: UUID) -> HttpResponse:
        """Ask why; then show what is masked, once."""
        if not request.user.has_perm("accounts.reveal_person"):
            raise PermissionDenied
        context = {**self.admin_site.each_context(request), "title": "Personal data", "opts": self.opts}
        if reason := request.POST.get("reason", "").strip():
            try:
                context["person"] = services.reveal_person(actor=_staff(request), user_id=user_id, reason=reason)
            except UserNotFoundError:
                raise Http404 from None
        return render(request, "admin/desk/reveal.html", context)

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
    list_filter = ["status", "state", "id_type", "created_at"]
    list_select_related = ["user"]
    search_fields = ["=user__email", "=job_id"]
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
    list_filter = ["end_reason", "created_at"]
    list_select_related = ["user"]
    search_fields = ["=user__email", "=address"]


@admin.register(SocialAccount)
class SocialAccountAdmin(ReadOnlyAdmin[SocialAccount]):
    """Google and Apple accounts that sign people in."""

    list_display = ["date_joined", "user", "provider", "last_login"]
    # What the provider said of them: their address and name.
    exclude = ["extra_data"]
    list_filter = ["provider"]
    list_select_related = ["user"]
    search_fields = ["=user__email", "=uid"]


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
            actor=_staff(request),
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
