"""Columns that several of the pages have."""

from typing import Any

from django.contrib import admin

from wallets.services.wording import naira


class KoboColumns:
    """Amounts of kobo as people write them."""

    @admin.display(description="amount", ordering="amount_kobo")
    def amount(self, row: Any) -> str:
        """₦1,500.00"""
        return naira(row.amount_kobo)


class WalletColumns(KoboColumns):
    """The same, with whose wallet it is."""

    @admin.display(description="user")
    def wallet_user(self, row: Any) -> str:
        """Whose it is."""
        return str(row.wallet.user)
