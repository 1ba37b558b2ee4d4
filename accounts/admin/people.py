"""People: looked at masked, and acted upon with a reason."""

from typing import ClassVar

from django import forms
from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils import timezone

from accounts import services
from accounts.admin.acting import acting_user, staff_user
from accounts.models import User
from contri.core.admin import ReadOnlyAdmin, ReasonedActionForm, act_on_each
from contri.core.masking import masked_email, masked_phone


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
    concealed = ("first_name", "last_name", "email", "phone_number")
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
        actor, at = acting_user(request), timezone.now()
        act_on_each(
            request,
            people,
            lambda user, reason: services.ban_user(actor=actor, user_id=user.pk, reason=reason, at=at),
        )

    @admin.action(description="Lift the ban", permissions=["ban"])
    def lift_ban(self, request: HttpRequest, people: QuerySet[User]) -> None:
        """Let them in again."""
        actor = acting_user(request)
        act_on_each(
            request, people, lambda user, reason: services.unban_user(actor=actor, user_id=user.pk, reason=reason)
        )

    @admin.action(description="Take the address as verified", permissions=["vouch_for_address"])
    def vouch_for_address(self, request: HttpRequest, people: QuerySet[User]) -> None:
        """On staff's word."""
        actor, at = acting_user(request), timezone.now()
        act_on_each(
            request,
            people,
            lambda user, reason: services.vouch_for_address(actor=actor, user_id=user.pk, reason=reason, at=at),
        )

    @admin.action(description="Put at tier 3", permissions=["grant_tier_3"])
    def grant_tier_3(self, request: HttpRequest, people: QuerySet[User]) -> None:
        """After a review on top of both numbers."""
        actor = acting_user(request)
        act_on_each(
            request, people, lambda user, reason: services.grant_tier_3(actor=actor, user_id=user.pk, reason=reason)
        )

    @admin.action(description="Appoint to staff (choose the group)", permissions=["manage_staff"])
    def appoint(self, request: HttpRequest, people: QuerySet[User]) -> None:
        """Into one group and no other."""
        actor, group = acting_user(request), request.POST.get("group", "")
        act_on_each(
            request,
            people,
            lambda user, reason: services.appoint_staff(actor=actor, user_id=user.pk, group=group, reason=reason),
        )

    @admin.action(description="Dismiss from staff", permissions=["manage_staff"])
    def dismiss(self, request: HttpRequest, people: QuerySet[User]) -> None:
        """Back to what every member may do."""
        actor = acting_user(request)
        act_on_each(
            request, people, lambda user, reason: services.dismiss_staff(actor=actor, user_id=user.pk, reason=reason)
        )

    @admin.action(description="Take the second factor away (lost telephone)", permissions=["manage_staff"])
    def reset_second_factor(self, request: HttpRequest, people: QuerySet[User]) -> None:
        """They set up a new one when they next sign in."""
        actor = acting_user(request)
        act_on_each(
            request,
            people,
            lambda user, reason: services.reset_second_factor(actor=actor, user_id=user.pk, reason=reason),
        )

    def has_manage_staff_permission(self, request: HttpRequest) -> bool:
        """Who may appoint and dismiss."""
        return request.user.has_perm("accounts.manage_staff")

    def disclose(self, *, actor: Model, row: User, reason: str) -> list[tuple[str, str]]:
        """Who they are."""
        person = services.reveal_person(actor=staff_user(actor), user_id=row.pk, reason=reason)
        return [
            ("Name", f"{person.first_name} {person.last_name}".strip()),
            ("Email", person.email),
            ("Phone", person.phone_number),
        ]

    def has_ban_permission(self, request: HttpRequest) -> bool:
        """Who may ban."""
        return request.user.has_perm("accounts.ban_user")

    def has_vouch_for_address_permission(self, request: HttpRequest) -> bool:
        """Who may vouch for addresses."""
        return request.user.has_perm("accounts.vouch_for_address")

    def has_grant_tier_3_permission(self, request: HttpRequest) -> bool:
        """Who may put people at tier 3."""
        return request.user.has_perm("accounts.grant_tier_3")
