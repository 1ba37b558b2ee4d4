"""Money in suspense, and on its way back out of it."""

from django import forms
from django.contrib import admin
from django.http import HttpRequest

from contri.core.admin import ReasonedActionForm
from contri.core.admin_verbs import ActingAdmin, Given, StaffVerb, moment
from wallets import services
from wallets.admin.columns import KoboColumns
from wallets.models import Refund, SuspenseItem
from wallets.services.wording import naira


class SuspenseActionForm(ReasonedActionForm):
    """The line above the queue: which action, why, and for whom where no deposit says so."""

    email = forms.EmailField(required=False, label="Credit to (address)")


def address(request: HttpRequest) -> Given:
    """The address given, if any."""
    return {"email": request.POST.get("email", "").strip()}


@admin.register(SuspenseItem)
class SuspenseItemAdmin(ActingAdmin[SuspenseItem]):
    """A queue: money that a provider confirms and that fits nothing. One asks what becomes of it, another approves."""

    list_display = ["created_at", "provider", "reference", "reason", "amount", "currency", "status"]
    list_filter = ["status", "reason", "provider"]
    search_fields = ["=reference"]
    action_form = SuspenseActionForm
    staff_verbs = (
        StaffVerb(
            "ask_credit",
            "Ask that it be credited",
            "wallets.ask_credit_suspenseitem",
            services.ask_suspense_credit,
            "item_id",
            address,
        ),
        StaffVerb(
            "ask_refund",
            "Ask that it be sent back to its payer",
            "wallets.ask_refund_suspenseitem",
            services.ask_suspense_refund,
            "item_id",
        ),
        StaffVerb(
            "ask_write_off",
            "Ask that it be written off",
            "wallets.ask_write_off_suspenseitem",
            services.ask_suspense_write_off,
            "item_id",
        ),
    )

    @admin.display(description="amount", ordering="amount_minor")
    def amount(self, item: SuspenseItem) -> str:
        """In the currency beside it."""
        return naira(item.amount_minor).removeprefix("₦")


@admin.register(Refund)
class RefundAdmin(KoboColumns, ActingAdmin[Refund]):
    """Money on its way back to its payer. `needs_review` is a queue: what the provider or we could not finish."""

    list_display = ["created_at", "charge_reference", "amount", "status", "state", "attempts", "last_error", "failure"]
    list_filter = ["state", "status", "provider", "created_at"]
    search_fields = ["=reference", "=charge_reference"]
    staff_verbs = (
        StaffVerb(
            "try_again",
            "Try again (asks first, same reference)",
            "wallets.retry_refund",
            services.retry_refund,
            "refund_id",
            moment,
        ),
    )
