"""The ledger's own tables: read-only for everyone, here as in the database."""

from django.contrib import admin

from contri.core.admin import ReadOnlyAdmin
from wallets.models import LedgerAccount, LedgerJournal, LedgerTransfer


@admin.register(LedgerAccount)
class LedgerAccountAdmin(ReadOnlyAdmin[LedgerAccount]):
    """The ledger's accounts; counters of deferred ones follow a second later."""

    list_display = ["id", "purpose", "owner_id", "credits_posted", "debits_posted", "debits_pending", "status"]
    list_filter = ["purpose", "status"]
    search_fields = ["=id", "=owner_id"]


@admin.register(LedgerJournal)
class LedgerJournalAdmin(ReadOnlyAdmin[LedgerJournal]):
    """The ledger's events."""

    list_display = ["created_at", "scope", "key", "source", "source_id", "reason"]
    list_filter = ["scope"]
    search_fields = ["=id", "=key", "=source_id"]


@admin.register(LedgerTransfer)
class LedgerTransferAdmin(ReadOnlyAdmin[LedgerTransfer]):
    """The ledger's entries: never changed, never deleted."""

    list_display = ["created_at", "kind", "phase", "amount", "debit_account_id", "credit_account_id", "journal_id"]
    list_filter = ["kind", "phase"]
    search_fields = ["=id", "=journal__id", "=debit_account__id", "=credit_account__id"]
