"""Wallets, what is in them, and everybody's history."""

from typing import Any

from django.contrib import admin
from django.db.models import F, QuerySet
from django.http import HttpRequest

from contri.core.admin import ReadOnlyAdmin
from contri.core.admin_verbs import ActingAdmin, StaffVerb
from wallets import services
from wallets.admin.columns import WalletColumns
from wallets.models import ParkedCredit, Transaction, Wallet
from wallets.queries import balance_of_wallet
from wallets.services.wording import naira


@admin.register(Wallet)
class WalletAdmin(ActingAdmin[Wallet]):
    """Whose wallet it is; opening one shows what is in it."""

    list_display = ["id", "user", "currency", "is_owing", "created_at"]
    list_select_related = ["user"]
    search_fields = ["=user__email", "=id"]
    list_filter = ["is_owing"]
    fields = ("id", "user", "currency", "created_at", "available", "held", "owed")
    readonly_fields = fields
    staff_verbs = (
        StaffVerb(
            "ask_write_off",
            "Ask that what they owe be written off",
            "wallets.ask_write_off_owed",
            services.ask_owed_write_off,
            "wallet_id",
        ),
    )

    @admin.display(description="can be spent")
    def available(self, wallet: Wallet) -> str:
        """The ledger's word."""
        return naira(balance_of_wallet(wallet.pk).available_kobo)

    @admin.display(description="held")
    def held(self, wallet: Wallet) -> str:
        """Promised to withdrawals, or parked."""
        return naira(balance_of_wallet(wallet.pk).held_kobo)

    @admin.display(description="owes Contri")
    def owed(self, wallet: Wallet) -> str:
        """After a chargeback that the wallet could not cover."""
        return naira(balance_of_wallet(wallet.pk).owed_kobo)


@admin.register(Transaction)
class TransactionAdmin(WalletColumns, ActingAdmin[Transaction]):
    """Everybody's history."""

    list_display = ["created_at", "wallet_user", "type", "direction", "amount", "status", "reference"]
    list_filter = ["type", "status", "direction", "created_at"]
    list_select_related = ["wallet__user"]
    search_fields = ["=reference", "=wallet__user__email", "=journal_id"]
    staff_verbs = (
        # Transfers between members only.
        StaffVerb(
            "ask_reversal",
            "Ask that it go back to the sender",
            "wallets.ask_reverse_transaction",
            services.ask_reversal,
            "transaction_id",
        ),
    )


class WaitingFilter(admin.SimpleListFilter):
    """What still waits, or has all been released."""

    title = "still waiting"
    parameter_name = "still_waiting"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Only what waits; there is no need for the others alone."""
        return [("yes", "Yes")]

    def queryset(self, request: HttpRequest, parked: QuerySet[ParkedCredit]) -> QuerySet[ParkedCredit]:
        """Those."""
        return parked.filter(released_kobo__lt=F("amount_kobo")) if self.value() == "yes" else parked


@admin.register(ParkedCredit)
class ParkedCreditAdmin(WalletColumns, ReadOnlyAdmin[ParkedCredit]):
    """Money over a tier's balance limit, waiting in `held`."""

    list_display = ["created_at", "wallet_user", "amount", "waiting"]
    list_filter = [WaitingFilter]
    list_select_related = ["wallet__user"]
    search_fields = ["=wallet__user__email"]

    @admin.display(description="still waiting")
    def waiting(self, parked: ParkedCredit) -> str:
        """What has not been released yet."""
        return naira(parked.amount_kobo - parked.released_kobo)
