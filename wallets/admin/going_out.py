"""Money on its way out, and where it goes."""

from typing import ClassVar

from django import forms
from django.contrib import admin
from django.http import HttpRequest

from contri.core.admin import ReasonedActionForm
from contri.core.admin_verbs import ActingAdmin, Given, StaffVerb, moment
from contri.core.masking import masked_name
from wallets import services
from wallets.admin.columns import KoboColumns
from wallets.models import BankAccount, Withdrawal


class WithdrawalActionForm(ReasonedActionForm):
    """The line above the list: which action, why, and the password where the provider waits for one."""

    otp = forms.CharField(required=False, max_length=20, label="One-time password")


def password_and_moment(request: HttpRequest) -> Given:
    """What was typed, for one withdrawal at a time: each has a password of its own."""
    return {"password": request.POST.get("otp", "").strip(), **moment(request)}


@admin.register(Withdrawal)
class WithdrawalAdmin(KoboColumns, ActingAdmin[Withdrawal]):
    """Money on its way out. `needs_review` is a queue: what several days of trying did not bring to an end."""

    list_display = ["created_at", "reference", "amount", "status", "state", "attempts", "last_error", "bank_account"]
    list_filter = ["state", "status", "provider", "created_at"]
    list_select_related = ["bank_account"]
    search_fields = ["=reference"]
    action_form = WithdrawalActionForm
    staff_verbs = (
        StaffVerb(
            "confirm",
            "Give the provider its one-time password",
            "wallets.confirm_withdrawal",
            services.confirm_withdrawal,
            "withdrawal_id",
            password_and_moment,
        ),
        StaffVerb(
            "try_again",
            "Try again (asks first, same reference)",
            "wallets.retry_withdrawal",
            services.retry_withdrawal,
            "withdrawal_id",
            moment,
        ),
        StaffVerb(
            "ask_release",
            "Ask that its money be given back",
            "wallets.ask_release_withdrawal",
            services.ask_release,
            "withdrawal_id",
        ),
    )


@admin.register(BankAccount)
class BankAccountAdmin(ActingAdmin[BankAccount]):
    """Linked bank accounts. `pending` is a queue: names that do not fit."""

    list_display = ["created_at", "user", "bank_name", "number_last4", "holder", "status", "removed_at"]
    list_filter = ["status", ("removed_at", admin.EmptyFieldListFilter)]
    list_select_related = ["user"]
    search_fields = ["=user__email"]
    exclude = ["account_name", "number_encrypted", "number_hash", "recipient_code"]
    readonly_fields = ["holder"]
    unmasked: ClassVar[dict[str, str]] = {"holder": "account_name"}
    staff_verbs = (
        StaffVerb(
            "confirm",
            "Confirm the name",
            "wallets.confirm_bankaccount",
            services.confirm_bank_account,
            "bank_account_id",
        ),
    )

    @admin.display(description="holder")
    def holder(self, account: BankAccount) -> str:
        """In full only while somebody has to compare it with the person's own name."""
        is_waiting = account.status == BankAccount.Status.PENDING
        return account.account_name if is_waiting else masked_name(account.account_name)
