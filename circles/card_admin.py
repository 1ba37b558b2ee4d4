"""Contributions that are paid by card: what became of each charge, and the stuck ones."""

from typing import ClassVar

from django.contrib import admin

from circles import services
from circles.models import CardPayment
from contri.core.admin_verbs import ActingAdmin, StaffVerb, moment
from contri.core.money import naira_from_kobo


@admin.register(CardPayment)
class CardPaymentAdmin(ActingAdmin[CardPayment]):
    """Charges for contributions. `needs_review` is a queue: what days of asking did not bring to an end."""

    list_display = ["created_at", "member", "amount", "outcome", "is_automatic", "state", "attempts", "last_error"]
    list_filter = ["state", "outcome", "is_automatic", "created_at"]
    list_select_related: ClassVar[list[str]] = ["contribution__membership__user"]
    search_fields = ["=contribution__membership__user__email", "=contribution__cycle__circle__id", "=deposit_id"]
    staff_verbs = (
        StaffVerb(
            "try_again",
            "Look again what became of it (never charges twice)",
            "circles.retry_cardpayment",
            services.retry_card_payment,
            "card_payment_id",
            moment,
        ),
    )

    @admin.display(description="member")
    def member(self, charge: CardPayment) -> str:
        """Whose card is charged."""
        return str(charge.contribution.membership.user)

    @admin.display(description="₦", ordering="amount_kobo")
    def amount(self, charge: CardPayment) -> str:
        """What is charged."""
        return naira_from_kobo(charge.amount_kobo)
