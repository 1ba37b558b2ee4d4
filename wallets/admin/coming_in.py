"""Money on its way in."""

from django.contrib import admin

from contri.core.admin import ReadOnlyAdmin
from wallets.admin.columns import KoboColumns
from wallets.models import Card, Deposit


@admin.register(Deposit)
class DepositAdmin(KoboColumns, ReadOnlyAdmin[Deposit]):
    """Money on its way in."""

    list_display = ["created_at", "reference", "amount", "status", "failure", "state", "attempts", "last_error"]
    list_filter = ["status", "state", "provider", "created_at"]
    search_fields = ["=reference"]


@admin.register(Card)
class CardAdmin(ReadOnlyAdmin[Card]):
    """Kept cards, without what they are charged by."""

    list_display = ["created_at", "user", "brand", "last4", "expiry_month", "expiry_year", "is_default", "removed_at"]
    list_select_related = ["user"]
    search_fields = ["=user__email"]
