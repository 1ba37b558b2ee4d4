"""People: looked at masked, and acted upon with a reason."""

from typing import ClassVar

from django import forms
from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest

from accounts import services
from accounts.admin.acting import staff_user
from accounts.models import User
from contri.core.admin import ReasonedActionForm
from contri.core.admin_verbs import ActingAdmin, Given, StaffVerb, moment
from contri.core.masking import masked_email, masked_phone


class StaffActionForm(ReasonedActionForm):
    """The line above the list of people: which action, why, and the group where one is appointed."""

    group = forms.ChoiceField(
        required=False, label="Group", choices=[("", "—"), *((group, group) for group in services.ROLE_OF_GROUP)]
    )


def group_chosen(request: HttpRequest) -> Given:
    """The group from the line above the list."""
    return {"group": request.POST.get("group", "")}


@admin.register(User)
class UserAdmin(ActingAdmin[User]):
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
    staff_verbs = (
        StaffVerb("ban", "Ban", "accounts.ban_user", services.ban_user, "user_id", moment),
        StaffVerb("lift_ban", "Lift the ban", "accounts.ban_user", services.unban_user, "user_id"),
        StaffVerb(
            "vouch_for_address",
            "Take the address as verified",
            "accounts.vouch_for_address",
            services.vouch_for_address,
            "user_id",
            moment,
        ),
        StaffVerb("grant_tier_3", "Put at tier 3", "accounts.grant_tier_3", services.grant_tier_3, "user_id"),
        StaffVerb(
            "appoint",
            "Appoint to staff (choose the group)",
            "accounts.manage_staff",
            services.appoint_staff,
            "user_id",
            group_chosen,
        ),
        StaffVerb("dismiss", "Dismiss from staff", "accounts.manage_staff", services.dismiss_staff, "user_id"),
        StaffVerb(
            "reset_second_factor",
            "Take the second factor away (lost telephone)",
            "accounts.manage_staff",
            services.reset_second_factor,
            "user_id",
        ),
    )

    @admin.display(description="email", ordering="email")
    def masked(self, user: User) -> str:
        """As much as it takes to tell two people apart."""
        return masked_email(user.email)

    @admin.display(description="phone")
    def masked_number(self, user: User) -> str:
        """The same for the telephone."""
        return masked_phone(user.phone_number)

    def disclose(self, *, actor: Model, row: User, reason: str) -> list[tuple[str, str]]:
        """Who they are."""
        person = services.reveal_person(actor=staff_user(actor), user_id=row.pk, reason=reason)
        return [
            ("Name", f"{person.first_name} {person.last_name}".strip()),
            ("Email", person.email),
            ("Phone", person.phone_number),
        ]
